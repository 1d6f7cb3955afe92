import ArgumentParser
import Foundation
import IDRCrate
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord
import IDRScripting

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that a record is whole and as it was written; nothing is run.",
        usage: "idrscript verify <record> [<options>]",
        discussion: """
            Every file is compared with the manifest, and plan, batches, crates, locks and signature with one another. A record that somebody
            rewrote as a whole agrees with itself: give the digest that was published (--digest), or the signers you know.
            Ends with status 0, or 1 and a list of what is wrong.

            EXAMPLES
              idrscript verify runs/idr0013A-6cab01a03b53
              idrscript verify published.zip --digest 65850858fd6e18c5c434ef313bf64bd2731b23e2374962323ec8c8dcbd18f57c
            """)

    @Argument(help: ArgumentHelp("The folder of a run, or a bundle (.zip).", valueName: "record"))
    var record: String

    @Option(help: ArgumentHelp("The record's digest as it was published.", valueName: "sha256"))
    var digest: String?

    @Option(
        help: ArgumentHelp(
            "Who may have signed it, and that somebody must; by default allowed_signers beside the configuration, without the must.",
            valueName: "file"))
    var allowedSigners: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let result = try await RecordOpening.open(record) { folder in
            RecordVerification(
                of: folder, digest: digest, allowedSigners: allowedSigners ?? ScriptTrust.standardSigners(),
                isSignatureRequired: allowedSigners != nil)
        }
        if json { try printJSON(result) } else { Self.tell(result) }
        if !result.isIntact { throw ExitCode(1) }
    }

    private static func tell(_ result: RecordVerification) {
        for problem in result.problems { print("WRONG  \(problem)") }
        for note in result.notes { print("note   \(note)") }
        if let digest = result.digest { print("record \(digest)") }
        print("signed \(result.signature.map { "by \($0)" } ?? "no")")
        let bytes = PeopleText.size(result.bytes)
        print(
            result.isIntact
                ? "intact: \(result.batches.counted("batch", "batches")), \(result.files) files, \(bytes)"
                : "NOT INTACT: \(result.problems.count.counted("problem", "problems"))")
    }
}
