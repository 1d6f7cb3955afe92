import ArgumentParser
import IDRCrate
import IDRFiles
import IDRKit
import IDRPlan

struct Publish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a run's record without its bulk: small enough for version control.",
        usage: "idrscript publish <record> --to <folder> [<options>]",
        discussion: """
            The copy has everything that a reproduction needs. The batches' tables and kept files stay behind; their names, sizes and
            SHA-256 are in the copy's manifests, and the digest of the record that it is a copy of. Every file is checked while it is copied.

            EXAMPLES
              idrscript publish results --to provenance/mitocheck
              idrscript publish results --to provenance/mitocheck --replace --sign ~/.ssh/id_ed25519
            """)

    @OptionGroup var record: RecordArguments

    @Option(name: .customLong("to"), help: ArgumentHelp("The copy's folder, new or empty.", valueName: "folder"))
    var target: String

    @Flag(help: "Replace a published record of the same plan.")
    var replace = false

    @OptionGroup var sharing: SharingArguments

    func run() async throws {
        try await RecordOpening.open(record.path) { folder in
            let publication = try Publication(of: folder, partial: sharing.partial)
            let report = try publication.write(to: target, replacing: replace, finish: sharing.finish)
            print("published  \(target): \(report.files) files, \(PeopleText.size(report.bytes))")
            print("left out   \(report.omittedFiles) outputs, \(PeopleText.size(report.omittedBytes)); their digests stay")
            print("digest     \(report.digest)")
            print("copy of    \(report.origin)")
            if report.isLarge {
                warn(
                    "the published record has \(PeopleText.size(report.bytes)): more than \(PeopleText.size(Publication.largeBytes)) do not belong into git"
                )
            }
        }
    }
}
