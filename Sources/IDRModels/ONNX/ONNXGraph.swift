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
        /// Empty for ONNX's own operators.
        let domain: String
        let type: String
        let inputs: [String]
        let output: String
        let attributes: [Attribute]
    }

    enum Constant {
        case floats(shape: [Int], [Float])
        case ints([Int64])
        case int8(shape: [Int], [Int8])
        case uint8(shape: [Int], [UInt8])
        case int32(shape: [Int], [Int32])
    }

    /// The operators that ONNX Runtime adds to those of ONNX.
    package static let runtimeDomain = "com.microsoft"

    struct Port {
        let name: String
        let shape: [Dimension]
    }

    let name: String
    private(set) var nodes: [Node] = []
    private(set) var constants: [(name: String, value: Constant)] = []
    private(set) var inputs: [Port] = []
    private(set) var outputs: [Port] = []
    /// What the file says of itself, by name.
    package var notes: [(name: String, text: String)] = []

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

    package mutating func constant(int8 values: [Int8], shape: [Int]) -> String { add(.int8(shape: shape, values)) }

    package mutating func constant(uint8 values: [UInt8], shape: [Int]) -> String { add(.uint8(shape: shape, values)) }

    package mutating func constant(int32 values: [Int32], shape: [Int]) -> String { add(.int32(shape: shape, values)) }

    /// Adds an operator with one result.
    /// - Parameters:
    ///   - domain: whose operator it is, where it is not ONNX's own.
    ///   - output: the result's name; nil makes one up.
    package mutating func node(
        _ type: String, _ inputs: [String], _ attributes: [Attribute] = [], domain: String = "", output: String? = nil
    ) -> String {
        let output = output ?? "\(type)_\(nodes.count)"
        nodes.append(Node(domain: domain, type: type, inputs: inputs, output: output, attributes: attributes))
        return output
    }

    private mutating func add(_ value: Constant) -> String {
        let name = "weight_\(constants.count)"
        constants.append((name, value))
        return name
    }
}
