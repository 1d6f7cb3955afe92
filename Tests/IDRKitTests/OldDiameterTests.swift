import Foundation
import IDRFiles
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
        // To the bit on a machine of the record's kind; elsewhere sums may end in other digits.
        #expect(try abs(number(own) / number(other) - 1) < 1e-3)
        for (batch, recorded) in zip(run.batches, try record.completeBatches.map({ try record.batch($0) })) {
            #expect(zip(batch.images, recorded.images).allSatisfy { abs($0.cells - $1.cells) <= 1 })
        }
    }

    private func number(_ record: SharedValueRecord<JSONValue>) throws -> Double { try #require(Double(record.value.text)) }
}
