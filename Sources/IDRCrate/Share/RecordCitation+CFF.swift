import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

extension RecordCitation {
    /// `CITATION.cff` in version 1.2.0 of the Citation File Format.
    package var cff: String {
        var lines = [
            "cff-version: 1.2.0", "message: \"If you use this run or its results, please cite it as below.\"", "type: dataset",
            "title: \(Self.quoted(title))", "authors:",
        ]
        lines += Self.lines(of: author)
        lines += ["date-released: \(day)", "version: \(Self.quoted(digest.short))", "identifiers:"]
        lines += Self.identifier(digest, "SHA-256 of manifest.json, the digest of this record")
        if let origin { lines += Self.identifier(origin, "SHA-256 of the manifest.json of the run's own folder, which this record is a copy of") }
        if let license { lines.append("license: \(Self.quoted(license))") }
        lines.append("references:")
        if let study {
            lines += [
                "  - type: data", "    title: \(Self.quoted("\(study.screen.study), screen \(study.screen.letter)"))", "    authors:",
                "      - name: \"Image Data Resource\"", "        website: \"https://idr.openmicroscopy.org\"",
                "    url: \(Self.quoted(study.address))",
            ]
        }
        lines += [
            "  - type: software", "    title: \"IDRKit\"", "    authors:", "      - name: \"The authors of IDRKit\"",
            "    version: \(Self.quoted(software.version))",
        ]
        if let commit = software.commit { lines.append("    commit: \(Self.quoted(commit))") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A name is not taken apart into given and family names: the record does not say which is which. CFF has whole names for entities,
    /// and entities may have an ORCID.
    private static func lines(of author: Author) -> [String] {
        switch author {
        case .person(let name, let orcid): ["  - name: \(quoted(name))"] + (orcid.map { ["    orcid: \(quoted($0))"] } ?? [])
        case .entity(let name, let website): ["  - name: \(quoted(name))"] + (website.map { ["    website: \(quoted($0))"] } ?? [])
        }
    }

    private static func identifier(_ digest: Digest, _ description: String) -> [String] {
        ["  - type: other", "    value: \"sha256:\(digest)\"", "    description: \(quoted(description))"]
    }

    /// A double-quoted scalar of YAML, in which nothing but these two has a meaning. Text is without control characters here.
    private static func quoted(_ text: String) -> String {
        "\"" + ArchiveName.printable(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
