import ArgumentParser
import Foundation
import IDRComparison
import IDRFiles
import IDRKit
import IDRModels
import IDRPlan

struct Models: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the models that scripts can name, and add your own.",
        discussion: """
            EXAMPLES
              idrscript models
              idrscript models show nuclei-2
              idrscript models add my-nuclei nuclei.pth size_nuclei.npy --card card.md
              idrscript models pull my-features https://example.org/features.onnx --sha256 9f86d081...
              idrscript models quantise nuclei-2 --calibrate runs/screen -o nuclei-2.int8.onnx
              idrscript models remove my-nuclei

            Your models are in $XDG_DATA_HOME/idrkit/models, or ~/.local/share/idrkit/models.
            """,
        subcommands: [List.self, Show.self, Add.self, Pull.self, Quantise.self, Remove.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List models with their files and SHA-256.",
            discussion: """
                EXAMPLES
                  idrscript models list
                  idrscript models list --json
                """)

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            let models = ModelStore.standard.list().map(ModelListing.init)
            if json { return try printJSON(models) }
            for line in TextTable.lines(["model", "from", "file", "what", "size", "sha256"], models.flatMap(\.rows)) { print(line) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a model's card.")

        @Argument(help: "The model's name.")
        var name: String

        func run() throws {
            let card = try ModelStore.standard.file(of: name, ending: [StoredModel.cardName])
            // Others may have written it.
            print(TextTable.printable(try String(contentsOfFile: card, encoding: .utf8), keepingLines: true), terminator: "")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a model that you added.",
            discussion: """
                EXAMPLES
                  idrscript models remove my-nuclei
                """)

        @Argument(help: "The model's name.")
        var name: String

        func run() throws {
            let model = try ModelStore.standard.remove(name)
            print("removed  \(model.name) from \(model.folders.joined(separator: ", "))")
        }
    }
}

/// A model as the list shows it.
struct ModelListing: Encodable {
    struct File: Encodable {
        var name: String
        var path: String
        /// nil where it cannot be told.
        var kind: ModelFile.Kind?
        var bytes: Int?
        var sha256: String?
        /// Why it cannot be used.
        var problem: String?
    }

    var name: String
    var origin: StoredModel.Origin
    var files: [File]

    init(_ model: StoredModel) {
        (name, origin) = (model.name, model.origin)
        files = model.weights.map { path in
            let name = URL(fileURLWithPath: path).lastPathComponent
            do throws(IDRError) {
                var file = File(name: name, path: path)
                let digest = try ContentFile(file: path, name: name)
                (file.bytes, file.sha256) = (digest.bytes, digest.sha256.hex)
                // DeepProfiler's configuration is no weights.
                if name.hasSuffix(".json") { return file }
                do throws(IDRError) { file.kind = try ModelFile.Kind(of: path) } catch { file.problem = error.reason ?? error.problem }
                return file
            } catch {
                return File(name: name, path: path, problem: error.reason ?? error.problem)
            }
        }
    }

    /// Rows of the list: a line a file.
    var rows: [[String]] {
        let from =
            switch origin {
            case .shipped: "IDRKit"
            case .setting: "IDRKIT_MODELS"
            case .own: "you"
            }
        guard !files.isEmpty else { return [[name, from, "none", origin == .shipped ? "`make setup` fetches it" : "", "", ""]] }
        return files.enumerated().map { index, file in
            [
                index == 0 ? name : "", index == 0 ? from : "", file.name, file.kind?.text ?? file.problem ?? "",
                file.bytes.map(PeopleText.size) ?? "-",
                file.sha256 ?? "-",
            ]
        }
    }
}
