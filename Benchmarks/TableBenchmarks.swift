import IDRTables
import TestSupport

/// Writing of single-cell tables.
enum TableBenchmarks {
    private static let cells = 1000
    private static let features = 1280

    static func run() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let table = try table()
        let csv = try await medianCPUSeconds(5) { try table.writeCSV(to: scratch("t.csv.gz")) }
        let h5ad = try await medianCPUSeconds(5) { try await AnnDataFile.write(table, to: scratch("t.h5ad")) }
        let how = "\(cells) cells of \(features) random features, synced to disk; median of 5"
        return [
            Measurement(name: "CSV.gz, 1,000 cells", value: csv, unit: "CPU s", goal: .atMost(0.4), how: how),
            Measurement(name: ".h5ad, 1,000 cells", value: h5ad, unit: "CPU s", goal: .atMost(0.15), how: how),
        ]
    }

    private static func table() throws -> ProfileTable {
        var generator = SeededGenerator(seed: 7)
        var numbers: [Float] = []
        for _ in 0..<cells * features { numbers.append(Float.random(in: -0.3...3, using: &generator)) }
        let places = (0..<cells).map { Double($0) * 1.37 }
        let image = ImageProfile(
            index: ["P_1", "4_1", "1", "P_1_4", "P_1/P_1_4_1.tif", "KIF11", "1"], locations: NucleusLocations(x: places, y: places),
            cellIDs: ImageProfile.cellIDs(image: "P_1_4_1", labels: Int32(1)...Int32(cells)), features: numbers)
        return try ProfileTable([image], schema: ProfileSchema(model: "efficientnet", featureCount: features, hasOutlines: false))
    }
}
