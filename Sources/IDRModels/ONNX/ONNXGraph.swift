/// An ONNX model under construction: operators are added one after another and each gives the name of its result.
///
/// The operators are those of operator set 13, which every ONNX Runtime since 1.8 serves. Names are numbered in the order of the calls,
/// so that the same calls give the same bytes.
package struct ONNXGraph {
    package enum Dimension: Sendable, Hashable {
        case fixed(Int)
        /// Any length; equal names are equal lengths.
        case any(String)
    }

    package enum Attribute: Sendable, Hashable {
        case int(String, Int)
        case ints(String, [Int])
        case float(String, Float)
        case string(String, String)
    }

    struct Node {
        let type: String
        let inputs: [String]
        let output: String
        let attributes: [Attribute]
    }

    enum Constant {
        case floats(shape: [Int], [Float])
        case ints([Int64])
    }

    struct Port {
        let name: String
        let shape: [Dimension]
    }

    let name: String
    private(set) var nodes: [Node] = []
    private(set) var constants: [(name: String, value: Constant)] = []
    private(set) var inputs: [Port] = []
    private(set) var outputs: [Port] = []

    package init(name: String) { self.name = name }

    /// Declares an input of 32-bit floats.
    package mutating func input(_ name: String, _ shape: [Dimension]) -> String {
        inputs.append(Port(name: name, shape: shape))
        return name
    }

    /// Declares the result `name` as an output of the model.
    package mutating func output(_ name: String, _ shape: [Dimension]) { outputs.append(Port(name: name, shape: shape)) }

    package mutating func constant(_ values: [Float], shape: [Int]) -> String { add(.floats(shape: shape, values)) }

    /// A list of whole numbers, as operators take axes and positions.
    package mutating func constant(_ values: [Int]) -> String { add(.ints(values.map(Int64.init))) }

    /// Adds an operator with one result.
    /// - Parameter output: the result's name; nil makes one up.
    package mutating func node(_ type: String, _ inputs: [String], _ attributes: [Attribute] = [], output: String? = nil) -> String {
        let output = output ?? "\(type)_\(nodes.count)"
        nodes.append(Node(type: type, inputs: inputs, output: output, attributes: attributes))
        return output
    }

    private mutating func add(_ value: Constant) -> String {
        let name = "weight_\(constants.count)"
        constants.append((name, value))
        return name
    }
}
