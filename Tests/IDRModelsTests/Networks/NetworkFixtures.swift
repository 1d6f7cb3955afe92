import Foundation
import IDRHDF5
import IDRModels
import TestSupport

/// Fixtures that the network tests read, from `Tests/Fixtures`.
enum NetworkFixtures {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Fixtures/\(name)").standardized.path
    }

    /// A dataset of floats with its shape.
    static func tensor(_ dataset: String, in file: HDF5Reader) async throws -> Tensor {
        Tensor(shape: try await file.info(of: dataset).shape, values: try await file.read(dataset, as: Float.self))
    }

    /// The weights of a Keras file, layer by layer, as Keras itself walks them.
    static func kerasLayers(_ path: String) async throws -> [(layer: String, weights: [Tensor])] {
        let file = try await HDF5Reader(path)
        var layers: [(layer: String, weights: [Tensor])] = []
        for layer in try await file.attributeStrings("layer_names") {
            let names = try await file.attributeStrings("weight_names", of: "/\(layer)")
            var weights: [Tensor] = []
            for name in names {
                let dataset = "/\(layer)/\(name)"
                weights.append(Tensor(shape: try await file.info(of: dataset).shape, values: try await file.read(dataset, as: Float.self)))
            }
            if !weights.isEmpty { layers.append((layer, weights)) }
        }
        return layers
    }
}

extension Tensor {
    /// Seeded values in -1..<1.
    static func random(_ shape: [Int], seed: UInt64) -> Tensor {
        Tensor(shape: shape, values: (0..<shape.reduce(1, *)).map { Float(2 * FormulaWeights.uniform(seed << 32 &+ UInt64($0)) - 1) })
    }

    /// Images `range` of a batch.
    func images(_ range: Range<Int>) -> Tensor {
        let size = shape.dropFirst().reduce(1, *)
        return Tensor(shape: [range.count] + shape.dropFirst(), values: Array(values[range.lowerBound * size..<range.upperBound * size]))
    }

    /// `[image, channel, y, x]` as `[image, y, x, channel]`.
    var channelsLast: Tensor {
        guard shape.count == 4 else { return self }
        let (channels, area) = (shape[1], shape[2] * shape[3])
        var moved = values
        for image in 0..<shape[0] {
            for channel in 0..<channels {
                for pixel in 0..<area {
                    moved[(image * area + pixel) * channels + channel] = values[(image * channels + channel) * area + pixel]
                }
            }
        }
        return Tensor(shape: [shape[0], shape[2], shape[3], channels], values: moved)
    }

    func greatestDifference(from other: Tensor) -> Float {
        guard shape == other.shape else { return .infinity }
        return zip(values, other.values).map { abs($0 - $1) }.max() ?? 0
    }
}
