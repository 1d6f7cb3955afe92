import Foundation
import IDRPlan
import IDRRecord

/// Files that every crate of a run describes.
extension LinkedGraph {
    /// A file that decides numbers, by content.
    /// - Parameter folder: the file's copy and its card in the record, by path; nil where the crate does not hold them.
    mutating func add(model: ContentFile, copy: ContentFile? = nil, card: ContentFile? = nil) -> CrateInput {
        let formal = CrateParameters.addFormal("model.\(model.role)", type: "File", says: "file that decides numbers: \(model.role)", to: &self)
        let about = card.map { add($0, ["description": "Card of the model \(model.name)."]) }
        let id = copy.map { CrateNames.path($0.name) } ?? CrateNames.content(model.sha256)
        let file = addFile(
            id, name: model.name, bytes: model.bytes, sha256: model.sha256, ["subjectOf": about, "exampleOfWork": .reference(formal)])
        return CrateInput(stages: Stage.using(role: model.role).map { [$0.id] } ?? [], formal: formal, value: file)
    }

    /// The resolved plan, by its digest.
    /// - Parameter copy: where the crate holds it.
    mutating func add(plan identity: Digest, copy: ContentFile? = nil) -> CrateInput {
        let formal = CrateParameters.addFormal("plan", type: "File", says: "resolved plan: what was asked for, which wells, which models", to: &self)
        let id = copy.map { CrateNames.path($0.name) } ?? CrateNames.content(identity)
        let file = addFile(
            id, name: RecordLayout.plan, bytes: copy?.bytes, sha256: identity,
            ["description": "Resolved plan; its SHA-256 is the run's identity.", "exampleOfWork": .reference(formal)])
        return CrateInput(formal: formal, value: file)
    }

    /// A table that the wells were chosen by.
    /// - Parameter origin: where it was read, as far as that is known.
    mutating func add(table: ContentFile, origin: CatalogRecord? = nil) -> CrateInput {
        let formal = CrateParameters.addFormal("catalog.\(table.role)", type: "File", says: "table of the study: \(table.role)", to: &self)
        let address = origin.flatMap { CrateNames.address($0.address) }
        let asked = origin?.fetchedAt.map { LinkedValue.text("the server was asked at \($0.formatted(.iso8601))") }
        let file = addFile(
            address ?? CrateNames.content(table.sha256), name: table.name, bytes: table.bytes, sha256: table.sha256,
            ["description": asked, "exampleOfWork": .reference(formal)])
        return CrateInput(formal: formal, value: file)
    }
}

extension RecordLayout {
    /// What the files of a record are, for people who meet them in a crate.
    static func description(of name: String) -> LinkedValue? {
        switch name {
        case run: "What the run is, fixed when it began."
        case plan: "Resolved plan; its SHA-256 is the run's identity."
        case lock: "Toolchain, libraries and models that the run stands on."
        case environment: "Machine and libraries of the run."
        case script: "The script's source."
        case journal: "Begin and end of each session and batch, a line an event."
        case batchRecord: "What was done: inputs, decisions and digests of each image."
        case cells: "Every nucleus: its place, and a digest and a projection of its features."
        case wells: "Every image: nuclei and mean features."
        default: name.hasPrefix("\(shared)/") ? "A value that several images share, with how it was computed." : nil
        }
    }
}
