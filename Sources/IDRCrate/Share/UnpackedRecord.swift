import Foundation
import IDRFiles
package import IDRPlan
package import IDRRecord

/// A bundle from elsewhere, unpacked and compared with its manifest. Nothing of it has been run.
package struct UnpackedRecord: Sendable {
    /// Where it is.
    package let path: String
    package let run: RunRecord
    package let plan: ResolvedPlan
    package let batches: Int
    /// SHA-256 of the manifest.
    package let digest: Digest
    /// Of the record that it is a copy of, where it is one.
    package let origin: Digest?
    package let files: Int
    package let bytes: Int
    /// Files that the record had and the bundle has not.
    package let omitted: Int
    /// SHA-256 of the script as it is here; nil where the bundle has none.
    package let script: Digest?
    /// The fingerprint of the key that signed it; nil where it is not signed. Whose key it is, `verify` says.
    package let signature: String?
    /// Weights that came along.
    package let models: [ContentFile]

    /// Unpacks `archive` to the new folder `folder`.
    /// - Parameter note: is told of the script, by SHA-256 and name, before the folder appears.
    /// - Throws: where the archive is refused, holds no record, or the record is not intact; then nothing is left.
    package static func unpack(
        _ archive: String, to folder: String, noting note: (_ script: Digest, _ name: String) throws -> Void = { _, _ in }
    ) throws -> UnpackedRecord {
        var (inner, signature): (String, String?) = ("", nil)
        try ZipUnpacker().unpack(archive, to: folder, leavingOut: RecordOpening.isLeftOut) { unpacked in
            let root = RecordOpening.root(in: unpacked)
            inner = String(root.dropFirst(unpacked.count))
            let record = try RecordFolder(reading: root)
            let verification = RecordVerification(of: root)
            var problems = verification.problems.map(\.description)
            let script = try digest(ofScriptIn: record)
            if problems.isEmpty, script != record.run.script.sha256 { problems.append("\(RecordLayout.script): not the one that was run") }
            guard problems.isEmpty else {
                throw IDRError(
                    .changed, "the bundle is not unpacked", at: [archive],
                    because: "its record is not intact, problems: \(problems.count); "
                        + ArchiveName.printable(problems.prefix(3).joined(separator: "; ")),
                    fix: "fetch it again, or ask for it again")
            }
            signature = verification.signature
            if let script { try note(script, record.run.script.name) }
        }
        return try UnpackedRecord(reading: folder + inner, signature: signature)
    }

    private static func digest(ofScriptIn record: RecordFolder) throws -> Digest? { try record.script.map { try SHA256.digest(ofFile: $0) } }

    private init(reading folder: String, signature: String?) throws {
        let record = try RecordFolder(reading: folder)
        let manifest = try Manifest(reading: folder)
        path = folder
        (run, plan) = (record.run, record.plan)
        batches = record.completeBatches.count
        digest = try Manifest.digest(in: folder)
        origin = manifest.origin
        files = manifest.files.count
        bytes = manifest.files.reduce(0) { $0 + $1.bytes }
        omitted = manifest.omitted.count
        script = try Self.digest(ofScriptIn: record)
        self.signature = signature
        let present = Set(manifest.files)
        models = record.plan.models.filter {
            present.contains($0.named("\(RecordLayout.models)/\($0.role)/\($0.name)"))
        }
    }
}
