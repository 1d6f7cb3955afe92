import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport

/// How much of a movie is read for one of its frames.
enum ReadingBenchmarks {
    private static let frames = 93

    static func run() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let mirror = try ScratchMirror(scratch("mirror"), wells: [("A1", "negative control")])
        let real = try await RealFrames().frames
        let planes = (0..<frames).map { real[$0 % real.count] }
        try await mirror.writeMovie("A1", planes: planes, chunk: (RealFrames.height / 4, RealFrames.width / 4))
        let path = mirror.movie("A1")
        let size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.doubleValue ?? 0
        let before = try Self.bytesReadSoFar()
        let movie = try await CellH5Movie(reading: path)
        _ = try await movie.plane(PlaneIndex(frame: 50))
        let read = try Double(Self.bytesReadSoFar() - before)
        return [
            Measurement(
                name: "bytes read for one frame of a \(frames)-frame movie", value: read / 1000, unit: "kB",
                how: "of \(Int(size / 1e6)) MB, \(Measurement.text(100 * read / size)) %; deflated chunks of 256 x 336 pixels; counted by the kernel")
        ]
    }

    private static func bytesReadSoFar() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/io", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("rchar: ") }
        return line.flatMap { Int($0.dropFirst("rchar: ".count)) } ?? 0
    }
}
