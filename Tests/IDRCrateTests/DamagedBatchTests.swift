import Foundation
import IDRCrate
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// A batch whose own manifest is damaged does not keep the others open.
@Suite struct DamagedBatchTests {
    private let scratch: ScratchFolder
    private var record: String { scratch("run") }

    init() throws { scratch = try ScratchFolder() }

    @Test(arguments: [Data("{".utf8), Data(), Data(#"{"files": [], "format": 1, "omitted": []}"#.utf8)])
    func theOthersAreSealed(bytes: Data) async throws {
        var sample = SampleRecord()
        sample.batches = 3
        let digest = try await sample.write(to: record)
        let manifest = URL(fileURLWithPath: "\(record)/batch_1/\(RecordLayout.manifest)")
        let whole = try Data(contentsOf: manifest)
        try bytes.write(to: manifest)
        let sealed = try RecordSeal.seal(record)
        #expect(Array(sealed.damaged.keys) == ["batch_1"] && sealed.digest != digest)
        #expect(!sealed.damaged.values.joined().contains(scratch("")))
        let verified = RecordVerification(of: record)
        #expect(!verified.isIntact && verified.problems.allSatisfy { $0.file.hasPrefix("batch_1/manifest.json") }, "\(verified.problems)")
        #expect(try Manifest(reading: record).files.contains { $0.name == "batch_1/record.json" })
        let crate = try String(contentsOfFile: "\(record)/\(RecordLayout.crate)", encoding: .utf8)
        #expect(crate.contains("batches that are damaged: batch_1") && !crate.contains(scratch("")))
        // What was damaged is whole again, as after it was computed anew.
        try whole.write(to: manifest)
        #expect(try RecordSeal.seal(record).digest == digest && RecordVerification(of: record).isIntact)
    }

    @Test func aFailureMayBeDamagedToo() async throws {
        var sample = SampleRecord()
        (sample.batches, sample.failed) = (2, [1])
        try await sample.write(to: record)
        try OnDisk.remove("\(record)/failures/batch_1/\(RecordLayout.manifest)")
        #expect(try Array(RecordSeal.seal(record).damaged.keys) == ["failures/batch_1"])
    }
}
