/// A few numbers that stand for a long feature vector: sums with random signs (Achlioptas 2003), scaled so that distances are kept on average.
/// The signs come from a fixed seed and depend on nothing else.
package struct Projection: Sendable {
    package static let seed = 20_261_125
    package static let count = 8

    /// `[projection, feature]`, +1 or -1 divided by the square root of the number of features.
    private let weights: [Double]
    private let features: Int

    package init(features: Int) {
        self.features = features
        var state = UInt64(Self.seed)
        let scale = 1 / Double(max(features, 1)).squareRoot()
        weights = (0..<Self.count * features).map { _ in Self.next(&state) >> 63 == 0 ? scale : -scale }
    }

    /// Of one row.
    package func of(_ row: ArraySlice<Float>) -> [Float] {
        (0..<Self.count).map { number in
            var sum = 0.0
            for (feature, value) in row.enumerated() { sum += weights[number * features + feature] * Double(value) }
            return Float(sum)
        }
    }

    /// SplitMix64 (Steele et al. 2014).
    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
