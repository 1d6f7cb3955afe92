/// Weights `[out, in, y, x]` and bias `[out]` of a convolution or, as `[out, in]`, of a linear layer, in double precision while they are being rewritten.
struct Convolution {
    var shape: [Int]
    var weights: [Double]
    var bias: [Double]

    init(shape: [Int], weights: [Double], bias: [Double]) {
        self.shape = shape
        self.weights = weights
        self.bias = bias
    }

    /// - Parameter bias: nil where the layer has none.
    init(weights: Tensor, bias: Tensor?) {
        shape = weights.shape
        self.weights = weights.values.map(Double.init)
        self.bias = bias?.values.map(Double.init) ?? [Double](repeating: 0, count: weights.shape.first ?? 0)
    }

    /// The layer followed by `affine` on its output channels.
    func followed(by affine: ChannelAffine) -> Convolution {
        var folded = self
        let perOutput = weights.count / max(1, bias.count)
        for out in bias.indices {
            for index in out * perOutput..<(out + 1) * perOutput { folded.weights[index] *= affine.scale[out] }
            folded.bias[out] = bias[out] * affine.scale[out] + affine.shift[out]
        }
        return folded
    }

    /// The layer preceded by `affine` on its input channels: exact for 1x1 convolutions and linear layers, which have no padding.
    func preceded(by affine: ChannelAffine) -> Convolution {
        var folded = self
        let inputs = affine.scale.count
        precondition(weights.count == bias.count * inputs, "padding would be scaled and shifted too")
        for out in bias.indices {
            for input in 0..<inputs {
                folded.weights[out * inputs + input] *= affine.scale[input]
                folded.bias[out] += weights[out * inputs + input] * affine.shift[input]
            }
        }
        return folded
    }

    /// The layer that computes the same from one channel as this one from that channel repeated for every input.
    var summedOverInputs: Convolution {
        let (outputs, inputs, area) = (shape[0], shape[1], shape[2] * shape[3])
        var summed = [Double](repeating: 0, count: outputs * area)
        for out in 0..<outputs {
            for input in 0..<inputs {
                for tap in 0..<area { summed[out * area + tap] += weights[(out * inputs + input) * area + tap] }
            }
        }
        return Convolution(shape: [outputs, 1, shape[2], shape[3]], weights: summed, bias: bias)
    }

    /// A 3x3 convolution of an image enlarged twice by repetition, as a 2x2 convolution of the small image with four times the channels.
    ///
    /// Each output pixel sees only 2x2 different small pixels, so the taps that fall on the same one are added up: 16 products instead of 36.
    /// With one pixel of padding the small image `h x w` gives `h+1 x w+1` positions; position (i, j) holds the pixels (2i-1...2i, 2j-1...2j)
    /// of the large image, in the channel order `[y, x, out]` of DepthToSpace: spread out and cropped by one pixel they are the result.
    var onEnlargedInput: Convolution {
        precondition(Array(shape.dropFirst(2)) == [3, 3], "written for 3x3 kernels")
        // taps[p][t]: the small tap on which tap t of the kernel falls, for odd (p = 0) and even (p = 1) output rows or columns.
        let taps = [[0, 0, 1], [0, 1, 1]]
        let (outputs, inputs) = (shape[0], shape[1])
        var result = [Double](repeating: 0, count: 4 * outputs * inputs * 4)
        for phase in 0..<4 {
            for out in 0..<outputs {
                for input in 0..<inputs {
                    let from = (out * inputs + input) * 9
                    let to = ((phase * outputs + out) * inputs + input) * 4
                    for tap in 0..<9 { result[to + taps[phase / 2][tap / 3] * 2 + taps[phase % 2][tap % 3]] += weights[from + tap] }
                }
            }
        }
        return Convolution(shape: [4 * outputs, inputs, 2, 2], weights: result, bias: [[Double]](repeating: bias, count: 4).flatMap { $0 })
    }
}

extension ONNXGraph {
    /// Adds a convolution.
    /// - Parameters:
    ///   - padding: zeros before and after, the same for rows and columns.
    ///   - isDepthwise: each channel is convolved with its own kernel only.
    mutating func convolution(
        _ input: String, _ layer: Convolution, padding: (before: Int, after: Int) = (0, 0), stride: Int = 1, isDepthwise: Bool = false,
        output: String? = nil
    ) -> String {
        let weights = constant(layer.weights.map(Float.init), shape: layer.shape)
        let bias = constant(layer.bias.map(Float.init), shape: [layer.bias.count])
        let attributes: [Attribute] = [
            .ints("kernel_shape", Array(layer.shape.suffix(2))), .ints("pads", [padding.before, padding.before, padding.after, padding.after]),
            .ints("strides", [stride, stride]), .int("group", isDepthwise ? layer.shape[0] : 1),
        ]
        return node("Conv", [input, weights, bias], attributes, output: output)
    }
}
