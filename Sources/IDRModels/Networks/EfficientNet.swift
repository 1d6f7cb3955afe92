/// EfficientNet at the size of B0, without and with the changes of the Lite variant (Tan & Le 2019; Lite: ReLU6 and no squeeze-and-excitation).
///
/// It takes one plane, `[image, 224, 224]`, that stands for three equal colours, and gives the 1280 features before the classifier.
/// Other sides that are multiples of 32 work too. What value range the input should have depends on how the weights were trained.
/// ``EfficientNetSession`` computes it.
package struct EfficientNet: Sendable {
    package enum Variant: String, Sendable, Hashable {
        /// As in the Python package `efficientnet` (qubvel) that DeepProfiler uses.
        case b0
        /// As in the Python package `efficientnet_lite_pytorch`.
        case lite0
    }

    /// Features that the network gives for an image.
    package static let featureCount = 1280

    package let variant: Variant
    let weights: EfficientNetWeights

    /// - Parameter weights: the first layer's are of three colours.
    init(variant: Variant, weights: EfficientNetWeights) {
        self.variant = variant
        self.weights = weights
    }

    /// Bytes of an ONNX file from `image`, `[image, 1, y, x]`, to `avg_pool`, `[image, feature]`, with every layer as an output of its own, nothing
    /// folded, under the names of the Keras model, shapes `[image, channel, y, x]` or `[image, feature]`: for comparison with the original, layer by
    /// layer. Where the weights hold a classifier, `logits` and `probs` follow.
    package func layerModel() -> [UInt8] {
        var builder = EfficientNetGraph(self)
        return builder.build()
    }
}

/// The weights of an ``EfficientNet``, whichever file they came from.
struct EfficientNetWeights: Sendable {
    /// A convolution without a bias and the normalisation after it.
    struct Unit: Sendable {
        let layer: Convolution
        let norm: ChannelAffine
        var folded: Convolution { layer.followed(by: norm) }
    }

    struct Block: Sendable {
        let shape: EfficientNetShape.Block
        /// nil where the block does not widen its input.
        let expand: Unit?
        let depthwise: Unit
        /// The 1x1 convolutions of squeeze-and-excitation, nil in the Lite variant.
        let squeeze: (reduce: Convolution, expand: Convolution)?
        let project: Unit
    }

    let stem: Unit
    /// The first layer for one plane that stands for three equal ones.
    var greyStem: Unit { Unit(layer: stem.layer.summedOverInputs, norm: stem.norm) }
    let blocks: [Block]
    let top: Unit
    /// `[class, feature]`; nil where the file has none.
    let classifier: Convolution?
}

/// The architecture at the size of B0: what both variants share.
enum EfficientNetShape {
    struct Block: Sendable {
        /// The name in Keras, such as `block2a`.
        let name: String
        let kernel: Int
        let stride: Int
        let expansion: Int
        let inputs: Int
        let outputs: Int

        var width: Int { inputs * expansion }
        /// Channels between the two convolutions of squeeze-and-excitation: a quarter of the block's input.
        var squeezed: Int { max(1, inputs / 4) }
        var hasShortcut: Bool { stride == 1 && inputs == outputs }
    }

    static let colours = 3
    static let stem = 32
    /// In both sources; PyTorch's own default is another.
    static let epsilon = 1e-3

    static let blocks: [Block] = {
        let stages: [(repeats: Int, kernel: Int, stride: Int, expansion: Int, outputs: Int)] = [
            (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
            (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
        ]
        var blocks: [Block] = []
        var inputs = stem
        for (number, stage) in zip(1..., stages) {
            for (index, letter) in zip(0..<stage.repeats, ["a", "b", "c", "d"]) {
                blocks.append(
                    Block(
                        name: "block\(number)\(letter)", kernel: stage.kernel, stride: index == 0 ? stage.stride : 1, expansion: stage.expansion,
                        inputs: inputs, outputs: stage.outputs))
                inputs = stage.outputs
            }
        }
        return blocks
    }()

    static let last = 320
}
