import ArgumentParser
import Foundation
import IDRProvenance

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two runs: what differs, by how much, and why.", usage: "idrscript diff <a> <b> [--tables] [--json]",
        discussion: """
            Only the two records are read: no network, no models, no pixels. Images are matched by plate, well, field and frame.
            The cause is named by the first stage whose result differs.

            EXIT STATUS
              0   no output differs
              1   outputs differ
              2   a record cannot be read
              64  the command line was wrong
            """)

    @Argument(help: ArgumentHelp("Folder of the first run, or of its record.", valueName: "a"))
    var first: String

    @Argument(help: ArgumentHelp("Folder of the second.", valueName: "b"))
    var second: String

    @Flag(help: "Read the tables of every batch that differs. Default: fingerprints, and 64 MiB of tables.")
    var tables = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let difference: RunDifference
        do {
            difference = try await RunDifference.between(
                RecordFolder(reading: first), RecordFolder(reading: second), depth: tables ? .tables : .usual)
        } catch {
            FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
            throw ExitCode(2)
        }
        if json { try printJSON(difference) } else { print(difference.text, terminator: "") }
        if difference.exitCode != 0 { throw ExitCode(difference.exitCode) }
    }
}
