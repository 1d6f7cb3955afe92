import Foundation
import TestSupport
import Testing

/// The help of the program and of every command.
struct HelpSnapshotTests {
    /// A command as the program describes itself to tools.
    private struct Command: Decodable {
        struct Root: Decodable { let command: Command }
        let commandName: String
        let subcommands: [Command]?

        /// The words behind `idrscript` that lead to each command.
        func paths(_ before: [String] = []) -> [[String]] {
            [before] + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { $0.paths(before + [$0.commandName]) }
        }
    }

    @Test func everyCommandsHelp() async throws {
        let dump = try await BuiltProgram.run("idrscript", ["--experimental-dump-help"], in: NSTemporaryDirectory())
        let paths = try JSONDecoder().decode(Command.Root.self, from: Data(dump.output.utf8)).command.paths()
        #expect(paths.count > 20 && paths.contains(["models", "add"]))
        let commands = paths.map { ShownCommand("help/" + (["idrscript"] + $0).joined(separator: "-"), $0 + ["--help"]) }
        try Snapshot.check(try await ShownCommand.snapshots(commands, in: NSTemporaryDirectory()), whole: "help")
    }
}
