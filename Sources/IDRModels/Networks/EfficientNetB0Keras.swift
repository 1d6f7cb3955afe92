package import IDRPlan

extension EfficientNet {
    /// EfficientNet-B0 from the weights of a Keras model, layer by layer in the model's order (layers without weights left out).
    ///
    /// As Keras does it, layers are matched by position, not by name. The classifier at the end may have any number of classes or be absent.
    /// Kernels are `[y, x, in, out]`, depthwise kernels `[y, x, channel, 1]`, a normalisation is gamma, beta, mean, variance.
    ///
    /// - Throws: ``IDRError`` that names the first layer that is missing or has weights of another shape.
    package init(b0 layers: [(layer: String, weights: [Tensor])]) throws(IDRError) {
        var reader = KerasLayers(layers, of: "EfficientNet-B0")
        let stem = try reader.unit("stem_conv", "stem_bn", kernel: [3, 3, EfficientNetShape.colours, EfficientNetShape.stem])
        let blocks = try EfficientNetShape.blocks.map { (block) throws(IDRError) in try reader.block(block) }
        let top = try reader.unit("top_conv", "top_bn", kernel: [1, 1, EfficientNetShape.last, EfficientNet.featureCount])
        let classifier = try reader.classifier("probs", features: EfficientNet.featureCount)
        try reader.finish()
        self.init(variant: .b0, weights: EfficientNetWeights(stem: stem, blocks: blocks, top: top, classifier: classifier))
    }
}

/// Takes the weights of a Keras model layer after layer.
private struct KerasLayers {
    private let layers: [(layer: String, weights: [Tensor])]
    private let architecture: String
    private var next = 0

    init(_ layers: [(layer: String, weights: [Tensor])], of architecture: String) {
        self.layers = layers
        self.architecture = architecture
    }

    mutating func block(_ shape: EfficientNetShape.Block) throws(IDRError) -> EfficientNetWeights.Block {
        let name = shape.name
        let expand =
            shape.expansion == 1 ? nil : try unit("\(name)_expand_conv", "\(name)_expand_bn", kernel: [1, 1, shape.inputs, shape.width])
        let depthwise = try unit("\(name)_dwconv", "\(name)_bn", kernel: [shape.kernel, shape.kernel, shape.width, 1])
        let reduce = try convolution("\(name)_se_reduce", kernel: [1, 1, shape.width, shape.squeezed], hasBias: true)
        let widen = try convolution("\(name)_se_expand", kernel: [1, 1, shape.squeezed, shape.width], hasBias: true)
        let project = try unit("\(name)_project_conv", "\(name)_project_bn", kernel: [1, 1, shape.width, shape.outputs])
        return EfficientNetWeights.Block(shape: shape, expand: expand, depthwise: depthwise, squeeze: (reduce, widen), project: project)
    }

    mutating func unit(_ conv: String, _ norm: String, kernel: [Int]) throws(IDRError) -> EfficientNetWeights.Unit {
        let layer = try convolution(conv, kernel: kernel, hasBias: false)
        let channels = layer.shape[0]
        let parts = try take(norm, shapes: [[channels], [channels], [channels], [channels]]).map(\.values)
        let affine = ChannelAffine(gamma: parts[0], beta: parts[1], mean: parts[2], variance: parts[3], epsilon: EfficientNetShape.epsilon)
        return EfficientNetWeights.Unit(layer: layer, norm: affine)
    }

    /// The dense layer at the end: `[feature, class]` and a bias; nil where the file stops before it.
    mutating func classifier(_ name: String, features: Int) throws(IDRError) -> Convolution? {
        guard next < layers.count else { return nil }
        let classes = layers[next].weights.last?.shape.first ?? 0
        let parts = try take(name, shapes: [[features, classes], [classes]])
        let dense = Tensor(shape: [1, 1, features, classes], values: parts[0].values)
        var layer = Convolution(weights: outputsFirst(dense), bias: parts[1])
        layer.shape = [classes, features]
        return layer
    }

    func finish() throws(IDRError) {
        guard next == layers.count else {
            throw mismatch("the file has \(layers.count) layers with weights, the network \(next): \(layers[next].layer) is too much")
        }
    }

    private mutating func convolution(_ name: String, kernel: [Int], hasBias: Bool) throws(IDRError) -> Convolution {
        let isDepthwise = kernel[3] == 1
        let outputs = isDepthwise ? kernel[2] : kernel[3]
        let parts = try take(name, shapes: hasBias ? [kernel, [outputs]] : [kernel])
        // A depthwise kernel [y, x, channel, 1] is one [channel, 1, y, x] in ONNX: the last two exchange their places first.
        let weights = isDepthwise ? Tensor(shape: [kernel[0], kernel[1], 1, kernel[2]], values: parts[0].values) : parts[0]
        return Convolution(weights: outputsFirst(weights), bias: hasBias ? parts[1] : nil)
    }

    /// `[y, x, in, out]` as `[out, in, y, x]`.
    private func outputsFirst(_ kernel: Tensor) -> Tensor {
        let (rows, columns, inputs, outputs) = (kernel.shape[0], kernel.shape[1], kernel.shape[2], kernel.shape[3])
        let area = rows * columns
        var values = [Float](repeating: 0, count: kernel.values.count)
        for tap in 0..<area {
            for input in 0..<inputs {
                for out in 0..<outputs { values[(out * inputs + input) * area + tap] = kernel.values[(tap * inputs + input) * outputs + out] }
            }
        }
        return Tensor(shape: [outputs, inputs, rows, columns], values: values)
    }

    private mutating func take(_ name: String, shapes: [[Int]]) throws(IDRError) -> [Tensor] {
        guard next < layers.count else { throw mismatch("the file ends after \(next) layers with weights, before \(name)") }
        let (found, weights) = layers[next]
        guard weights.map(\.shape) == shapes else {
            throw mismatch("layer \(next + 1), \(found), has weights of the shapes \(weights.map(\.shape)); \(name) has \(shapes)")
        }
        next += 1
        return weights
    }

    private func mismatch(_ reason: String) -> IDRError {
        IDRError(.invalidInput, "the weights are not those of \(architecture)", because: reason, fix: "give the weights of \(architecture)")
    }
}
