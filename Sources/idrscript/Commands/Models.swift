import ArgumentParser
import Foundation
import IDRData
import IDRModels

struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the models that scripts can name.", subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List models with their files and SHA-256.")

        func run() throws {
            for model in ModelStore.standard.list() {
                print(model.name)
                for file in model.files where !file.hasSuffix(".md") && !file.hasSuffix("-sha256") {
                    print("  \(URL(fileURLWithPath: file).lastPathComponent)  sha256 \(try SHA256.hex(ofFile: file))")
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a model's card.")

        @Argument(help: "The model's name.")
        var name: String

        func run() throws {
            let card = try ModelStore.standard.file(of: name, ending: StoredModel.cardName)
            print(try String(contentsOfFile: card, encoding: .utf8), terminator: "")
        }
    }
}
