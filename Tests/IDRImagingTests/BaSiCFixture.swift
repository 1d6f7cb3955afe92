import Foundation
import IDRHDF5
import IDRImaging
import TestSupport

/// The oracle file of PyBaSiC (see its MANIFEST): groups of one stack each.
enum BaSiCFixture {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/segmentation_illumination/basic.h5").path

    static func read<T: HDF5Scalar>(_ name: String, as type: T.Type = T.self) async throws -> (shape: [Int], values: [T]) {
        let file = try await HDF5Reader(path)
        return (try await file.info(of: name).shape, try await file.read(name, as: T.self))
    }

    static func exists(_ name: String) async throws -> Bool {
        try await HDF5Reader(path).exists(name)
    }

    static func number(_ attribute: String, of object: String) async throws -> Double? {
        let file = try await HDF5Reader(path)
        return try await file.hasAttribute(attribute, of: object) ? file.attribute(attribute, of: object, as: Double.self).first : nil
    }

    static func integers(_ attribute: String, of object: String) async throws -> [Int]? {
        let file = try await HDF5Reader(path)
        return try await file.hasAttribute(attribute, of: object) ? file.attribute(attribute, of: object, as: Int64.self).map(Int.init) : nil
    }

    static func plane<T: HDF5Scalar>(_ name: String, as type: T.Type = T.self) async throws -> Plane<T> {
        let (shape, values) = try await read(name, as: T.self)
        return Plane(height: shape[0], width: shape[1], pixels: values)
    }

    static func planes<T: HDF5Scalar>(_ name: String, as type: T.Type = T.self) async throws -> [Plane<T>] {
        let (shape, values) = try await read(name, as: T.self)
        let size = shape[1] * shape[2]
        return (0..<shape[0]).map { Plane(height: shape[1], width: shape[2], pixels: Array(values[$0 * size..<($0 + 1) * size])) }
    }

    static func frames(_ name: String) async throws -> [Plane<UInt8>] { try await planes("\(name)/images", as: UInt8.self) }
}

extension Plane<Double> {
    /// Every `stride`-th row and column.
    func thinned(by stride: Int) -> Plane<Double> {
        let rows = Array(Swift.stride(from: 0, to: height, by: stride))
        let columns = Array(Swift.stride(from: 0, to: width, by: stride))
        return Plane(height: rows.count, width: columns.count, pixels: rows.flatMap { y in columns.map { self[y, $0] } })
    }

    /// Largest absolute difference; infinite where the sizes differ or a value is not a number.
    func distance(to other: Plane<Double>) -> Double {
        guard height == other.height && width == other.width else { return .infinity }
        return zip(pixels, other.pixels).reduce(0) { largest, pair in
            let difference = abs(pair.0 - pair.1)
            return difference.isNaN ? .infinity : max(largest, difference)
        }
    }

    var largestMagnitude: Double { pixels.reduce(0) { max($0, abs($1)) } }
    var mean: Double { pixels.reduce(0, +) / Double(pixels.count) }
}

/// Frames with vignetting, a drifting background and round bright nuclei that move, as doubles.
struct SyntheticMovie {
    let flatfield: Plane<Double>
    let frames: [Plane<Double>]

    init(height: Int, width: Int, count: Int, seed: UInt64, objects: Int = 25) {
        var random = SeededGenerator(seed: seed)
        var flat = Plane<Double>(height: height, width: width, repeating: 1)
        for y in 0..<height {
            for x in 0..<width {
                let (dy, dx) = ((Double(y) + 0.5) / Double(height) - 0.5, (Double(x) + 0.5) / Double(width) - 0.4)
                flat[y, x] = 1.2 - 1.1 * (dy * dy + dx * dx)
            }
        }
        let mean = flat.mean
        flat = flat.map { $0 / mean }
        var frames: [Plane<Double>] = []
        for frame in 0..<count {
            var light = Plane<Double>(height: height, width: width, repeating: 20 + 3 * Double(frame % 4))
            for _ in 0..<objects {
                let (cy, cx) = (Double.random(in: 0..<Double(height), using: &random), Double.random(in: 0..<Double(width), using: &random))
                let (radius, level) = (Double.random(in: 3...7, using: &random), Double.random(in: 20...90, using: &random))
                let rows = max(0, Int(cy - radius))...min(height - 1, Int(cy + radius))
                let columns = max(0, Int(cx - radius))...min(width - 1, Int(cx + radius))
                for y in rows {
                    for x in columns where (Double(y) - cy) * (Double(y) - cy) + (Double(x) - cx) * (Double(x) - cx) < radius * radius {
                        light[y, x] += level
                    }
                }
            }
            for index in light.pixels.indices {
                let noise = Double.random(in: -1...1, using: &random)
                light.pixels[index] = min(max(light.pixels[index] * flat.pixels[index] + 4 + noise, 0), 255)
            }
            frames.append(light)
        }
        flatfield = flat
        self.frames = frames
    }

    var bytes: [Plane<UInt8>] { frames.map { $0.map { UInt8($0) } } }
}
