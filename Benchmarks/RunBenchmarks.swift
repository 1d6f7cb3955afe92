import IDRPlan
import Foundation
import IDRCrate
import IDRFiles
import IDRImaging
import IDRRecord
import TestSupport

/// Whole runs of `idrscript`, as a user starts them.
enum RunBenchmarks {
    static func run() async throws -> [Measurement] { try await scripts() + fullFrame() + manyBatches() }

    private static func script(_ mirror: ScratchMirror, diameter: String = "") -> String {
        """
        import IDRKit

        let cells = try await screen("idr0013A", mirror: "\(mirror.folder)").controls().frame(2).correct().segment(\(diameter)).profile().run(batchSize: 1)
        print(cells.cellCount)
        """
    }

    /// Compiling a script, starting it again, and how long everything but the stages takes.
    private static func scripts() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let mirror = try ScratchMirror(scratch("mirror"), wells: [("A2", "negative control")])
        try await mirror.writeMovie("A2", planes: smallFrames())
        try script(mirror).write(toFile: scratch("script.swift"), atomically: true, encoding: .utf8)
        let first = try ChildProcess(running: "idrscript", ["plan", scratch("script.swift")], cachesIn: scratch.path)
        let again = try await medianWallSeconds(5) {
            _ = try ChildProcess(running: "idrscript", ["plan", scratch("script.swift")], cachesIn: scratch.path)
        }
        let run = ["run", "--no-cache", scratch("script.swift"), "--output", scratch("out")]
        _ = try ChildProcess(running: "idrscript", run, cachesIn: scratch.path)
        let complete = try await medianWallSeconds(5) { _ = try ChildProcess(running: "idrscript", run, cachesIn: scratch.path) }
        return [
            Measurement(
                name: "a new script to its plan", value: first.wallSeconds, unit: "s", goal: .atMost(8), how: "compiled with an empty cache; once"),
            Measurement(
                name: "an unchanged script to its plan", value: again, unit: "s", goal: .atMost(0.3), how: "whole process; median of 5"),
            Measurement(
                name: "start to first stage", value: complete, unit: "s", goal: .atMost(0.5),
                how: "a complete run started again: all of a run but its stages; whole process, median of 5"),
        ]
    }

    /// One frame of MitoCheck's size with its neighbours, with the bundled networks.
    private static func fullFrame() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let scene = try await RealFrames()
        let wells = ["A2", "A3", "A4", "A5"]
        let mirror = try ScratchMirror(scratch("mirror"), wells: wells.map { ($0, "negative control") })
        for well in wells { try await mirror.writeMovie(well, planes: scene.frames, chunk: (RealFrames.height / 4, RealFrames.width / 4)) }
        try script(mirror).write(toFile: scratch("script.swift"), atomically: true, encoding: .utf8)
        _ = try ChildProcess(running: "idrscript", ["plan", scratch("script.swift")], cachesIn: scratch.path)
        let one = try ChildProcess(
            running: "idrscript", ["run", "--no-cache", scratch("script.swift"), "--output", scratch("one"), "--threads", "1", "--batches", "0"],
            cachesIn: scratch.path)
        let all = try ChildProcess(
            running: "idrscript", ["run", "--no-cache", scratch("script.swift"), "--output", scratch("all"), "--batch-size", "4"],
            cachesIn: scratch.path)
        let cells = try record(scratch("one"), batch: 0).images.reduce(0) { $0 + $1.cells }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let recording = try await recordingSeconds(of: scratch("one"), cells: cells)
        return [
            Measurement(
                name: "recording, share of the run", value: recording / one.wallSeconds * 100, unit: "%", goal: .atMost(2),
                how: "\(Measurement.text(recording)) s of a run of one image: digests of stages, batch's record, seal of the run"),
            Measurement(
                name: "peak memory, full frame with \(cells) nuclei", value: Double(one.peakMemoryBytes) / 1e6, unit: "MB", goal: .atMost(1000),
                how: "whole process, 1344 x 1024, --threads 1"),
            Measurement(
                name: "a whole image, one core", value: one.wallSeconds, unit: "s",
                how: "as above: diameter of the plate, segmentation and features of \(cells) nuclei; \(Measurement.text(one.cpuSeconds)) CPU s"),
            Measurement(
                name: "a whole image, \(cores) cores", value: all.wallSeconds / Double(wells.count), unit: "s",
                how:
                    "\(wells.count) such images at once, \(Measurement.text(Double(all.peakMemoryBytes) / 1e6)) MB at the peak (IDR_stream: 17 on 24 cores and a GPU)"
            ),
        ]
    }

    /// What the record of a run of one batch with one image costs: hashing what the stages produced, as many bytes once more; the batch's files
    /// from the last table's time to the manifest's; and sealing the run, once more.
    private static func recordingSeconds(of run: String, cells: Int) async throws -> Double {
        func changed(_ name: String) throws -> Date {
            let date = try FileManager.default.attributesOfItem(atPath: "\(run)/batch_0/\(name)")[.modificationDate] as? Date
            guard let date else { throw CocoaError(.fileReadUnknown) }
            return date
        }
        let outputs = try record(run, batch: 0).outputs.map { try changed($0.name) }
        let batch = try changed(RecordLayout.manifest).timeIntervalSince(outputs.max() ?? .distantPast)
        // Frame of bytes and label image of 32 bits; a crop's one plane and its features.
        let bytes = RealFrames.height * RealFrames.width * 5 + cells * (224 * 224 + 1280) * 4
        let values = [UInt8](repeating: 17, count: bytes)
        let digests = try await medianCPUSeconds(3) { _ = try SHA256.digest(of: values) }
        let seal = try await medianWallSeconds(3) { _ = try RecordSeal.seal(run) }
        return batch + digests + seal
    }

    /// Memory from the first batch to the fiftieth.
    private static func manyBatches() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let wells = (1...50).map { "\($0 <= 20 ? "B" : $0 <= 40 ? "C" : "D")\(($0 - 1) % 20 + 1)" }
        let mirror = try ScratchMirror(scratch("mirror"), wells: wells.map { ($0, "negative control") })
        let planes = try await smallFrames()
        for well in wells { try await mirror.writeMovie(well, planes: planes) }
        try script(mirror, diameter: "diameter: 27").write(toFile: scratch("script.swift"), atomically: true, encoding: .utf8)
        _ = try ChildProcess(
            running: "idrscript", ["run", "--no-cache", scratch("script.swift"), "--output", scratch("out")], cachesIn: scratch.path)
        let peaks = try (0..<wells.count).map { Double(try record(scratch("out"), batch: $0).peakMemoryBytes) / 1e6 }
        let second = peaks[1]
        return [
            Measurement(
                name: "peak memory of batch 50 over that of batch 2", value: peaks[49] / second, unit: "", goal: .atMost(1.05),
                how:
                    "images of 400 x 300 pixels; \(Measurement.text(peaks[0])) MB in batch 1, \(Measurement.text(second)) in batch 2, at most \(Measurement.text(peaks.max() ?? 0)) in any"
            )
        ]
    }

    private static func smallFrames() async throws -> [Plane<UInt8>] {
        try await RealFrames().frames.map { frame in
            Plane(height: 300, width: 400, pixels: (200..<500).flatMap { y in (300..<700).map { frame[y, $0] } })
        }
    }

    private static func record(_ folder: String, batch: Int) throws -> BatchRecord {
        let path = "\(folder)/batch_\(batch)/record.json"
        return try CanonicalJSON.decode(BatchRecord.self, from: try Data(contentsOf: URL(fileURLWithPath: path)), path: path)
    }
}
