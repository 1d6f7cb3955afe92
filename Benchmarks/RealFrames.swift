import Foundation
import IDRFormats
import IDRImaging
import IDRPlan

/// Frames of MitoCheck's size with about 300 real nuclei, made from the fixtures' three whole frames.
struct RealFrames {
    static let height = 1024
    static let width = 1344

    let frames: [Plane<UInt8>]
    /// The nuclei of the first frame, labels 1...count.
    let labels: LabelImage
    let count: Int

    static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    init() async throws {
        let movie = try await CellH5Movie(reading: Self.checkout.appending(path: "Tests/Fixtures/mitocheck/frames18-20.ch5").path)
        var frames: [Plane<UInt8>] = []
        for frame in 1...3 {
            guard case .uint8(let plane) = try await movie.plane(PlaneIndex(frame: frame)) else { continue }
            frames.append(Self.mirrored(plane) { value, _ in value })
        }
        self.frames = frames
        // Mirror images of a nucleus are nuclei of their own: each copy has its own labels. At a seam two halves stay two.
        let labelled = Self.mirrored(try await movie.labels(PlaneIndex(frame: 1))) { label, copy in label == 0 ? 0 : label * 4 + copy }
        var numbers: [Int32: Int32] = [0: 0]
        labels = labelled.map { label in
            if let number = numbers[label] { return number }
            let number = Int32(numbers.count)
            numbers[label] = number
            return number
        }
        count = numbers.count - 1
    }

    private static func mirrored<T>(_ plane: Plane<T>, _ value: (T, Int32) -> T) -> Plane<T> {
        var pixels: [T] = []
        pixels.reserveCapacity(height * width)
        for y in 0..<height {
            let sourceY = y < plane.height ? y : 2 * plane.height - 1 - y
            for x in 0..<width {
                let sourceX = x < plane.width ? x : 2 * plane.width - 1 - x
                pixels.append(value(plane[sourceY, sourceX], (y < plane.height ? 0 : 2) + (x < plane.width ? 0 : 1)))
            }
        }
        return Plane(height: height, width: width, pixels: pixels)
    }
}
