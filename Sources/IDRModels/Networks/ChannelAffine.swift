/// One multiplication and addition per channel, `y = scale[c] * x + shift[c]`: what batch normalisation is once training has ended.
///
/// Kept in double precision, so that folding it into neighbouring weights rounds once.
struct ChannelAffine {
    var scale: [Double]
    var shift: [Double]

    /// Batch normalisation with fixed statistics: `gamma * (x - mean) / sqrt(variance + epsilon) + beta`.
    init(gamma: [Float], beta: [Float], mean: [Float], variance: [Float], epsilon: Double) {
        scale = zip(gamma, variance).map { Double($0) / (Double($1) + epsilon).squareRoot() }
        shift = zip(beta, zip(mean, scale)).map { Double($0) - Double($1.0) * $1.1 }
    }

    init(scale: [Double], shift: [Double]) {
        self.scale = scale
        self.shift = shift
    }

    /// The multiplication alone.
    var scaling: ChannelAffine { ChannelAffine(scale: scale, shift: scale.map { _ in 0 }) }

    /// The same map as a 1x1 convolution of each channel with itself, the form that ONNX Runtime computes without changing its memory layout.
    var depthwise: Convolution { Convolution(shape: [scale.count, 1, 1, 1], weights: scale, bias: shift) }
}
