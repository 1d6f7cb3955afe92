import IDRImaging
package import IDRPlan

/// The network of Cellpose 2.1 (Stringer et al. 2021, Pachitariu & Stringer 2022): a residual U-Net whose decoder is steered by a style vector.
///
/// The ONNX model takes `x`, `[image, channel, y, x]` with sides that are multiples of `2^(levels - 1)` (Cellpose pads to 16), and gives
/// `y`, `[image, 3, y, x]`: flow along y and x (times 5) and the cell probability's logit; and `style`, `[image, channels.last]`, of unit length.
/// Any number of levels and channels is accepted; they are read off the tensors' shapes.
package struct CPnet: Sendable {
    /// Channels of the input, then of each level from the finest to the coarsest: `[2, 32, 64, 128, 256]` in the published networks.
    package let channels: [Int]
    /// Channels of `y`.
    package let outputs: Int
    /// Width in pixels at which the network expects its objects.
    package let diameterMean: Float
    /// Median width of the objects that the network was trained on, before rescaling.
    package let diameterLabels: Float

    let blocks: CPnetBlocks

    /// A grey tile as a network of `channels` planes takes it: the further ones are zero, as Cellpose gives them for grey images.
    static func input(_ tile: Plane<Float>, channels: Int) -> Tensor {
        var values = tile.pixels
        values.append(contentsOf: repeatElement(0, count: (channels - 1) * tile.pixels.count))
        return Tensor(shape: [1, channels, tile.height, tile.width], values: values)
    }

    /// Reads the tensors of a state dictionary as Cellpose saves it. Tensors that the network does not have are ignored and the two
    /// diameters may be absent (30 then); anything else that is missing or of another shape is an error.
    ///
    /// - Throws: ``IDRError`` that names the first such tensor.
    package init(stateDict: [NamedTensor]) throws(IDRError) {
        let state = StateDict(stateDict, of: "a Cellpose 2 network (style and residuals on, skips added)")
        blocks = try CPnetBlocks(state)
        channels = blocks.channels
        outputs = blocks.head.layer.shape[0]
        let cellposeDefault: Float = 30
        diameterMean = state.optional("diam_mean")?.values.first ?? cellposeDefault
        diameterLabels = state.optional("diam_labels")?.values.first ?? cellposeDefault
    }

    /// Bytes of the network as an ONNX file; the same weights give the same bytes.
    ///
    /// - Parameters:
    ///   - features: also give `down_0`, `down_1`, ... (each level of the encoder) and `up_features` (the decoder's last level).
    ///   - window: where the decoder is steered by the style of the surroundings of each place, and not by that of the whole image. The network
    ///     was trained on images of 224 pixels: in a larger one it sees the nuclei of a place as they are there.
    package func model(features: Bool = false, window: StyleWindow? = nil) -> [UInt8] {
        var builder = CPnetGraph(blocks, window: window)
        return builder.build(features: features)
    }

    /// Surroundings of a place, in pixels of the coarsest level.
    package struct StyleWindow: Sendable, Hashable {
        let height: Int
        let width: Int

        package init(height: Int, width: Int) {
            self.height = height
            self.width = width
        }
    }

    /// The 224 pixels around a place of an image, or as many as there are; nil where they are the image.
    package func styleWindow(height: Int, width: Int) -> StyleWindow? {
        guard max(height, width) > 224 else { return nil }
        let coarsest = 1 << (channels.count - 2)
        return StyleWindow(height: max(1, min(224, height) / coarsest), width: max(1, min(224, width) / coarsest))
    }
}

/// Convolution of an activated input: `layer(ReLU(norm(x)))`.
struct ActivatedConvolution: Sendable {
    let norm: ChannelAffine
    let layer: Convolution
}

extension CPnet {
    /// Bytes of the encoder alone as an ONNX file that gives `style`: the same bits as the whole network's, for less than half of its work.
    package func styleModel() -> [UInt8] {
        var builder = CPnetGraph(blocks)
        return builder.buildEncoder()
    }
}

/// The weights of a ``CPnet``, level by level.
struct CPnetBlocks: Sendable {
    struct Level: Sendable {
        /// Four activated 3x3 convolutions.
        let convolutions: [ActivatedConvolution]
        /// The 1x1 shortcut around the first two, its normalisation folded in.
        let projection: Convolution
        /// Decoder only: the style's contribution to the input of the last three convolutions.
        let styles: [Convolution]
    }

    let channels: [Int]
    let down: [Level]
    /// Finest level first, as in `down`.
    let up: [Level]
    let head: ActivatedConvolution

    init(_ state: StateDict) throws(IDRError) {
        let channels = try Self.channels(state)
        let levels = channels.count - 1
        self.channels = channels
        down = try (0..<levels).map { (level) throws(IDRError) in
            try Self.level("downsample.down.res_down_\(level)", state, inputs: channels[level], outputs: channels[level + 1], style: nil)
        }
        up = try (0..<levels).map { (level) throws(IDRError) in
            let inputs = channels[min(level + 2, levels)]
            return try Self.level("upsample.up.res_up_\(level)", state, inputs: inputs, outputs: channels[level + 1], style: channels[levels])
        }
        head = ActivatedConvolution(
            norm: try state.batchNormalization("output.0", channels: channels[1], epsilon: Self.epsilon),
            layer: try state.layer("output.2", shape: [nil, channels[1], 1, 1]))
    }

    /// PyTorch's default for batch normalisation.
    private static let epsilon = 1e-5

    private static func channels(_ state: StateDict) throws(IDRError) -> [Int] {
        var channels: [Int] = []
        var level = 0
        repeat {
            let first = try state.tensor("downsample.down.res_down_\(level).conv.conv_0.2.weight", shape: [nil, channels.last, 3, 3])
            if level == 0 { channels.append(first.shape[1]) }
            channels.append(first.shape[0])
            level += 1
        } while state.names.contains { $0.hasPrefix("downsample.down.res_down_\(level).") }
        return channels
    }

    private static func level(_ name: String, _ state: StateDict, inputs: Int, outputs: Int, style: Int?) throws(IDRError) -> Level {
        var convolutions: [ActivatedConvolution] = []
        var styles: [Convolution] = []
        for index in 0..<4 {
            let inputs = index == 0 ? inputs : outputs
            let isStyled = style != nil && index > 0
            let part = "\(name).conv.conv_\(index)" + (isStyled ? ".conv" : "")
            let norm = try state.batchNormalization("\(part).0", channels: inputs, epsilon: epsilon)
            convolutions.append(ActivatedConvolution(norm: norm, layer: try state.layer("\(part).2", shape: [outputs, inputs, 3, 3])))
            if isStyled { styles.append(try state.layer("\(name).conv.conv_\(index).full", shape: [outputs, style])) }
        }
        let projectionNorm = try state.batchNormalization("\(name).proj.0", channels: inputs, epsilon: epsilon)
        let projection = try state.layer("\(name).proj.1", shape: [outputs, inputs, 1, 1])
        return Level(convolutions: convolutions, projection: projection.preceded(by: projectionNorm), styles: styles)
    }
}
