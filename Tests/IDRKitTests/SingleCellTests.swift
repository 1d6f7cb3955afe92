import Foundation
import IDRKit
import IDRPlan
import IDRTables
import TestSupport
import Testing

/// Profiles of single nuclei are the rows of the run's tables.
@Suite(.serialized) struct SingleCellTests {
    @Test func theyAreTheRowsOfTheTables() async throws {
        let small = try await SmallScreen()
        let run = try await small.pipeline.run(batchSize: 2, options: small.options())
        let cells = try await run.singleCells()
        #expect(cells.rowCount == run.cellCount && cells.rowCount > 2 && cells.cellCounts.allSatisfy { $0 == 1 })
        #expect(cells.metadata.map(\.name) == ["Metadata_Plate", "Metadata_Well", "Cell"] && Set(cells.metadata[2].values).count == cells.rowCount)
        #expect(Set(cells.annotations.first { $0.name == "Metadata_Control_Type" }?.values ?? []) == ["negative control", "positive control"])
        // Their means are the wells' means.
        let wells = try await run.aggregated(by: .well, .mean)
        for (row, well) in wells.metadata[1].values.enumerated() {
            let members = cells.metadata[1].values.indices.filter { cells.metadata[1].values[$0] == well }
            for feature in [0, 17, wells.featureNames.count - 1] {
                let mean = members.map { cells.values(of: feature)[$0] }.reduce(0, +) / Double(members.count)
                #expect(abs(mean - wells.values(of: feature)[row]) < 1e-12)
            }
        }
    }

    @Test func ofManyTheSameFewAreChosen() async throws {
        let small = try await SmallScreen()
        let run = try await small.pipeline.run(batchSize: 1, options: small.options())
        let (all, few) = (try await run.singleCells(), try await run.singleCells(atMost: 5))
        #expect(few.rowCount == 5)
        #expect(try await run.singleCells(atMost: 5) == few)
        for (row, id) in few.metadata[2].values.enumerated() {
            let place = try #require(all.metadata[2].values.firstIndex(of: id))
            #expect((0..<few.featureNames.count).allSatisfy { few.values(of: $0)[row] == all.values(of: $0)[place] })
        }
        #expect(try await run.singleCells(atMost: 0).rowCount == 1)
        #expect(few.pca().alt.contains("5 rows"))
    }

    @Test func withoutItsTablesARunSaysSo() async throws {
        let small = try await SmallScreen()
        let run = try await small.pipeline.run(batchSize: 2, options: small.options())
        try FileManager.default.removeItem(atPath: small.scratch("run/batch_1/batch_1.h5ad"))
        let error = await #expect(throws: IDRError.self) { try await run.singleCells() }
        #expect(error?.description.contains("batch_1.h5ad") == true && error?.subject.contains { $0.hasPrefix("SingleCellTests.swift:") } == true)
    }
}
