import Foundation
import IDRFiles
import IDRImaging
import IDRPlan
import IDRRecord
import TestSupport

/// What an image takes in each way of finding nuclei, and how well several cores are used, by whole runs of `idrscript`.
enum CoreBenchmarks {
    static func run() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let frames = try await RealFrames().frames
        let wells = ["A2", "A3", "A4", "A5"]
        let mirror = try ScratchMirror(scratch("mirror"), wells: wells.map { ($0, "negative control") })
        for well in wells { try await mirror.writeMovie(well, planes: frames, chunk: (RealFrames.height / 4, RealFrames.width / 4)) }
        let bench = Bench(scratch: scratch, mirror: mirror.folder)
        return try await bench.ways() + bench.cores()
    }

    private struct Bench: Sendable {
        let scratch: ScratchFolder
        let mirror: String

        /// A run of one frame of `wells`, and its first batch.
        func run(_ name: String, segment: String = "", wells: String = "A2", threads: Int) throws -> (process: ChildProcess, batch: BatchRecord) {
            let script = scratch("\(name).swift")
            let text = """
                import IDRKit

                let wells = screen("idr0013A", mirror: "\(mirror)").wells(\(wells.split(separator: " ").map { "\"\($0)\"" }.joined(separator: ", ")))
                let cells = try await wells.frame(2).correct().segment(\(segment)).profile().run(batchSize: 4)
                print(cells.cellCount)
                """
            if (try? String(contentsOfFile: script, encoding: .utf8)) != text { try text.write(toFile: script, atomically: true, encoding: .utf8) }
            _ = try ChildProcess(running: "idrscript", ["plan", script], cachesIn: scratch.path)
            let output = scratch("out-\(name)-\(UUID().uuidString)")
            let process = try ChildProcess(
                running: "idrscript", ["run", "--no-cache", script, "--output", output, "--threads", "\(threads)"], cachesIn: scratch.path)
            let path = "\(output)/batch_0/record.json"
            return (process, try CanonicalJSON.decode(BatchRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path)), path: path))
        }

        /// A whole image on one core.
        func ways() throws -> [Measurement] {
            try [("compat", ".compat"), ("standard", ""), ("int8", "precision: .int8")].map { name, segment in
                let runs = try (0..<3).map { _ in try run(name, segment: segment, threads: 1) }
                func cpu(_ batch: BatchRecord, _ isWanted: (String) -> Bool) -> Double {
                    batch.stages.filter { isWanted($0.stage) }.reduce(0) { $0 + $1.cpuSeconds }
                }
                let shared = "diameter"
                let own = middle(of: runs.map { cpu($0.batch) { $0 != shared } })
                let estimate = middle(of: runs.map { cpu($0.batch) { $0 == shared } })
                let booked = middle(of: runs.map { cpu($0.batch) { _ in true } / $0.process.cpuSeconds })
                let parts = runs[0].batch.stages.map { "\($0.stage) \(Measurement.text($0.cpuSeconds))" }.joined(separator: ", ")
                return Measurement(
                    name: "a whole image, \(name)", value: own, unit: "CPU s",
                    how: "\(runs[0].batch.cells) nuclei, 1 thread, median of 3; the plate's diameter \(Measurement.text(estimate)) s apart; "
                        + "stages have \(Measurement.text(100 * booked)) % of the process's time (\(parts))")
            }
        }

        /// Several cores against what two processes that know nothing of each other reach.
        func cores() async throws -> [Measurement] {
            let cores = ProcessInfo.processInfo.activeProcessorCount
            let given = "diameter: 27"
            func one(_ threads: Int) throws -> Double { try run("one", segment: given, threads: threads).process.wallSeconds }
            func four(_ threads: Int) throws -> Double { try run("four", wells: "A2 A3 A4 A5", threads: threads).process.wallSeconds }
            let (alone, spread) = (middle(of: try (0..<3).map { _ in try one(1) }), middle(of: try (0..<3).map { _ in try one(cores) }))
            let together = try await medianWallSeconds(3) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<cores { group.addTask { _ = try run("one-\(index)", segment: given, threads: 1) } }
                    try await group.waitForAll()
                }
            }
            let ceiling = Double(cores) * alone / together
            let (serial, parallel) = (middle(of: try (0..<3).map { _ in try four(1) }), middle(of: try (0..<3).map { _ in try four(cores) }))
            return [
                Measurement(
                    name: "\(cores) processes at once, speed-up", value: ceiling, unit: "",
                    how: "wall clock, an image each, of one alone; median of 3"),
                Measurement(
                    name: "one image on \(cores) cores, share of that", value: 100 * alone / spread / ceiling, unit: "%", goal: .atLeast(85),
                    how: "wall clock \(Measurement.text(spread)) s against \(Measurement.text(alone)) s on one, diameter given; median of 3"),
                Measurement(
                    name: "four images on \(cores) cores, share of that", value: 100 * serial / parallel / ceiling, unit: "%", goal: .atLeast(95),
                    how:
                        "wall clock \(Measurement.text(parallel)) s against \(Measurement.text(serial)) s on one, with the plate's diameter; median of 3"
                ),
            ]
        }
    }
}
