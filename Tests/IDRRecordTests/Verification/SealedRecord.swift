import Foundation
import IDRPlan
import IDRRecord
import TestSupport

/// A sample's folder to damage.
struct SealedRecord {
    /// A test's mistake.
    struct NoSuchText: Error { let file, text: String }

    let scratch: ScratchFolder
    let folder: String
    let digest: Digest

    /// Two complete batches and one that failed, where nothing else is asked for.
    init(_ edit: (inout SampleRecord) -> Void = { _ in }) async throws {
        scratch = try ScratchFolder()
        folder = scratch("record")
        var sample = SampleRecord()
        sample.batches = 3
        sample.failed = [2]
        edit(&sample)
        digest = try await sample.write(to: folder)
    }

    func callAsFunction(_ name: String) -> String { "\(folder)/\(name)" }

    func verify(digest: String? = nil, allowedSigners: String? = nil, isSignatureRequired: Bool = false) -> RecordVerification {
        RecordVerification(of: folder, digest: digest, allowedSigners: allowedSigners, isSignatureRequired: isSignatureRequired)
    }

    /// Every file that verification must answer for.
    var files: [String] { scratch.files(below: "record") }

    func bytes(_ name: String) throws -> [UInt8] { try scratch.bytes("record/\(name)") }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: self(name))) }

    func replace(_ old: String, by new: String, in name: String) throws {
        let text = try text(name)
        guard text.contains(old) else { throw NoSuchText(file: name, text: old) }
        try write(text.replacing(old, with: new).utf8, to: name)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: self(name)) }

    func move(_ name: String, to other: String) throws { try FileManager.default.moveItem(atPath: self(name), toPath: self(other)) }

    /// Writes the manifests anew over whatever is there now, as somebody who rewrites a record would.
    func reseal() throws {
        let folders = files.filter { $0.hasSuffix("/manifest.json") }.map { String($0.dropLast("/manifest.json".count)) }
        for name in folders { try Manifest(of: self(name)).write(to: self(name)) }
        try Manifest(of: folder).write(to: folder)
    }
}

extension RecordVerification {
    func names(_ file: String) -> Bool { problems.contains { $0.file == file } }

    func says(_ text: String, of file: String) -> Bool { problems.contains { $0.file == file && $0.problem.contains(text) } }
}
