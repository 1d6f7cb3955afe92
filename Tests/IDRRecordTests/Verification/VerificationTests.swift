import Foundation
import IDRCrate
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// What verification says of whole records, and of those that lack or gained something.
struct VerificationTests {
    @Test func anIntactRecordSaysWhatItHolds() async throws {
        let record = try await SealedRecord()
        let result = record.verify(digest: "sha256:" + record.digest.hex.uppercased())
        #expect(result.isIntact && result.problems == [], "\(result.problems)")
        #expect(result.digest == record.digest && result.signature == nil && result.batches == 2)
        // Its own manifest is not among the files that it names.
        #expect(result.files == record.files.count - 1)
        #expect(try result.bytes == record.files.filter { $0 != "manifest.json" }.reduce(0) { try $0 + record.bytes($1).count })
        #expect(try result.script == SHA256.digest(ofFile: record("script.swift")))
        #expect(result.notes.count == 1 && result.notes[0].hasPrefix("batch 2 failed: the movie cannot be fetched"), "\(result.notes)")
    }

    @Test func aRecordMayBeGivenByALink() async throws {
        let record = try await SealedRecord()
        try FileManager.default.createSymbolicLink(atPath: record.scratch("latest"), withDestinationPath: "record")
        let result = RecordVerification(of: record.scratch("latest"), digest: record.digest.hex)
        #expect(result.isIntact && result.files == record.files.count - 1, "\(result.problems)")
    }

    @Test func everyMissingFileIsNamed() async throws {
        let record = try await SealedRecord()
        for name in record.files where name != "manifest.json" {
            let bytes = try record.bytes(name)
            try record.remove(name)
            let result = record.verify()
            #expect(result.says("missing", of: name), "\(name): \(result.problems)")
            try record.write(bytes, to: name)
        }
    }

    @Test(arguments: ["notes.txt", "batch_0/extra.csv", "batch_7/record.json", "failures/batch_2/x", "shared/deeper/y.json", "manifest.json.old"])
    func filesThatTheManifestDoesNotNameAreNamed(_ name: String) async throws {
        let record = try await SealedRecord()
        let folder = URL(fileURLWithPath: record(name)).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try record.write("x".utf8, to: name)
        #expect(record.verify().problems.map(\.description) == ["\(name): is not in the manifest"])
    }

    @Test func swappedBatchesAreNamed() async throws {
        let record = try await SealedRecord()
        try record.move("batch_0", to: ".other")
        try record.move("batch_1", to: "batch_0")
        try record.move(".other", to: "batch_1")
        let result = record.verify()
        #expect(result.names("batch_0/record.json") && result.names("batch_1/record.json"), "\(result.problems)")
        // Names of the outputs hold the batch's number.
        #expect(result.says("missing", of: "batch_0/batch_0.h5ad") && result.says("is not in the manifest", of: "batch_0/batch_1.h5ad"))
    }

    @Test(arguments: [0, 1, 40, 400, -200, -1])
    func aManifestThatIsCutOffIsNamed(_ length: Int) async throws {
        let record = try await SealedRecord()
        let bytes = try record.bytes("manifest.json")
        try record.write(bytes.prefix(length < 0 ? bytes.count + length : length), to: "manifest.json")
        let result = record.verify()
        #expect(result.problems.map(\.file) == ["manifest.json"], "\(result.problems)")
    }

    @Test func whatIsNoRecordIsNone() throws {
        let scratch = try ScratchFolder()
        #expect(RecordVerification(of: scratch.path).says("no record", of: "run.json"))
        #expect(RecordVerification(of: scratch("nowhere")).says("no record", of: "run.json"))
    }

    /// Killed in batch 1: there is no manifest, and the journal is open.
    @Test func aRunThatWasKilledIsToBeContinued() async throws {
        let record = try await SealedRecord {
            $0.failed = []; $0.interrupted = [1]
        }
        try record.remove("manifest.json")
        let result = record.verify()
        #expect(result.says("run its script again to continue it", of: "manifest.json") && result.digest == nil, "\(result.problems)")
    }

    @Test func aManifestThatIsGoneFromAClosedRunIsMissing() async throws {
        let record = try await SealedRecord()
        try record.remove("manifest.json")
        #expect(record.verify().problems.map(\.file) == ["manifest.json"])
    }

    /// Ctrl-C: the record is closed as far as it came.
    @Test func aRunThatWasStoppedIsIntactAndSaysSo() async throws {
        let record = try await SealedRecord {
            $0.batches = 5; $0.failed = [0]; $0.interrupted = [2, 3, 4]
        }
        let result = record.verify()
        #expect(result.isIntact && result.batches == 1, "\(result.problems)")
        #expect(result.notes.contains { $0.contains("stopped before its end") } && result.notes.contains("batches not run: 2-4"), "\(result.notes)")
    }

    @Test func aPublishedCopyIsIntactWithoutItsOutputs() async throws {
        let record = try await SealedRecord { $0.failed = [] }
        let report = try Publication(of: record.folder).write(to: record.scratch("published"))
        let result = RecordVerification(of: record.scratch("published"), digest: report.digest.hex)
        #expect(result.isIntact && result.batches == 3, "\(result.problems)")
        #expect(result.notes == ["6 bulk outputs are left out; their digests are there"])
        // One that is put back is not what the copy says.
        try FileManager.default.copyItem(atPath: record("batch_0/batch_0.h5ad"), toPath: record.scratch("published/batch_0/batch_0.h5ad"))
        #expect(RecordVerification(of: record.scratch("published")).says("is not in the manifest", of: "batch_0/batch_0.h5ad"))
    }

    @Test(arguments: ["", "sha256:", "abc", "65850858fd6e", String(repeating: "g", count: 64), String(repeating: "0", count: 63)])
    func onlyAWholeDigestIsCompared(_ text: String) async throws {
        let record = try await SealedRecord {
            $0.batches = 1; $0.failed = []
        }
        #expect(record.verify(digest: text).says("64 hexadecimal digits", of: "manifest.json"))
        #expect(record.verify(digest: record.digest.short).says("64 hexadecimal digits", of: "manifest.json"))
    }

    @Test func anotherDigestIsAProblem() async throws {
        let record = try await SealedRecord {
            $0.batches = 1; $0.failed = []
        }
        let other = String(repeating: "0", count: 64)
        #expect(record.verify(digest: other).problems.map(\.description) == ["manifest.json: the record's digest is \(record.digest), not \(other)"])
    }
}
