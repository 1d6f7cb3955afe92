import Foundation
import TestSupport

/// A command line, and all that a person sees of it as one text: the line itself, what the program prints, and the exit status.
struct ShownCommand: Sendable {
    /// Of the snapshot.
    let name: String
    let arguments: [String]
    var environment: [String: String] = [:]

    init(_ name: String, _ arguments: String..., environment: [String: String] = [:]) { self.init(name, arguments, environment: environment) }

    init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) {
        self.name = name
        self.arguments = arguments
        self.environment = environment
    }

    /// Runs the commands, a few at the same time, each in `folder`.
    static func snapshots(
        _ commands: [ShownCommand], in folder: String, environment: [String: String] = [:], _ placeholders: [Placeholder] = []
    ) async throws -> [Snapshot] {
        try await withThrowingTaskGroup(of: Snapshot.self) { group in
            var (waiting, snapshots) = (commands[...], [Snapshot]())
            func startNext() {
                guard let command = waiting.popFirst() else { return }
                group.addTask { try await command.snapshot(in: folder, environment, placeholders) }
            }
            for _ in 0..<4 { startNext() }
            while let snapshot = try await group.next() {
                snapshots.append(snapshot)
                startNext()
            }
            return snapshots
        }
    }

    /// Names for the places that messages name: the test's own folder, the build folder, the package's.
    static func places(_ scratch: ScratchFolder) -> [Placeholder] {
        [
            .text(scratch.path, "scratch"), .text(BuiltProgram.folder.resolvingSymlinksInPath().path, "build"),
            .text(ExampleFrames.checkout.path, "checkout"),
        ]
    }

    private func snapshot(in folder: String, _ common: [String: String], _ placeholders: [Placeholder]) async throws -> Snapshot {
        // Help is as wide as the terminal, and the compiler's messages have colours.
        let settings = ["COLUMNS": "80", "NO_COLOR": "1"].merging(common) { $1 }.merging(environment) { $1 }
        let result = try await BuiltProgram.run("idrscript", arguments, in: folder, environment: settings)
        let line = (environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + ["idrscript"] + arguments).joined(separator: " ")
        let told = result.output + result.errors
        let text = "$ \(line)\n" + told + (told.isEmpty || told.hasSuffix("\n") ? "" : "\n") + "(status \(result.status))\n"
        return Snapshot(name, text.with(placeholders))
    }
}
