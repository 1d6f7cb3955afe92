import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Records that were rewritten with manifests that agree with every file: what the files say of one another gives them away,
/// and where it does not, the digest and the signature do.
struct VerificationContentTests {
    struct Rewriting: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The file that must be named.
        let file: String
        let edit: @Sendable (SealedRecord) throws -> Void

        init(_ name: String, names file: String, _ edit: @escaping @Sendable (SealedRecord) throws -> Void) {
            testDescription = name
            self.file = file
            self.edit = edit
        }

        /// One text for another in a file.
        init(_ old: String, _ new: String, in name: String, names file: String? = nil) {
            self.init("\(name): \(new)", names: file ?? name) { try $0.replace(old, by: new, in: name) }
        }
    }

    private static let zeros = String(repeating: "0", count: 64)

    private static let rewritings = [
        Rewriting("GENE1", "GENE2", in: "plan.json"),
        Rewriting("run()", "run() // and more", in: "script.swift"),
        Rewriting("another script for a batch's", names: "batch_0/ro-crate-metadata.json") {
            try $0.replace("run()", by: "go()", in: "batch_0/script.swift")
        },
        Rewriting("a1a1", "a2a2", in: "idr.lock"),
        Rewriting("e5e5", "e6e6", in: "batch_1/idr.lock"),
        Rewriting("AMD EPYC", "Intel Xeon", in: "batch_0/environment.json"),
        Rewriting("AMD EPYC", "Intel Xeon", in: "environment.json", names: "ro-crate-metadata.json"),
        Rewriting("\"batch\" : 1", "\"batch\" : 0", in: "batch_1/record.json"),
        Rewriting("\"format\" : 3", "\"format\" : 4", in: "batch_1/record.json"),
        Rewriting("\"format\" : 3", "\"format\" : 4", in: "run.json"),
        Rewriting("\"format\" : 1", "\"format\" : 2", in: "idr.lock"),
        Rewriting("\"format\" : 1", "\"format\" : 2", in: "batch_0/environment.json"),
        Rewriting("batches swapped", names: "batch_0/record.json") { record in
            try record.move("batch_0", to: ".other")
            try record.move("batch_1", to: "batch_0")
            try record.move(".other", to: "batch_1")
        },
        Rewriting("a batch of another run", names: "batch_0/record.json") { record in
            let run = try SHA256.digest(ofFile: record("plan.json")).hex
            try record.replace(run, by: zeros, in: "batch_0/record.json")
        },
        Rewriting("another table", names: "batch_0/batch_0.csv.gz") { record in
            try record.write(try record.bytes("batch_1/batch_1.csv.gz"), to: "batch_0/batch_0.csv.gz")
        },
        Rewriting("a table gone", names: "batch_0/batch_0.h5ad") { try $0.remove("batch_0/batch_0.h5ad") },
        Rewriting("a batch gone", names: "batch_1") { try $0.remove("batch_1") },
        Rewriting("a batch that is none of the run", names: "batch_9") { record in
            try FileManager.default.copyItem(atPath: record("batch_1"), toPath: record("batch_9"))
        },
        Rewriting("a batch's folder without a record", names: "failures/batch_2") { try $0.remove("failures/batch_2/record.json") },
        Rewriting("a crate that is none", names: "batch_0/ro-crate-metadata.json") { try $0.write("{}".utf8, to: "batch_0/ro-crate-metadata.json") },
        Rewriting("a crate with another size", names: "ro-crate-metadata.json") { record in
            let size = try record.bytes("plan.json").count
            try record.replace("\"contentSize\" : \"\(size)\"", by: "\"contentSize\" : \"\(size + 1)\"", in: "ro-crate-metadata.json")
        },
        Rewriting("a crate of files that are not there", names: "ro-crate-metadata.json") { try $0.remove("models/segmentation/MODEL_CARD.md") },
        Rewriting("a crate that is gone", names: "failures/batch_2/ro-crate-metadata.json") {
            try $0.remove("failures/batch_2/ro-crate-metadata.json")
        },
        Rewriting("a lock that is gone", names: "batch_0/idr.lock") { try $0.remove("batch_0/idr.lock") },
    ]

    @Test(arguments: rewritings) func whatDoesNotFitTogetherIsNamed(_ rewriting: Rewriting) async throws {
        let record = try await SealedRecord()
        try rewriting.edit(record)
        try record.reseal()
        let result = record.verify()
        #expect(result.problems.contains { $0.file == rewriting.file || $0.file.hasPrefix(rewriting.file + "/") }, "\(result.problems)")
        #expect(result.digest != record.digest)
    }

    /// The run's manifest is new, the batch's own is not.
    @Test func aBatchsOwnManifestMustAgree() async throws {
        for (name, isNew) in [("batch_0/extra.txt", true), ("batch_0/cells.csv", false)] {
            let record = try await SealedRecord { $0.failed = [] }
            if isNew { try record.write("x".utf8, to: name) } else { try record.remove(name) }
            try Manifest(of: record.folder).write(to: record.folder)
            let result = record.verify()
            let last = URL(fileURLWithPath: name).lastPathComponent
            #expect(result.says("says otherwise of \(last)", of: "batch_0/manifest.json"), "\(result.problems)")
        }
    }

    /// Somebody who makes the whole record anew with other numbers makes a record: only what was said of the first one tells.
    @Test func aRecordThatIsAllNewIsFoundByDigestAndSignature() async throws {
        let record = try await SealedRecord()
        let key = try SigningKey("key", in: record.scratch.path)
        let signers = record.scratch("signers")
        try key.allowing("ada").write(toFile: signers, atomically: true, encoding: .utf8)
        try RecordSignature.sign(record: record.folder, key: key.path)
        let other = try await SealedRecord { $0.seed = 2 }
        #expect(try other.bytes("run.json") == record.bytes("run.json") && other.digest != record.digest)
        #expect(other.verify().isIntact)
        #expect(other.verify(digest: record.digest.hex).problems.map(\.file) == ["manifest.json"])
        // The old signature does not fit, and without one it is not the signed record.
        try other.write(try record.bytes("manifest.json.sig"), to: "manifest.json.sig")
        #expect(other.verify().problems.map(\.file) == ["manifest.json.sig"])
        #expect(other.verify(allowedSigners: signers).says("is not one of manifest.json", of: "manifest.json.sig"))
        try other.remove("manifest.json.sig")
        #expect(other.verify(allowedSigners: signers, isSignatureRequired: true).says("not signed", of: "manifest.json.sig"))
        #expect(record.verify(digest: record.digest.hex, allowedSigners: signers, isSignatureRequired: true).isIntact)
    }
}
