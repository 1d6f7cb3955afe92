import ArgumentParser
import Foundation
import IDRCrate
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord
import IDRScripting

struct Unpack: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Unpack a bundle, check every file, and say what it holds. Nothing of it is run.",
        usage: "idrscript unpack <bundle> [-o <folder>]",
        discussion: """
            An archive with names that lead elsewhere, links, two files of one name or a bomb is refused, and so is one whose files are not
            what its manifest says; then nothing is left of it.

            EXAMPLES
              idrscript unpack mitocheck.zip
              idrscript unpack mitocheck.zip -o foreign/mitocheck
            """)

    @Argument(help: ArgumentHelp("A .zip that `idrscript bundle` made.", valueName: "bundle"), completion: .file(extensions: ["zip"]))
    var bundle: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The folder for it, new or empty.", discussion: "Default: the bundle's name without .zip.", valueName: "folder"))
    var output: String?

    func run() throws {
        let name = URL(fileURLWithPath: bundle).lastPathComponent
        let folder = output ?? (name.lowercased().hasSuffix(".zip") ? String(name.dropLast(4)) : name + "-unpacked")
        let store = try TrustStore.standard()
        let record = try UnpackedRecord.unpack(bundle, to: folder) { script, name in try store.add(.foreign, script, name: name) }
        print(Self.description(of: record, in: folder).joined(separator: "\n"))
    }

    private static func description(of record: UnpackedRecord, in folder: String) -> [String] {
        let plan = record.plan
        let models = plan.models.map { "\($0.name) (\(record.models.contains($0) ? "here" : "by digest"))" }.joined(separator: ", ")
        var lines = [
            "unpacked   \(folder): \(record.files) files, \(PeopleText.size(record.bytes)), all as its manifest says",
            "screen     \(plan.plan.screen): \(plan.wells.count) wells",
            "plan       \(record.run.run)",
            "batches    \(record.batches) of \(record.run.batches) complete; \(record.omitted) outputs were left out",
            "models     \(models.isEmpty ? "none" : models)",
            "author     \(author(record.run.author))",
            "digest     \(record.digest)",
        ]
        if let origin = record.origin { lines.append("copy of    \(origin)") }
        lines.append("signed     \(record.signature.map { "by \($0); `idrscript verify \(folder)` says whether you know it" } ?? "no")")
        guard let script = record.script else {
            return printable(lines + ["script     none: the run was an executable", "", "Nothing of it has been run."])
        }
        let path = "\(record.path)/\(RecordLayout.script)"
        lines += [
            "script     \(record.run.script.name), SHA-256 \(script)", "",
            "Nothing of it has been run. The script is code from elsewhere:",
            "  look at it     less \(path)",
            "  allow it       idrscript trust \(path)",
            "  run it again   idrscript reproduce \(record.path)",
        ]
        return printable(lines)
    }

    private static func author(_ author: Author?) -> String {
        let parts = [author?.name, author?.orcid, author?.laboratory].compactMap(\.self)
        return parts.isEmpty ? "not named" : parts.joined(separator: ", ")
    }

    /// Names come from elsewhere: a terminal must not obey them.
    private static func printable(_ lines: [String]) -> [String] { lines.map(ArchiveName.printable) }
}
