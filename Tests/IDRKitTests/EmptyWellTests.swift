import Foundation
import IDRFiles
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import IDRTables
import TestSupport
import Testing

/// That a well has no nuclei is a result.
@Suite(.serialized) struct EmptyWellTests {
    private let small: SmallScreen

    init() async throws {
        small = try await SmallScreen()
        let dark = Plane<UInt8>(height: 96, width: 96, repeating: 3)
        try await small.writeMovie("B2", planes: [dark, dark, dark])
    }

    @Test func aWellWithoutNucleiHasAProfileOfNothing() async throws {
        let run = try await small.pipeline.run(batchSize: 4, options: small.options())
        #expect(run.batches[0].missing.isEmpty && run.batches[0].images.map(\.cells).count { $0 == 0 } == 1)
        let wells = try await run.aggregated(by: Strata.well.and([Strata.wellNameColumn]))
        let names = try #require(wells.metadata.last).values
        #expect(wells.rowCount == 4 && names.sorted() == ["A2", "A3", "B2", "B3"])
        let empty = try #require(names.firstIndex(of: "B2"))
        #expect(wells.cellCounts[empty] == 0 && wells.values(of: 0)[empty].isNaN && wells.cellCounts.count { $0 == 0 } == 1)
        #expect(try await run.aggregated(by: .well, keepingEmpty: false).rowCount == 3)
        #expect(try await run.aggregated(by: .gene).cellCounts.reduce(0, +) == run.cellCount)
        // Figures say what they leave out.
        #expect(wells.pca(by: .well).alt.contains("1 of 4 without nuclei are left out"))
        let table = String(decoding: try small.scratch.bytes("run/batch_0/wells.csv"), as: UTF8.self)
        #expect(table.split(separator: "\n").count == 5 && table.contains("_1,0,") || table.contains(",0,nan"))
        #expect(RecordVerification(of: run.folder).isIntact)
    }

    @Test func compatStaysPycytominers() async throws {
        let pipeline = screen("idr0013A", mirror: small.mirror).controls().frame(2).correct(.compat).segment(diameter: 27, .compat).profile(.compat)
        let run = try await pipeline.run(batchSize: 4, options: small.options("compat"))
        #expect(try await run.aggregated(by: .well).rowCount == 3)
    }
}
