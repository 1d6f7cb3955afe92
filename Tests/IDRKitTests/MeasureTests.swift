import Foundation
import IDRComparison
import IDRCrate
import IDRFiles
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import IDRTables
import TestSupport
import Testing

/// `.measure()` as a stage: alone, before `.profile()`, kept, explained, recorded and compared.
@Suite(.serialized) struct MeasureTests {
    private let small: SmallScreen

    init() async throws { small = try await SmallScreen() }

    private var segmented: Pipeline<Segmented> {
        screen("idr0013A", mirror: small.mirror).controls().frame(2).correct().segment(diameter: 27)
    }

    private func rows(_ run: ProfileRun) throws -> [[String]] {
        var rows: [[String]] = []
        for table in run.tables {
            rows += try CSVRows.all(Gzip.decompress(file: table, limit: 1 << 26), called: "table").dropFirst(rows.isEmpty ? 0 : 1)
        }
        return rows
    }

    @Test func measurementsAloneMakeTables() async throws {
        let run = try await segmented.measure().run(batchSize: 2, options: small.options { $0.keep = [.masks] })
        let rows = try rows(run)
        let head = try #require(rows.first)
        // The study does not name its channel, whatever the file calls it.
        let names = ["AreaShape_Area", "AreaShape_Perimeter", "Intensity_MeanIntensity_Channel1"]
        #expect(head.suffix(3) == names[...] && head.prefix(3) == ["", "Location_Center_X", "Location_Center_Y"], "\(head)")
        #expect(!head.contains("Metadata_Model") && head.contains("Metadata_Gene"))
        #expect(rows.count - 1 == run.cellCount && run.cellCount > 8)
        let areas = rows.dropFirst().compactMap { Double($0[head.count - 3]) }
        #expect(areas.count == run.cellCount && areas.allSatisfy { $0 >= 15 && $0.rounded() == $0 })
        let means = rows.dropFirst().compactMap { Double($0[head.count - 1]) }
        #expect(means.count == run.cellCount && means.allSatisfy { 0...1 ~= $0 })
        for batch in run.batches {
            #expect(batch.format == 4 && batch.stages.map(\.stage) == ["fetch", "correct", "segment", "measure", "write"])
            for image in batch.images {
                #expect(image.digests[.measurements] != nil && image.digests[.features] == nil)
                #expect(image.cells == image.segmentation.kept && image.channels.map(\.isMeasured) == [true])
            }
        }
        let verification = RecordVerification(of: run.folder)
        #expect(verification.isIntact, "\(verification.problems)")
        // What was written is what is read.
        let read = try RecordFolder(reading: run.folder)
        #expect(read.plan.format == 3 && read.plan.plan.measuring == Measuring())
        #expect(try read.batch(0).images.map(\.digests) == run.batches[0].images.map(\.digests))
    }

    /// Tables and records without it are as they were, and with it the network's features are the same.
    @Test func measurementsStandBesideFeatures() async throws {
        let plain = try await segmented.profile().run(batchSize: 4, options: small.options("plain"))
        let both = try await segmented.measure().profile().run(batchSize: 4, options: small.options("both"))
        let (own, others) = (try rows(plain), try rows(both))
        let places = own[0].indices.dropFirst(3).filter { own[0][$0].hasPrefix("Metadata_") }
        let features = own[0].count(where: { $0.hasPrefix("efficientnet_") })
        #expect(own.count == others.count && others[0].count == own[0].count + 3)
        for (row, other) in zip(own, others) {
            #expect(Array(row.suffix(features)) == Array(other.suffix(features)))
            #expect(places.map { row[$0] } == places.map { other[$0] })
        }
        #expect(plain.batches[0].format == 3 && both.batches[0].format == 4)
        #expect(plain.batches[0].images.map { $0.digests[.features] } == both.batches[0].images.map { $0.digests[.features] })
        let difference = try await RunDifference.between(RecordFolder(reading: plain.folder), RecordFolder(reading: both.folder))
        #expect("\(difference.text)".contains("measur"), "\(difference.text)")
    }

    @Test func measurementsAreKeptAndExplained() async throws {
        func options(_ output: String) -> RunOptions { small.options(output) { $0.stages = .folder(small.scratch("stages"), bytes: 1 << 30) } }
        let first = try await segmented.measure().run(batchSize: 4, options: options("first"))
        let second = try await segmented.measure().run(batchSize: 4, options: options("second"))
        #expect(first.batches[0].images.allSatisfy { $0.reused == nil })
        #expect(second.batches[0].images.allSatisfy { $0.reused == ["correct", "segment", "measure"] })
        #expect(try small.contents(of: "first") == small.contents(of: "second"))
        let folder = try RecordFolder(reading: second.folder)
        let reasons = try StageReasons(folder.batch(0), folder.plan, folder.environment(of: 0), kept: [])
        #expect(reasons.text.contains("\nmeasure  reused"), "\(reasons.text)")
    }

    @Test func whatFewNucleiLeaveIsATableToo() async throws {
        try await small.writeMovie("A2", planes: (0..<4).map { _ in Plane<UInt8>(height: 64, width: 80, repeating: 0) })
        let run = try await segmented.measure().run(batchSize: 1, options: small.options())
        #expect(run.batches[0].cells == 0 && run.batches[1].cells > 0)
        #expect(try CSVRows.all(Gzip.decompress(file: run.tables[0], limit: 1 << 20), called: "table").count == 1)
    }
}
