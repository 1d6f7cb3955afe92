/// Writes a ``CPnet`` as an ONNX graph that ONNX Runtime computes fast.
///
/// The graph differs from the network as published by exact rewriting only (results agree to rounding):
/// normalisations are folded into the neighbouring convolutions where no padding or branch is in between;
/// the decoder's first convolution of a level runs on the small image before enlargement (see ``Convolution/onEnlargedInput``);
/// a 1x1 shortcut is computed before enlargement, since repetition of pixels commutes with it.
struct CPnetGraph {
    private let blocks: CPnetBlocks
    private let window: CPnet.StyleWindow?
    private var graph = ONNXGraph(name: "CPnet")
    private var style = ""
    /// The style around each place of the coarsest level; empty where the whole image has one.
    private var localStyle = ""

    init(_ blocks: CPnetBlocks, window: CPnet.StyleWindow? = nil) {
        self.blocks = blocks
        self.window = window
    }

    /// The encoder and what is made of it: the style.
    mutating func buildEncoder() -> [UInt8] {
        _ = encode()
        declareStyle()
        return graph.encoded()
    }

    mutating func build(features: Bool) -> [UInt8] {
        let skips = encode()
        var x = skips[skips.count - 1]
        for (index, level) in blocks.up.enumerated().reversed() {
            x = up(level, index, x, skip: skips[index], output: index == 0 ? "up_features" : nil)
        }
        x = activated(x, blocks.head.norm)
        x = graph.convolution(x, blocks.head.layer, output: "y")
        declareOutputs(features: features)
        return graph.encoded()
    }

    /// - Returns: the encoder's levels, the finest first.
    private mutating func encode() -> [String] {
        var x = graph.input("x", [.any("images"), .fixed(blocks.channels[0]), .any("height"), .any("width")])
        var levels: [String] = []
        for (index, level) in blocks.down.enumerated() {
            if index > 0 { x = graph.node("MaxPool", [x], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])]) }
            x = down(level, x, output: "down_\(index)")
            levels.append(x)
        }
        addStyle(of: x)
        return levels
    }

    private mutating func declareStyle() { graph.output("style", [.any("images"), .fixed(blocks.channels[blocks.channels.count - 1])]) }

    private mutating func declareOutputs(features: Bool) {
        func plane(_ channels: Int, _ scale: String) -> [ONNXGraph.Dimension] {
            [.any("images"), .fixed(channels), .any("height\(scale)"), .any("width\(scale)")]
        }
        graph.output("y", plane(blocks.head.layer.shape[0], ""))
        declareStyle()
        guard features else { return }
        for index in blocks.down.indices { graph.output("down_\(index)", plane(blocks.channels[index + 1], index == 0 ? "" : "/\(1 << index)")) }
        graph.output("up_features", plane(blocks.channels[1], ""))
    }

    /// A level of the encoder: two residual pairs, the first around a 1x1 shortcut.
    private mutating func down(_ level: CPnetBlocks.Level, _ input: String, output: String) -> String {
        let c = level.convolutions
        var h = activated(input, c[0].norm)
        h = relu(graph.convolution(h, c[0].layer.followed(by: c[1].norm), padding: (1, 1)))
        h = graph.convolution(h, c[1].layer, padding: (1, 1))
        let x = add(graph.convolution(input, level.projection), h)
        h = activated(x, c[2].norm)
        h = relu(graph.convolution(h, c[2].layer.followed(by: c[3].norm), padding: (1, 1)))
        return add(x, graph.convolution(h, c[3].layer, padding: (1, 1)), output: output)
    }

    /// A level of the decoder: the same, with the encoder's level and the style added in between.
    private mutating func up(_ level: CPnetBlocks.Level, _ index: Int, _ input: String, skip: String, output: String?) -> String {
        let c = level.convolutions
        let enlarges = index < blocks.up.count - 1
        // Normalisation 1 acts on a sum of three, of which nothing else is used: its factor goes into each, its shift into the style's part.
        var h = activated(input, c[0].norm)
        let first = c[0].layer.followed(by: c[1].norm.scaling)
        h = enlarges ? convolutionOfEnlarged(h, first) : graph.convolution(h, first, padding: (1, 1))
        h = add(graph.convolution(skip, c[1].norm.scaling.depthwise, isDepthwise: true), h)
        h = relu(add(h, styleTerm(level.styles[0].followed(by: c[1].norm), index)))
        h = graph.convolution(h, c[1].layer, padding: (1, 1))

        let shortcut = graph.convolution(input, level.projection)
        let x = add(enlarges ? enlarged(shortcut) : shortcut, h)
        h = graph.convolution(x, c[2].norm.scaling.depthwise, isDepthwise: true)
        h = relu(add(h, styleTerm(level.styles[1].followed(by: c[2].norm), index)))
        h = graph.convolution(h, c[2].layer.followed(by: c[3].norm.scaling), padding: (1, 1))
        h = relu(add(h, styleTerm(level.styles[2].followed(by: c[3].norm), index)))
        return add(x, graph.convolution(h, c[3].layer, padding: (1, 1)), output: output)
    }

    /// The style of the coarsest level.
    private mutating func addStyle(of input: String) {
        style = graph.style(of: input, output: "style")
        if let window { addLocalStyle(of: input, window) }
    }

    /// The same of a window around each place; at the image's borders the window stays inside.
    private mutating func addLocalStyle(of input: String, _ window: CPnet.StyleWindow) {
        var mean = graph.node("AveragePool", [input], [.ints("kernel_shape", [window.height, 1])])
        mean = graph.node("AveragePool", [mean], [.ints("kernel_shape", [1, window.width])])
        let (y, x) = (window.height - 1, window.width - 1)
        let borders = graph.constant([0, 0, y / 2, x / 2, 0, 0, y - y / 2, x - x / 2])
        mean = graph.node("Pad", [mean, borders], [.string("mode", "edge")])
        localStyle = graph.ofLengthOne(mean)
    }

    /// What the style adds to every pixel of level `index`.
    private mutating func styleTerm(_ layer: Convolution, _ index: Int) -> String {
        guard window != nil else { return graph.styleTerm(style, layer) }
        let pointwise = Convolution(shape: layer.shape + [1, 1], weights: layer.weights, bias: layer.bias)
        let term = graph.convolution(localStyle, pointwise)
        let factor = 1 << (blocks.up.count - 1 - index)
        return factor == 1 ? term : graph.enlarged(term, factor)
    }

    private mutating func convolutionOfEnlarged(_ input: String, _ layer: Convolution) -> String {
        graph.spread(graph.convolution(input, layer.onEnlargedInput, padding: (1, 1)))
    }

    private mutating func enlarged(_ input: String) -> String { graph.enlarged(input) }

    private mutating func activated(_ input: String, _ norm: ChannelAffine) -> String {
        relu(graph.convolution(input, norm.depthwise, isDepthwise: true))
    }

    private mutating func relu(_ input: String) -> String { graph.node("Relu", [input]) }

    private mutating func add(_ left: String, _ right: String, output: String? = nil) -> String { graph.node("Add", [left, right], output: output) }
}

extension ONNXGraph {
    /// The style: the mean over the image, divided by its length.
    mutating func style(of input: String, output: String? = nil) -> String {
        ofLengthOne(node("Flatten", [node("GlobalAveragePool", [input])], [.int("axis", 1)]), output: output)
    }

    /// Each place's channels divided by their length, without a guard against zero, as in the original.
    mutating func ofLengthOne(_ input: String, output: String? = nil) -> String {
        node("Div", [input, node("ReduceL2", [input], [.ints("axes", [1]), .int("keepdims", 1)])], output: output)
    }

    /// What a linear layer makes of the style, for every pixel.
    mutating func styleTerm(_ style: String, _ layer: Convolution) -> String {
        let weights = constant(layer.weights.map(Float.init), shape: layer.shape)
        let bias = constant(layer.bias.map(Float.init), shape: [layer.bias.count])
        let term = node("Gemm", [style, weights, bias], [.int("transB", 1)])
        return node("Unsqueeze", [term, constant([2, 3])])
    }

    /// What ``Convolution/onEnlargedInput`` gives as the pixels of the large image.
    mutating func spread(_ phases: String) -> String {
        let spread = node("DepthToSpace", [phases], [.int("blocksize", 2), .string("mode", "DCR")])
        return node("Slice", [spread, constant([1, 1]), constant([-1, -1]), constant([2, 3])])
    }

    /// Each pixel `factor` times along both sides.
    mutating func enlarged(_ input: String, _ factor: Int = 2) -> String {
        let scales = constant([1, 1, Float(factor), Float(factor)], shape: [4])
        return node(
            "Resize", [input, "", scales],
            [.string("mode", "nearest"), .string("coordinate_transformation_mode", "asymmetric"), .string("nearest_mode", "floor")])
    }
}
