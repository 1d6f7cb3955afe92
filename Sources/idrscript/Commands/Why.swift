import ArgumentParser
import IDRCrate
import IDRKit
import IDRPlan
import IDRRecord

struct Why: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say for each stage of a batch why it ran or was reused.", usage: "idrscript why <record> <batch>",
        discussion: """
            What was reused is in the record. For a stage that ran, its inputs and settings are compared with those of the nearest result that
            the stage cache of this machine held when the run began.

            EXAMPLES
              idrscript why runs/idr0013A-6cab01a03b53 0
            """)

    @OptionGroup var record: RecordArguments

    @Argument(help: ArgumentHelp("The batch, numbered from 0.", valueName: "batch"))
    var batch: Int

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let reasons = try await RecordOpening.open(record.path) { path in
            let folder = try RecordFolder(reading: path)
            guard folder.completeBatches.contains(batch) else {
                throw IDRError(
                    .missing, "the record has no complete batch \(batch)", at: [path],
                    because: "complete are: \(folder.completeBatches.map(String.init).joined(separator: ", "))", fix: "choose among them")
            }
            let kept = try StageCache(.configured)?.keys() ?? []
            return try StageReasons(folder.batch(batch), folder.plan, folder.environment(of: batch), kept: kept)
        }
        if json { try printJSON(reasons) } else { print(reasons.text) }
    }
}
