/// Writes the steps in 8-bit whole numbers, channels last, as ONNX Runtime computes them fastest.
///
/// All between the first convolution and the last one is whole numbers: results do not depend on the order of additions, and so not on the
/// processor. The style is whole sums until its length is taken; what it adds is rounded to whole numbers again.
struct IntegerSteps: StepWriter {
    struct Result {
        let name: String
        let quantum: Quantum
        let channels: Int
    }

    private var graph: ONNXGraph
    /// Of each step's result.
    private let quanta: [Quantum]
    private var steps = 0
    private var style = ""

    /// - Parameters:
    ///   - quanta: of each step's result, in the order of the steps.
    ///   - notes: what the file says of itself.
    init(_ quanta: [Quantum], notes: [(name: String, text: String)]) {
        self.quanta = quanta
        graph = ONNXGraph(name: "CPnet, int8")
        graph.notes = notes
    }

    mutating func input(channels: Int) -> String {
        // One image at a time: the style becomes a bias, of which a convolution has one.
        graph.input("x", [.fixed(1), .fixed(channels), .any("height"), .any("width")])
    }

    mutating func entering(_ input: String, _ norm: ChannelAffine?, _ layer: Convolution, isRectified: Bool) -> Result {
        let quantum = next()
        let x = graph.entering(input, norm, layer, isRectified: isRectified)
        var operands = [x]
        operands += constants(quantum)
        let stored = graph.node("QuantizeLinear", operands)
        return Result(name: graph.node("Transpose", [stored], [.ints("perm", [0, 2, 3, 1])]), quantum: quantum, channels: layer.shape[0])
    }

    mutating func convolution(_ input: Result, _ layer: Convolution, _ options: StepOptions) -> Result {
        let quantum = next()
        let weights = IntegerWeights(layer)
        let stored = graph.constant(int8: weights.stored, shape: weights.shape)
        let scales = graph.constant(weights.scales, shape: [weights.scales.count])
        let zeros = graph.constant(int8: [Int8](repeating: 0, count: weights.scales.count), shape: [weights.scales.count])
        let bias = bias(layer, steps: weights.scales.map { Double($0) * Double(input.quantum.scale) }, options.style)
        var operands = self.operands(input)
        operands += [stored, scales, zeros]
        operands += constants(quantum)
        operands.append(bias)
        let name = graph.node(
            "QLinearConv", operands,
            [
                .ints("kernel_shape", Array(layer.shape.suffix(2))), .ints("pads", Array(repeating: options.padding, count: 4)),
                .ints("strides", [1, 1]), .int("group", options.isDepthwise ? layer.shape[0] : 1), .int("channels_last", 1),
            ], domain: ONNXGraph.runtimeDomain)
        return Result(name: name, quantum: quantum, channels: layer.shape[0])
    }

    mutating func add(_ left: Result, _ right: Result, isRectified: Bool) -> Result {
        let quantum = next()
        var operands = self.operands(left)
        operands += self.operands(right)
        operands += constants(quantum)
        let name = graph.node("QLinearAdd", operands, domain: ONNXGraph.runtimeDomain)
        return Result(name: name, quantum: quantum, channels: left.channels)
    }

    mutating func halved(_ input: Result) -> Result {
        let attributes: [ONNXGraph.Attribute] = [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])]
        return Result(
            name: graph.node("NhwcMaxPool", [input.name], attributes, domain: ONNXGraph.runtimeDomain), quantum: input.quantum,
            channels: input.channels)
    }

    mutating func enlarged(_ input: Result) -> Result {
        let apart = graph.node("Unsqueeze", [input.name, graph.constant([2, 4])])
        let repeated = graph.node("Expand", [apart, graph.constant([1, 1, 2, 1, 2, 1])])
        return Result(name: joined(repeated, twice: input.name, input.channels), quantum: input.quantum, channels: input.channels)
    }

    mutating func spread(_ input: Result) -> Result {
        let channels = input.channels / 4
        let apart = graph.node("Reshape", [input.name, graph.constant([0, 0, 0, 2, 2, channels])])
        let ordered = graph.node("Transpose", [apart], [.ints("perm", [0, 1, 3, 2, 4, 5])])
        let large = joined(ordered, twice: input.name, channels)
        let name = graph.node("Slice", [large, graph.constant([1, 1]), graph.constant([-1, -1]), graph.constant([1, 2])])
        return Result(name: name, quantum: input.quantum, channels: channels)
    }

    mutating func style(of input: Result) {
        let stored = graph.node("Cast", [input.name], [.int("to", ElementType.int32)])
        let numbers = graph.node("Sub", [stored, graph.constant(int32: [Int32(input.quantum.zero)], shape: [1])])
        let sums = graph.node("ReduceSum", [numbers, graph.constant([1, 2])], [.int("keepdims", 0)])
        style = graph.ofLengthOne(graph.node("Cast", [sums], [.int("to", ElementType.float32)]), output: "style")
    }

    mutating func end(_ input: Result, _ head: Convolution, channels: [Int]) -> [UInt8] {
        let real = graph.node("DequantizeLinear", operands(input))
        let planes = graph.node("Transpose", [real], [.ints("perm", [0, 3, 1, 2])])
        _ = graph.convolution(planes, head, output: "y")
        graph.output("y", [.fixed(1), .fixed(head.shape[0]), .any("height"), .any("width")])
        graph.output("style", [.fixed(1), .fixed(channels[channels.count - 1])])
        return graph.encoded()
    }

    private mutating func next() -> Quantum {
        steps += 1
        return quanta[steps - 1]
    }

    private mutating func operands(_ result: Result) -> [String] {
        var operands = [result.name]
        operands += constants(result.quantum)
        return operands
    }

    private mutating func constants(_ quantum: Quantum) -> [String] {
        [graph.constant([quantum.scale], shape: []), graph.constant(uint8: [quantum.zero], shape: [])]
    }

    /// `[1, y, 2, x, 2, channel]` as `[1, 2y, 2x, channel]`, where `small` is `[1, y, x, ...]`.
    private mutating func joined(_ apart: String, twice small: String, _ channels: Int) -> String {
        let sides = graph.node("Slice", [graph.node("Shape", [small]), graph.constant([0]), graph.constant([3])])
        let large = graph.node("Mul", [sides, graph.constant([1, 2, 2])])
        return graph.node("Reshape", [apart, graph.node("Concat", [large, graph.constant([channels])], [.int("axis", 0)])])
    }

    /// The bias as whole numbers of `steps`, one an output channel.
    private mutating func bias(_ layer: Convolution, steps: [Double], _ term: Convolution?) -> String {
        // Half of what 32 bits hold is left to the sum of products.
        let largest = Double(1 << 30)
        guard let term else {
            let stored = zip(layer.bias, steps).map { Int32(max(-largest, min(largest, ($0 / $1).rounded(.toNearestOrEven)))) }
            return graph.constant(int32: stored, shape: [stored.count])
        }
        let inputs = term.shape[1]
        let weights = term.weights.indices.map { Float(term.weights[$0] / steps[$0 / inputs]) }
        let constant = steps.indices.map { Float((term.bias[$0] + layer.bias[$0]) / steps[$0]) }
        // A product and a sum, not a matrix product: that one's additions have another order on other processors.
        let products = graph.node("Mul", [style, graph.constant(weights, shape: term.shape)])
        let sums = graph.node("ReduceSum", [products, graph.constant([1])], [.int("keepdims", 0)])
        let whole = graph.node("Round", [graph.node("Add", [sums, graph.constant(constant, shape: [constant.count])])])
        let bounded = graph.node(
            "Clip", [whole, graph.constant([Float(-largest)], shape: []), graph.constant([Float(largest)], shape: [])])
        return graph.node("Cast", [bounded], [.int("to", ElementType.int32)])
    }
}
