import Foundation
import IDRFiles
package import IDRPlan
import IDRRecord

/// How a record is cited. Everything is taken from the record; where it names no author, the software stands in for one and says so.
package struct RecordCitation: Sendable {
    let record: RecordFolder
    /// SHA-256 of the record's manifest, and of that of the record that it is a copy of.
    let digest: Digest
    let origin: Digest?
    /// When the run ended.
    let released: Date
    let software: CodeRecord
    /// An SPDX identifier.
    let license: String?

    /// - Parameters:
    ///   - folder: a record that is complete enough to have a manifest.
    ///   - license: in place of the record's own.
    package init(of folder: String, license: String? = nil) throws(IDRError) {
        record = try RecordFolder(reading: folder)
        let manifest = try Manifest(reading: folder)
        digest = try Manifest.digest(in: folder)
        origin = manifest.origin
        guard let end = record.journal.last?.at else {
            throw IDRError(.invalidInput, "the record does not say when its run ended", at: [folder], because: "its \(RecordLayout.journal) is empty")
        }
        released = end
        software = try record.lock().idrkit
        self.license = license ?? record.run.author?.license
        if let license = self.license, license.wholeMatch(of: /[A-Za-z0-9.+-]{1,60}/) == nil {
            throw IDRError(.invalidInput, "\"\(ArchiveName.printable(license))\" is no SPDX identifier", fix: "write, for example, CC0-1.0")
        }
    }

    var title: String {
        "Image-based profiles of \(record.plan.plan.screen): run \(record.run.run.short) of \(ArchiveName.printable(record.run.script.name))"
    }

    /// Who is cited: a person, or else a laboratory, or else the software.
    enum Author {
        case person(name: String, orcid: String?)
        case entity(name: String, website: String?)
    }

    var author: Author {
        let author = record.run.author
        if let name = author?.name { return .person(name: ArchiveName.printable(name), orcid: author?.orcid) }
        if let name = author?.laboratory { return .entity(name: ArchiveName.printable(name), website: author?.ror) }
        return .entity(name: "IDRKit \(software.version) (software; the record names no author)", website: nil)
    }

    /// The day in UTC, `2026-11-25`.
    var day: String { released.formatted(.iso8601.year().month().day()) }

    /// The study in the Image Data Resource: its screen's name, and an address that finds it; nil where the plan names something else.
    var study: (screen: ScreenName, address: String)? {
        (try? ScreenName(record.plan.plan.screen)).map { ($0, "https://idr.openmicroscopy.org/search/?query=Name:\($0.study)") }
    }
}
