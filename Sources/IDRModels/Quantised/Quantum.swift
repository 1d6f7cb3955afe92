/// How real numbers are kept in 8 bits: `real = scale * (stored - zero)`, and what lies outside the range is its nearest end.
package struct Quantum: Sendable, Hashable {
    package let scale: Float
    /// What stands for 0, exactly: padding is 0.
    package let zero: UInt8

    /// The one that spreads 256 steps over `range` and 0.
    package init(_ range: ClosedRange<Float>) {
        let low = min(0, range.lowerBound)
        let high = max(0, range.upperBound)
        let smallest: Float = 1e-6
        scale = max((high - low) / 255, smallest)
        zero = UInt8(min(255, max(0, (-low / scale).rounded(.toNearestOrEven))))
    }
}

/// A convolution's weights as 8-bit numbers, each output channel with a scale of its own: `real = scale[out] * stored`.
///
/// Processors without instructions made for it (VNNI) add two products of an 8-bit number without sign, 0...255, and one with sign in 16 bits
/// with sign, and what is larger becomes the largest: -32768...32767. Stored weights are -63...63, so that every such sum fits,
/// `2 * 255 * 63 = 32130`, and all processors give the same whole numbers.
package struct IntegerWeights: Sendable {
    package static let largest = 63
    /// Sums of so many products, and as much for the zero of what comes in and for the bias, fit 32 bits.
    static let longestSum = 1 << 15

    let shape: [Int]
    let stored: [Int8]
    let scales: [Float]

    init(_ layer: Convolution) {
        shape = layer.shape
        let perOutput = layer.weights.count / max(1, layer.bias.count)
        let scales = layer.bias.indices.map { out in
            let largest = layer.weights[out * perOutput..<(out + 1) * perOutput].reduce(0) { max($0, abs($1)) }
            return Float(max(largest, 1e-12) / Double(Self.largest))
        }
        stored = layer.weights.indices.map { index in
            let steps = (layer.weights[index] / Double(scales[index / perOutput])).rounded(.toNearestOrEven)
            return Int8(max(Double(-Self.largest), min(Double(Self.largest), steps)))
        }
        self.scales = scales
    }
}
