import Foundation
import IDRRecord
import TestSupport

/// How fast records are checked.
enum VerifyBenchmarks {
    static func run() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let folder = scratch("record")
        try await SampleRecord().write(to: folder)
        // Bulk as it is kept on demand: four files of 256 MiB beside the sample's small ones.
        var generator = SeededGenerator(seed: 1)
        let block = Data((0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &generator) })
        for number in 0..<4 {
            let path = scratch("record/shared/bulk-\(number).bin")
            _ = FileManager.default.createFile(atPath: path, contents: nil)
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            for _ in 0..<256 { try file.write(contentsOf: block) }
            try file.close()
        }
        try Manifest(of: folder).write(to: folder)
        let result = RecordVerification(of: folder)
        guard result.isIntact else { throw CocoaError(.fileReadCorruptFile) }
        let seconds = await medianCPUSeconds(5) { _ = RecordVerification(of: folder) }
        let wall = await medianWallSeconds(5) { _ = RecordVerification(of: folder) }
        let small = try await manyBatches()
        return [
            Measurement(
                name: "verify, a core", value: Double(result.bytes) * 1e-9 / seconds, unit: "GB/s", goal: .atLeast(1),
                how: "1.1 GB in \(result.files) files, which are in memory; per CPU second, median of 5"),
            Measurement(
                name: "verify, all cores", value: Double(result.bytes) * 1e-9 / wall, unit: "GB/s",
                how: "the same per second of the wall clock; median of 5"),
            small,
        ]
    }

    /// A genome-wide screen has 675 batches.
    private static func manyBatches() async throws -> Measurement {
        let scratch = try ScratchFolder()
        var sample = SampleRecord()
        sample.batches = 675
        try await sample.write(to: scratch.path)
        let result = RecordVerification(of: scratch.path)
        guard result.isIntact else { throw CocoaError(.fileReadCorruptFile) }
        let seconds = await medianWallSeconds(3) { _ = RecordVerification(of: scratch.path) }
        return Measurement(name: "verify, 675 batches of small tables", value: seconds, unit: "s", how: "\(result.files) files; median of 3")
    }
}
