import Foundation
import IDRHDF5
import IDRPlan
import IDRTables
import TestSupport
import Testing

/// pycytominer's `aggregate`, and what it is not given.
struct AggregatedProfilesTests {
    private typealias Column = TextColumn

    @Test(arguments: Aggregation.allCases, [1, 7, 64, 1000])
    func groupsAreThoseOfPycytominer(aggregation: Aggregation, blockSize: Int) async throws {
        let path = Fixture.path("features/pycytominer_shared.h5")
        let (plates, wells, names, values, expected, counts) = try await Self.read(path, aggregation)
        let result = try AggregatedProfiles(
            strata: [Column(name: "Metadata_Plate", values: plates), Column(name: "Metadata_Well", values: wells)], featureNames: names,
            by: aggregation, blockSize: blockSize
        ) { block in plates.indices.flatMap { row in block.map { values[row * names.count + $0] } } }
        #expect(result.rowCount == 12 && result.cellCounts == counts.map(Int.init))
        #expect(zip(result.metadata[0].values, result.metadata[1].values).map { $0 + " " + $1 }.first == "LT1000_01 1_50")
        #expect(result.features.count == expected.count)
        for (value, wanted) in zip(result.features, expected) {
            #expect(value.isNaN ? wanted.isNaN : abs(value - wanted) <= 1e-12 * (1 + abs(wanted)))
        }
    }

    private static func read(_ path: String, _ aggregation: Aggregation) async throws -> ([String], [String], [String], [Double], [Double], [Int64]) {
        let file = try await HDF5Reader(path)
        return (
            try await file.readStrings("/Metadata_Plate"), try await file.readStrings("/Metadata_Well"), try await file.readStrings("/feature_names"),
            try await file.read("/X", as: Double.self), try await file.read("/v1.2.4/aggregate_\(aggregation.rawValue)", as: Double.self),
            try await file.read("/v1.2.4/aggregate_object_count", as: Int64.self)
        )
    }

    @Test func missingValuesAreLeftOut() throws {
        let result = try AggregatedProfiles(
            strata: [Column(name: "a", values: ["y", "x", "y", "x"])], annotations: [Column(name: "b", values: ["1", "2", "1", "3"])],
            featureNames: ["f", "g"], by: .median
        ) { _ in [1, .nan, 5, .nan, 3, 7, .nan, .nan] }
        #expect(result.metadata.map(\.values) == [["x", "y"]] && result.cellCounts == [2, 2])
        #expect(result.annotations.map(\.values) == [["", "1"]])
        #expect(result.features[0] == 5 && result.features[1].isNaN && result.features[2...] == [2, 7])
    }

    @Test func columnsThatDoNotFitAreRefused() throws {
        #expect(throws: IDRError.self) { try AggregatedProfiles(strata: [], featureNames: [], by: .mean) { _ in [] } }
        #expect(throws: IDRError.self) {
            try AggregatedProfiles(
                strata: [Column(name: "a", values: ["x"]), Column(name: "b", values: [])], featureNames: ["f"], by: .mean
            ) { _ in [1] }
        }
        #expect(throws: IDRError.self) {
            try AggregatedProfiles(strata: [Column(name: "a", values: ["x"])], featureNames: ["f"], by: .mean) { _ in [1, 2] }
        }
        let empty = try AggregatedProfiles(strata: [Column(name: "a", values: [])], featureNames: ["f"], by: .mean) { _ in [] }
        #expect(empty.rowCount == 0 && empty.features.isEmpty)
    }
}
