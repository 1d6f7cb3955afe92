/// Writes an ``EfficientNet`` as an ONNX graph: NCHW, TensorFlow's SAME padding, nothing folded, every layer of the Keras model an output.
struct EfficientNetGraph {
    private let network: EfficientNet
    private var graph: ONNXGraph
    private var layers: [(name: String, channels: Int, isPlane: Bool)] = []

    init(_ network: EfficientNet) {
        self.network = network
        graph = ONNXGraph(name: "EfficientNet-\(network.variant.rawValue)")
    }

    mutating func build() -> [UInt8] {
        let weights = network.weights
        var x = graph.input("image", [.any("images"), .fixed(1), .any("height"), .any("width")])
        x = unit(weights.greyStem, x, "stem_conv", "stem_bn", stride: 2)
        x = activation(x, "stem_activation", EfficientNetShape.stem)
        for block in weights.blocks { x = add(block, x) }
        x = unit(weights.top, x, "top_conv", "top_bn")
        x = activation(x, "top_activation", EfficientNet.featureCount)
        x = graph.node("GlobalAveragePool", [x])
        x = graph.node("Flatten", [x], [.int("axis", 1)], output: "avg_pool")
        x = identity(x, "top_dropout", EfficientNet.featureCount, isPlane: false)
        classify(x)
        for layer in layers { graph.output(layer.name, shape(of: layer)) }
        graph.output("avg_pool", [.any("images"), .fixed(EfficientNet.featureCount)])
        return graph.encoded()
    }

    private func shape(of layer: (name: String, channels: Int, isPlane: Bool)) -> [ONNXGraph.Dimension] {
        let plane: [ONNXGraph.Dimension] = layer.isPlane ? [.any("height \(layer.name)"), .any("width \(layer.name)")] : []
        return [.any("images"), .fixed(layer.channels)] + plane
    }

    private mutating func add(_ block: EfficientNetWeights.Block, _ input: String) -> String {
        let (name, shape) = (block.shape.name, block.shape)
        var x = input
        if let expand = block.expand {
            x = unit(expand, x, "\(name)_expand_conv", "\(name)_expand_bn")
            x = activation(x, "\(name)_expand_activation", shape.width)
        }
        x = unit(block.depthwise, x, "\(name)_dwconv", "\(name)_bn", stride: shape.stride, isDepthwise: true)
        x = activation(x, "\(name)_activation", shape.width)
        if let squeeze = block.squeeze { x = excited(x, squeeze, block.shape) }
        x = unit(block.project, x, "\(name)_project_conv", "\(name)_project_bn")
        guard shape.hasShortcut else { return x }
        x = identity(x, "\(name)_drop", shape.outputs)
        return shown("\(name)_add", shape.outputs, graph.node("Add", [x, input], output: "\(name)_add"))
    }

    /// Squeeze-and-excitation: each channel times a factor between 0 and 1 that depends on all channels' means.
    private mutating func excited(_ x: String, _ squeeze: (reduce: Convolution, expand: Convolution), _ shape: EfficientNetShape.Block) -> String {
        let name = shape.name
        var s = shown("\(name)_se_squeeze", shape.width, graph.node("GlobalAveragePool", [x], output: "\(name)_se_squeeze"))
        s = identity(s, "\(name)_se_reshape", shape.width)
        s = activation(graph.convolution(s, squeeze.reduce), "\(name)_se_reduce", shape.squeezed)
        s = shown("\(name)_se_expand", shape.width, graph.node("Sigmoid", [graph.convolution(s, squeeze.expand)], output: "\(name)_se_expand"))
        return shown("\(name)_se_excite", shape.width, graph.node("Mul", [x, s], output: "\(name)_se_excite"))
    }

    private mutating func unit(
        _ unit: EfficientNetWeights.Unit, _ input: String, _ conv: String, _ norm: String, stride: Int = 1, isDepthwise: Bool = false
    ) -> String {
        let kernel = unit.layer.shape[3]
        // TensorFlow's SAME for lengths that are multiples of the stride: kernel - stride zeros, the odd one after.
        let zeros = max(0, kernel - stride)
        let padding = (before: zeros / 2, after: zeros - zeros / 2)
        let outputs = unit.layer.shape[0]
        let plain = graph.convolution(input, unit.layer, padding: padding, stride: stride, isDepthwise: isDepthwise, output: conv)
        let normed = graph.convolution(shown(conv, outputs, plain), unit.norm.depthwise, isDepthwise: true, output: norm)
        return shown(norm, outputs, normed)
    }

    /// Swish, or ReLU6 in the Lite variant.
    private mutating func activation(_ input: String, _ name: String, _ channels: Int) -> String {
        switch network.variant {
        case .b0:
            let factor = graph.node("Sigmoid", [input])
            return shown(name, channels, graph.node("Mul", [input, factor], output: name))
        case .lite0:
            let limits = [graph.constant([0], shape: []), graph.constant([6], shape: [])]
            return shown(name, channels, graph.node("Clip", [input] + limits, output: name))
        }
    }

    /// A layer of the Keras model that does nothing when it is not trained.
    private mutating func identity(_ input: String, _ name: String, _ channels: Int, isPlane: Bool = true) -> String {
        shown(name, channels, isPlane: isPlane, graph.node("Identity", [input], output: name))
    }

    private mutating func classify(_ features: String) {
        guard let classifier = network.weights.classifier else { return }
        let classes = classifier.shape[0]
        let weights = graph.constant(classifier.weights.map(Float.init), shape: classifier.shape)
        let bias = graph.constant(classifier.bias.map(Float.init), shape: [classes])
        let logits = graph.node("Gemm", [features, weights, bias], [.int("transB", 1)], output: "logits")
        _ = shown("logits", classes, isPlane: false, logits)
        _ = shown("probs", classes, isPlane: false, graph.node("Softmax", [logits], [.int("axis", 1)], output: "probs"))
    }

    private mutating func shown(_ name: String, _ channels: Int, isPlane: Bool = true, _ result: String) -> String {
        layers.append((name, channels, isPlane))
        return result
    }
}
