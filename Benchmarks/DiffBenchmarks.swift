import Foundation
import IDRComparison
import IDRFiles
import IDRPlan
import IDRRecord
import IDRTables
import TestSupport

/// Two runs of 675 batches with 10 wells of 331 nuclei each, as the published study has them, without their tables.
enum DiffBenchmarks {
    private static let batches = 675

    static func run() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        for (name, seed) in [("a", 1), ("b", 2)] { try await write(to: scratch(name), scratch("\(name)-first"), seed: seed) }
        let (a, b) = (try RecordFolder(reading: scratch("a")), try RecordFolder(reading: scratch("b")))
        let how = "wall clock, 2 x \(batches) batches of 10 wells, 331 nuclei each; no tables at hand"
        let same = try await medianWallSeconds(1) { _ = try await RunDifference.between(a, a) }
        let all = try await medianWallSeconds(1) { _ = try await RunDifference.between(a, b) }
        let cpu = try await medianCPUSeconds(1) { _ = try await RunDifference.between(a, b) }
        let tables = (try RecordFolder(reading: scratch("a-first")), try RecordFolder(reading: scratch("b-first")))
        let batch = try await medianCPUSeconds(1) { _ = try await RunDifference.between(tables.0, tables.1) }
        return [
            Measurement(name: "diff, equal runs", value: same, unit: "s", goal: .atMost(10), how: how),
            Measurement(name: "diff, every nucleus differs", value: all, unit: "s", goal: .atMost(10), how: how),
            Measurement(name: "diff, every nucleus differs, CPU time", value: cpu, unit: "s", how: how),
            Measurement(
                name: "diff, one batch's tables", value: batch, unit: "s",
                how: "CPU time; two tables of 3310 nuclei x 1280 features, every value differs"),
        ]
    }

    /// One batch is made, the others are copies of it on other plates.
    private static func write(to folder: String, _ first: String, seed: Int) async throws {
        var sample = SampleRecord()
        (sample.batches, sample.wellsPerBatch, sample.cellsPerWell, sample.featureCount, sample.seed) = (1, 10, 331, 1280, seed)
        sample.plate = "P_0000"
        try await sample.write(to: first)
        let one = try RecordFolder(reading: first)
        var (plan, run) = (one.plan, one.run)
        func plate(_ number: Int) -> String { "P_" + String(format: "%04d", number) }
        plan.wells = (0..<batches).flatMap { number in
            one.plan.wells.map { well in
                var copy = well
                copy.plate = plate(number)
                return copy
            }
        }
        run.batches = batches
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try AtomicFile.write(CanonicalJSON.encode(plan), to: "\(folder)/\(RecordLayout.plan)")
        try AtomicFile.write(CanonicalJSON.encode(run), to: "\(folder)/\(RecordLayout.run)")
        let texts = try [RecordLayout.batchRecord, RecordLayout.cells, RecordLayout.wells, RecordLayout.environment].map { name in
            (name, try String(contentsOfFile: "\(one.folder(of: 0))/\(name)", encoding: .utf8))
        }
        for number in 0..<batches {
            let place = "\(folder)/\(RecordLayout.batch(number))"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            for (name, text) in texts {
                let copy = text.replacing("P_0000", with: plate(number)).replacing("batch_0.", with: "batch_\(number).")
                    .replacing("\"batch\" : 0", with: "\"batch\" : \(number)")
                try Data(copy.utf8).write(to: URL(fileURLWithPath: "\(place)/\(name)"))
            }
            try Manifest(of: place).write(to: place)
        }
    }
}
