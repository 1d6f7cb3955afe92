import ArgumentParser
import IDRCrate
import IDRFiles
import IDRKit
import IDRPlan

struct Bundle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pack a record into one file for another laboratory.", usage: "idrscript bundle <record> -o <file> [<options>]",
        discussion: """
            The .zip holds script, plan, lock and record; models are in it by digest, and outputs stay behind, unless asked for. The same record
            gives the same bytes on every machine.

            EXAMPLES
              idrscript bundle results -o mitocheck.zip
              idrscript bundle results -o mitocheck.zip --with-models --with-outputs
            """)

    @OptionGroup var record: RecordArguments

    @Option(name: .shortAndLong, help: ArgumentHelp("The archive; one of that name is replaced.", valueName: "file"))
    var output: String

    @Flag(help: "Put the weights into it, found by their digests.")
    var withModels = false

    @Flag(help: "Keep the batches' tables and kept files.")
    var withOutputs = false

    @Option(help: ArgumentHelp("Where weights are looked for beside IDRKit's models: a file or folder; may be given again.", valueName: "path"))
    var models: [String] = []

    @OptionGroup var sharing: SharingArguments

    func validate() throws {
        if !models.isEmpty, !withModels { throw ValidationError("--models says where weights are: it goes with --with-models") }
    }

    func run() async throws {
        try await RecordOpening.open(record.path) { folder in
            var bundle = RecordBundle()
            (bundle.withModels, bundle.withOutputs, bundle.modelPaths) = (withModels, withOutputs, models)
            let report = try bundle.write(folder, to: output, partial: sharing.partial, finish: sharing.finish)
            print("bundled  \(output): \(report.files) files, \(PeopleText.size(report.bytes))")
            if !report.models.isEmpty { print("models   \(ArchiveName.printable(report.models.map(\.name).joined(separator: ", ")))") }
            print("digest   \(report.digest)")
        }
    }
}
