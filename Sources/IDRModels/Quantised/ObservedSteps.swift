/// Writes the steps in floats, with every result among the graph's outputs: `step_0`, `step_1`, ... in the order of the steps.
struct ObservedSteps: StepWriter {
    private(set) var graph = ONNXGraph(name: "CPnet, observed")
    private(set) var steps: [String] = []
    private var style = ""

    static func name(_ step: Int) -> String { "step_\(step)" }

    mutating func input(channels: Int) -> String { graph.input("x", [.any("images"), .fixed(channels), .any("height"), .any("width")]) }

    mutating func entering(_ input: String, _ norm: ChannelAffine?, _ layer: Convolution, isRectified: Bool) -> String {
        graph.entering(input, norm, layer, isRectified: isRectified, output: next())
    }

    mutating func convolution(_ input: String, _ layer: Convolution, _ options: StepOptions) -> String {
        let output = next()
        let isLast = options.style == nil && !options.isRectified
        var x = graph.convolution(
            input, layer, padding: (options.padding, options.padding), isDepthwise: options.isDepthwise, output: isLast ? output : nil)
        if let style = options.style { x = graph.node("Add", [x, graph.styleTerm(self.style, style)], output: options.isRectified ? nil : output) }
        return options.isRectified ? graph.node("Relu", [x], output: output) : x
    }

    mutating func add(_ left: String, _ right: String, isRectified: Bool) -> String {
        let output = next()
        let sum = graph.node("Add", [left, right], output: isRectified ? nil : output)
        return isRectified ? graph.node("Relu", [sum], output: output) : sum
    }

    mutating func halved(_ input: String) -> String { graph.node("MaxPool", [input], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])]) }

    mutating func enlarged(_ input: String) -> String { graph.enlarged(input) }

    mutating func spread(_ input: String) -> String { graph.spread(input) }

    mutating func style(of input: String) { style = graph.style(of: input) }

    mutating func end(_ input: String, _ head: Convolution, channels: [Int]) -> [UInt8] {
        for step in steps { graph.output(step, [.any("images"), .any("\(step) channels"), .any("\(step) height"), .any("\(step) width")]) }
        return graph.encoded()
    }

    private mutating func next() -> String {
        steps.append(Self.name(steps.count))
        return steps[steps.count - 1]
    }
}

extension ONNXGraph {
    /// A convolution of the image, in floats.
    mutating func entering(_ input: String, _ norm: ChannelAffine?, _ layer: Convolution, isRectified: Bool, output: String? = nil) -> String {
        var x = input
        if let norm { x = node("Relu", [convolution(x, norm.depthwise, isDepthwise: true)]) }
        let padding = layer.shape[2] / 2
        x = convolution(x, layer, padding: (padding, padding), output: isRectified ? nil : output)
        return isRectified ? node("Relu", [x], output: output) : x
    }
}
