import Foundation
import IDRFiles
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Records of former releases, whose plates had the diameter of one well and whose scripts meant the network of their time.
@Suite(.serialized) struct OldDiameterTests {
    @Test func aRecordIsRepeatedWithTheWellThatItNames() async throws {
        let old = try #require(OldRecord.of("complete").first)
        let record = try RecordFolder(reading: old.path)
        let scratch = try ScratchFolder()
        var options = RunOptions()
        options.output = scratch("run")
        options.threads = 2
        options.isQuiet = true
        options.reproducing = old.path
        // As its script says it: the network and the diameter are what they were by default.
        let mirror = ExampleFrames.checkout.appending(path: "example_files").path
        let run = try await screen("idr0013A", mirror: mirror).controls().first(2).frame(2).correct().segment().profile().run(
            batchSize: 1, options: options)
        #expect(run.identity == record.run.run.hex)
        let (ours, theirs) = (try RecordFolder(reading: run.folder).sharedValues(), try record.sharedValues())
        let file = RecordLayout.sharedDiameter("EXAMPLE_01")
        let (own, other) = (try #require(ours[file]), try #require(theirs[file]))
        #expect(own.format == 2 && own.candidates == nil && own.well == other.well)
        // It is estimated with another kernel since, in large tiles: with nuclei-small, 25.53 pixels instead of 25.80.
        #expect(try abs(number(own) / number(other) - 1) < 2e-2, "\(own.value) \(other.value)")
        for (batch, recorded) in zip(run.batches, try record.completeBatches.map({ try record.batch($0) })) {
            #expect(zip(batch.images, recorded.images).allSatisfy { abs($0.cells - $1.cells) <= 1 })
        }
    }

    /// A rerun takes the recorded candidates, no others, and their pixels must be the recorded ones.
    @Test func recordedCandidatesAreUsedAndChecked() async throws {
        let small = try await SmallScreen()
        let gone = try Data(contentsOf: URL(fileURLWithPath: small.movie("A2")))
        try FileManager.default.removeItem(atPath: small.movie("A2"))
        let pipeline = screen("idr0013A", mirror: small.mirror).wells("B3").frame(2).correct().segment().measure()
        let run = try await pipeline.run(batchSize: 1, options: small.options("record"))
        // A well that the record could not have does not count when it is back.
        try gone.write(to: URL(fileURLWithPath: small.movie("A2")))
        let again = try await pipeline.run(batchSize: 1, options: small.options("again") { $0.reproducing = small.scratch("record") })
        #expect(again.batches[0].images[0].segmentation == run.batches[0].images[0].segmentation)
        #expect(again.batches[0].images[0].digests == run.batches[0].images[0].digests)
        var planes = try await ExampleFrames.small(1)
        planes[1].pixels[77] ^= 1
        try await small.writeMovie("A3", planes: planes)
        let error = await #expect(throws: IDRError.self) {
            try await pipeline.run(batchSize: 1, options: small.options("changed") { $0.reproducing = small.scratch("record") })
        }
        let text = "\(String(describing: error))"
        #expect(text.contains("the pixels are not the recorded ones") && text.contains("well A3"), "\(text)")
    }

    private func number(_ record: SharedValueRecord<JSONValue>) throws -> Double { try #require(Double(record.value.text)) }
}
