/// The weights of an ``EfficientNet`` as its layers take them: normalisations folded into the convolutions before them, outputs in blocks of 16,
/// and the first layer's three equal colours added up.
struct EfficientNetPacked: Sendable {
    /// A layer's weights, `[block of 16 outputs][input][16]`, and its bias, `[block][16]`.
    struct Layer: Sendable {
        let inputs: Int
        /// Blocks of 16 outputs; the last may be partly used.
        let blocks: Int
        private let weights: AlignedFloats
        private let bias: AlignedFloats

        /// - Parameter inputs: of one output: input channels, or the places of a square.
        init(_ layer: Convolution) {
            let outputs = layer.bias.count
            inputs = layer.weights.count / outputs
            blocks = (outputs + lanes - 1) / lanes
            var weights = [Float](repeating: 0, count: blocks * inputs * lanes)
            for out in 0..<outputs {
                for input in 0..<inputs { weights[(out / lanes * inputs + input) * lanes + out % lanes] = Float(layer.weights[out * inputs + input]) }
            }
            self.weights = AlignedFloats(weights)
            bias = AlignedFloats(layer.bias.map(Float.init) + [Float](repeating: 0, count: blocks * lanes - outputs))
        }

        func weights(of block: Int) -> UnsafePointer<Float> { UnsafePointer(weights.start + block * inputs * lanes) }
        func bias(of block: Int) -> UnsafePointer<Float> { UnsafePointer(bias.start + block * lanes) }
    }

    struct Block: Sendable {
        let shape: EfficientNetShape.Block
        let expand: Layer?
        let depthwise: Layer
        let squeeze: (reduce: Layer, expand: Layer)?
        let project: Layer

        init(_ block: EfficientNetWeights.Block) {
            shape = block.shape
            expand = block.expand.map { Layer($0.folded) }
            depthwise = Layer(block.depthwise.folded)
            squeeze = block.squeeze.map { (Layer($0.reduce), Layer($0.expand)) }
            project = Layer(block.project.folded)
        }
    }

    /// Channels of a block, as the layers take them.
    static let lanes = 16

    let variant: EfficientNet.Variant
    let stem: Layer
    let blocks: [Block]
    let top: Layer

    init(_ network: EfficientNet) {
        variant = network.variant
        stem = Layer(network.weights.greyStem.folded)
        blocks = network.weights.blocks.map(Block.init)
        top = Layer(network.weights.top.folded)
    }
}

private let lanes = EfficientNetPacked.lanes
