import Foundation
import IDRData
public import IDRPlan

/// A bundle from elsewhere, unpacked and compared with its manifest. Nothing of it has been run.
public struct UnpackedRecord: Sendable {
    /// Where it is.
    public let path: String
    public let run: RunRecord
    public let plan: ResolvedPlan
    public let batches: Int
    /// SHA-256 of the manifest.
    public let digest: String
    /// Of the record that it is a copy of, where it is one.
    public let origin: String?
    public let files: Int
    public let bytes: Int
    /// Files that the record had and the bundle has not.
    public let omitted: Int
    /// SHA-256 of the script as it is here; nil where the bundle has none.
    public let script: String?
    public let isSigned: Bool
    /// Weights that came along.
    public let models: [ResolvedFile]

    /// Unpacks `archive` to the new folder `folder`.
    /// - Throws: where the archive is refused, holds no record, or any file is not what the manifest says; then nothing is left.
    public static func unpack(_ archive: String, to folder: String) throws -> UnpackedRecord {
        var inner = ""
        try ZipUnpacker().unpack(archive, to: folder, leavingOut: RecordOpening.isLeftOut) { unpacked in
            let root = RecordOpening.root(in: unpacked)
            inner = String(root.dropFirst(unpacked.count))
            let record = try RecordFolder(reading: root)
            var problems = try Manifest(reading: root).problems(in: root)
            if try digest(ofScriptIn: record) != record.run.script.sha256 { problems.append("\(RecordLayout.script): not the one that was run") }
            guard problems.isEmpty else {
                throw IDRError(
                    .changed, "the bundle is not unpacked", at: [archive],
                    because: "\(problems.count) of its files are not what its manifest says; "
                        + ArchiveName.printable(problems.prefix(3).joined(separator: "; ")),
                    fix: "fetch it again, or ask for it again")
            }
        }
        return try UnpackedRecord(reading: folder + inner)
    }

    private static func digest(ofScriptIn record: RecordFolder) throws -> String? { try record.script.map { try SHA256.hex(ofFile: $0) } }

    private init(reading folder: String) throws {
        let record = try RecordFolder(reading: folder)
        let manifest = try Manifest(reading: folder)
        path = folder
        (run, plan) = (record.run, record.plan)
        batches = record.completeBatches.count
        digest = try SHA256.hex(ofFile: "\(folder)/\(RecordLayout.manifest)")
        origin = manifest.origin
        files = manifest.files.count
        bytes = manifest.files.reduce(0) { $0 + $1.bytes }
        omitted = manifest.omitted.count
        script = try Self.digest(ofScriptIn: record)
        isSigned = record.hasFile(RecordLayout.signature)
        let present = Set(manifest.files)
        models = record.plan.models.filter {
            present.contains(FileDigest(name: "\(RecordLayout.models)/\($0.role)/\($0.name)", bytes: $0.bytes, sha256: $0.sha256))
        }
    }
}
