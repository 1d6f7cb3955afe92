import ArgumentParser
import Foundation
import IDRComparison
import IDRCrate
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord
import IDRScripting

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two runs: what differs, by how much, and why.", usage: "idrscript diff <a> <b> [<options>]",
        discussion: """
            Only the two records are read: no network, no models, no pixels. Images are matched by plate, well, field and frame.
            The cause is named by the first stage whose result differs. Where nothing that the records hold can explain it, the first
            such batch is run twice more here, as idrscript reproduce would, and compared (--no-rerun leaves that out).

            EXIT STATUS
              0   no output differs
              1   outputs differ
              2   a record cannot be read
              64  the command line was wrong
            """)

    @Argument(help: ArgumentHelp("The first run's folder, published record, or bundle (.zip).", valueName: "a"))
    var first: String

    @Argument(help: ArgumentHelp("The second.", valueName: "b"))
    var second: String

    @Flag(help: "Read the tables of every batch that differs. Default: fingerprints, and 64 MiB of tables.")
    var tables = false

    @Flag(help: "Do not run anything, also where only running again could tell.")
    var noRerun = false

    @OptionGroup var sources: SourceArguments

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let difference: RunDifference
        do {
            difference = try await RecordOpening.open(first) { a in try await RecordOpening.open(second) { b in try await between(a, b) } }
        } catch {
            StandardError.write("Error: \(error)\n")
            throw ExitCode(2)
        }
        if json { try printJSON(difference) } else { print(difference.text, terminator: "") }
        if difference.exitCode != 0 { throw ExitCode(difference.exitCode) }
    }

    private func between(_ first: String, _ second: String) async throws -> RunDifference {
        let (a, b) = (try RecordFolder(reading: first), try RecordFolder(reading: second))
        var difference = try await RunDifference.between(a, b, depth: tables ? .tables : .usual)
        guard !noRerun, difference.causes.contains(.nondeterminism) else { return difference }
        let scratch = FileManager.default.temporaryDirectory.appending(path: "idrkit-rerun-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        var count = 0
        do {
            try await difference.prove(a, b) { batch in
                count += 1
                var choices = Reproduction.Choices()
                choices.batches = [batch]
                choices.access = sources.access
                let rerun = Reproduction(folder: first, choices: choices, output: "\(scratch)/\(count)")
                let verdict = try await rerun.run()
                if let reason = verdict.batches.first(where: { $0.reached == .unverifiable })?.reasons.first { throw IDRError(.missing, reason) }
                return try RecordFolder(reading: rerun.rerunFolder)
            }
        } catch {
            difference.notes.append("not run again to prove it: \(error)")
        }
        return difference
    }
}
