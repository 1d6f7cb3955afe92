import Foundation
import IDRFiles
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport

/// What an image costs, over its size, its nuclei, the number of images and of threads: straight lines, and what bends them.
/// `FIGURE=file.svg` draws them.
enum ScalingBenchmarks {
    /// The size of the nuclei's own surroundings, in pixels, where they are laid out one by one.
    private static let cell = 28
    /// The nuclei's diameter, so that nothing is estimated.
    private static let diameter = 17.0

    static func run() async throws -> [Measurement] {
        let scene = try await RealFrames()
        let lines = [try await sizes(scene), try await nuclei(scene)] + (try await images(scene))
        if let path = ProcessInfo.processInfo.environment["FIGURE"] { try ScalingFigure.write(lines, to: path) }
        return lines.map { line in
            let points = line.points.map { "\(Measurement.text($0.x)): \(Measurement.text($0.y))" }.joined(separator: ", ")
            return Measurement(
                name: "\(line.name), over \(line.axis)", value: line.fit.slope, unit: "s a unit",
                how: "and \(Measurement.text(line.fit.start)) s; measured \(points)")
        }
    }

    /// Processor time of all stages but the nuclei's description, over the image's size.
    private static func sizes(_ scene: RealFrames) async throws -> ScalingLine {
        var line = ScalingLine(name: "CPU s without features", axis: "megapixels")
        for (height, width) in [(400, 512), (704, 1024), (1024, 1344), (2048, 2048), (2880, 2880), (4096, 4096)] {
            let run = try await Run(wells: 1, frames: scene.frames.map { tiled($0, height: height, width: width) })
            line.points.append((Double(height * width) / 1e6, run.seconds { $0 != "profile" }))
        }
        return line
    }

    /// Processor time of all stages over the number of nuclei in an image of one size.
    private static func nuclei(_ scene: RealFrames) async throws -> ScalingLine {
        var line = ScalingLine(name: "CPU s of 4 megapixels", axis: "nuclei")
        for count in [10, 300, 1000, 2500, 5000] {
            let run = try await Run(wells: 1, frames: scene.frames.map { laidOut(count, of: scene, in: $0, side: 2048) })
            line.points.append((Double(run.cells), run.seconds { _ in true }))
        }
        return line
    }

    /// The clock over the number of images, with one thread and with all.
    private static func images(_ scene: RealFrames) async throws -> [ScalingLine] {
        let frames = scene.frames.map { tiled($0, height: 256, width: 320) }
        var lines: [ScalingLine] = []
        for threads in Set([1, ProcessInfo.processInfo.activeProcessorCount]).sorted() {
            var line = ScalingLine(name: "clock, \(threads) threads", axis: "images of 0.08 megapixels")
            for count in [1, 30, 100, 300] {
                line.points.append((Double(count), try await Run(wells: count, frames: frames, threads: threads).wallSeconds))
            }
            lines.append(line)
        }
        return lines
    }

    /// A run of the middle one of three frames of so many wells, each of the same pixels.
    private struct Run {
        let cells: Int
        let wallSeconds: Double
        private let stages: [StageTiming]
        private static let batchSize = 50

        init(wells count: Int, frames: [Plane<UInt8>], threads: Int = 1) async throws {
            let scratch = try ScratchFolder()
            let wells = (0..<count).map { WellName(row: $0 / WellName.standardColumns, column: $0 % WellName.standardColumns).description }
            let mirror = try ScratchMirror(scratch("mirror"), wells: wells.map { ($0, "negative control") })
            try await mirror.writeMovie(wells[0], planes: frames, chunk: (min(512, frames[0].height), min(512, frames[0].width)))
            for well in wells.dropFirst() { try FileManager.default.linkItem(atPath: mirror.movie(wells[0]), toPath: mirror.movie(well)) }
            var options = RunOptions()
            (options.output, options.stages, options.threads, options.isQuiet) = (scratch("out"), .off, threads, true)
            let start = ResourceMeter.wallSeconds()
            let result = try await screen("idr0013A", mirror: mirror.folder).frame(2).correct().segment(diameter: diameter).profile()
                .run(batchSize: Self.batchSize, options: options)
            wallSeconds = ResourceMeter.wallSeconds() - start
            cells = result.cellCount
            let record = try RecordFolder(reading: scratch("out"))
            stages = try (0..<(count + Self.batchSize - 1) / Self.batchSize).flatMap { try record.batch($0).stages }
        }

        /// Processor time of those stages that are wanted.
        func seconds(_ isWanted: (_ stage: String) -> Bool) -> Double {
            stages.filter { isWanted($0.stage) }.reduce(0) { $0 + $1.cpuSeconds }
        }
    }

    /// The frame again and again, each time mirrored, so that there are no seams.
    private static func tiled(_ frame: Plane<UInt8>, height: Int, width: Int) -> Plane<UInt8> {
        func place(_ index: Int, _ length: Int) -> Int {
            let (round, rest) = index.quotientAndRemainder(dividingBy: length)
            return round.isMultiple(of: 2) ? rest : length - 1 - rest
        }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(height * width)
        for y in 0..<height { for x in 0..<width { pixels.append(frame[place(y, frame.height), place(x, frame.width)]) } }
        return Plane(height: height, width: width, pixels: pixels)
    }

    /// `count` nuclei of the first frame on its own background, each in a square of its own.
    private static func laidOut(_ count: Int, of scene: RealFrames, in frame: Plane<UInt8>, side: Int) -> Plane<UInt8> {
        let background = frame.pixels.sorted()[frame.pixels.count / 4]
        var pixels = [UInt8](repeating: background, count: side * side)
        let squares = centres(of: scene).filter { centre in
            (cell / 2..<frame.height - cell / 2).contains(centre.y) && (cell / 2..<frame.width - cell / 2).contains(centre.x)
        }
        let across = side / cell
        for index in 0..<min(count, across * across) {
            // Far apart where there are few: none beside another decides over how it is found.
            let place = index * (across * across / count)
            let (top, left) = (place / across * cell, place % across * cell)
            let centre = squares[index % squares.count]
            let label = scene.labels[centre.y, centre.x]
            for y in 0..<cell {
                for x in 0..<cell where scene.labels[centre.y - cell / 2 + y, centre.x - cell / 2 + x] == label {
                    pixels[(top + y) * side + left + x] = frame[centre.y - cell / 2 + y, centre.x - cell / 2 + x]
                }
            }
        }
        return Plane(height: side, width: side, pixels: pixels)
    }

    /// Centres of the nuclei of the first frame that lie in them.
    private static func centres(of scene: RealFrames) -> [(y: Int, x: Int)] {
        var sums = [(y: Int, x: Int, count: Int)](repeating: (0, 0, 0), count: scene.count + 1)
        for y in 0..<scene.labels.height {
            for x in 0..<scene.labels.width {
                let label = Int(scene.labels[y, x])
                sums[label] = (sums[label].y + y, sums[label].x + x, sums[label].count + 1)
            }
        }
        return sums.indices.dropFirst().compactMap { label in
            let sum = sums[label]
            guard sum.count > 0, scene.labels[sum.y / sum.count, sum.x / sum.count] == Int32(label) else { return nil }
            return (sum.y / sum.count, sum.x / sum.count)
        }
    }
}
