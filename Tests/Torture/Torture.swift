import Foundation

/// `make torture`: kills runs, makes their calls fail, stops them, damages what they keep and cuts the power, and looks at what is left.
@main
enum Torture {
    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        if words.first == Subject.word { return try await Subject.act(words) }
        exit(try await Session(words).run() ? 0 : 1)
    }
}
