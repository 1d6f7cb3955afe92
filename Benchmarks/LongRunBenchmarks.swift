import Foundation
import IDRCrate
import IDRFiles
import IDRImaging
import IDRPlan
import IDRRecord
import TestSupport

/// Runs of hundreds of batches: what each batch costs the next one, memory, and how long the next run looks at what is complete.
enum LongRunBenchmarks {
    /// A plate of 25 rows; a genome-wide screen has 675 batches, and the goals are for these.
    private static let batches = 600
    /// Of the files that are added to each batch: tables of ten wells with 331 nuclei.
    private static let tableBytes = 15_000_000

    static func run() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let wells = (0..<batches).map { "\(Character(UnicodeScalar(UInt8(65 + $0 / 24))))\($0 % 24 + 1)" }
        let mirror = try ScratchMirror(scratch("mirror"), wells: wells.map { ($0, "negative control") })
        for (index, well) in wells.enumerated() { try await mirror.writeMovie(well, planes: ExampleFrames.small(index % 4)) }
        let script = """
            import IDRKit

            let cells = try await screen("idr0013A", mirror: "\(mirror.folder)").controls().frame(2).correct().segment(diameter: 27).profile().run(batchSize: 1)
            print(cells.cellCount)
            """
        try script.write(toFile: scratch("script.swift"), atomically: true, encoding: .utf8)
        let words = ["run", scratch("script.swift"), "--output", scratch("out")]
        let first = try ChildProcess(running: "idrscript", words, cachesIn: scratch.path)
        let record = try RecordFolder(reading: scratch("out"))
        return try [
            delay(record), memory(record),
            Measurement(
                name: "\(wells.count) batches from the stage cache, each", value: first.wallSeconds / Double(wells.count) * 1000, unit: "ms",
                how: "four different movies of 200 x 160 pixels; whole process"),
        ] + resume(record, words, scratch)
    }

    /// From a batch's last output to the folder of the next one: hashing, record, crate, manifest, flushes, place and journal.
    private static func delay(_ record: RecordFolder) throws -> Measurement {
        var delays: [Double] = []
        for number in record.completeBatches.dropLast() {
            let outputs = try record.batch(number).outputs.map { try date(.modificationDate, "\(record.folder(of: number))/\($0.name)") }
            delays.append(try date(.creationDate, record.folder(of: number + 1)).timeIntervalSince(outputs.max() ?? .distantPast) * 1000)
        }
        delays.sort()
        return Measurement(
            name: "what a batch delays the next one", value: delays[delays.count / 2], unit: "ms", goal: .atMost(30),
            how:
                "from its tables to the next one's folder; median of \(delays.count), nine tenths within \(Measurement.text(delays[delays.count * 9 / 10]))"
        )
    }

    private static func memory(_ record: RecordFolder) throws -> Measurement {
        let peaks = try record.completeBatches.map { Double(try record.batch($0).peakMemoryBytes) / 1e6 }
        return Measurement(
            name: "peak memory of the last batch over batch 10's", value: peaks[peaks.count - 1] / peaks[9], unit: "", goal: .atMost(1.05),
            how: "\(peaks.count) batches; \(Measurement.text(peaks[9])) MB in batch 10, at most \(Measurement.text(peaks.max() ?? 0)) in any")
    }

    /// The same run again over complete batches, to each of which a file of a table's size has been added.
    private static func resume(_ record: RecordFolder, _ words: [String], _ scratch: ScratchFolder) throws -> [Measurement] {
        var generator = SeededGenerator(seed: 1)
        let bytes = Data((0..<tableBytes).map { _ in UInt8.random(in: 0...255, using: &generator) })
        var files: [String] = []
        for number in record.completeBatches {
            let folder = record.folder(of: number)
            files.append("\(folder)/bulk.bin")
            try bytes.write(to: URL(fileURLWithPath: files[files.count - 1]))
            let file = try ContentFile(file: files[files.count - 1], name: "bulk.bin")
            try Manifest(files: Manifest(reading: folder).files + [file]).write(to: folder)
        }
        _ = try RecordSeal.seal(record.path)
        sync()
        let size = "\(tableBytes / 1_000_000) MB a batch, \(ProcessInfo.processInfo.activeProcessorCount) cores; whole process"
        let inMemory = try ChildProcess(running: "idrscript", words, cachesIn: scratch.path)
        try dropFromMemory(files)
        let began = ContinuousClock.now
        for file in files { _ = try Data(contentsOf: URL(fileURLWithPath: file)) }
        let reading = Double((ContinuousClock.now - began) / .milliseconds(1)) / 1000
        try dropFromMemory(files)
        let cold = try ChildProcess(running: "idrscript", words, cachesIn: scratch.path)
        return [
            Measurement(
                name: "a run of \(record.run.batches) complete batches again", value: inMemory.wallSeconds, unit: "s",
                goal: .atMost(10.0 * Double(batches) / 675), how: "\(size), files in memory"),
            Measurement(
                name: "the same with files on the disk, share of its rate", value: reading / cold.wallSeconds, unit: "", goal: .atLeast(0.8),
                how: "\(Measurement.text(cold.wallSeconds)) s, where reading alone takes \(Measurement.text(reading)) s"),
        ]
    }

    /// Leaves the files' bytes to the disk alone.
    private static func dropFromMemory(_ files: [String]) throws {
        for file in files {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            guard posix_fadvise(handle.fileDescriptor, 0, 0, POSIX_FADV_DONTNEED) == 0 else { throw CocoaError(.fileReadUnknown) }
            try handle.close()
        }
    }

    private static func date(_ key: FileAttributeKey, _ path: String) throws -> Date {
        guard let date = try FileManager.default.attributesOfItem(atPath: path)[key] as? Date else { throw CocoaError(.fileReadUnknown) }
        return date
    }
}
