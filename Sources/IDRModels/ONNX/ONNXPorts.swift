import CONNXRuntime
import IDRPlan

/// An input or output of a network, as its model declares it.
package struct ONNXPort: Sendable, Hashable {
    package let name: String
    /// One entry per dimension, slowest first; nil where any length is accepted.
    package let shape: [Int?]
    /// False where the elements are not 32-bit floats: such a network cannot be run by ``ONNXSession``.
    package let isFloat: Bool

    package init(name: String, shape: [Int?], isFloat: Bool) {
        self.name = name
        self.shape = shape
        self.isFloat = isFloat
    }
}

/// Reads what a session declares: names, element types and shapes of its inputs or outputs.
struct ONNXPorts {
    let api: UnsafePointer<OrtApi>
    let session: OpaquePointer
    let isInput: Bool

    func read() throws(IDRError) -> [ONNXPort] {
        var count = 0
        try check(isInput ? idr_ort_input_count(api, session, &count) : idr_ort_output_count(api, session, &count))
        var ports: [ONNXPort] = []
        for index in 0..<count { ports.append(try port(at: index)) }
        return ports
    }

    private func port(at index: Int) throws(IDRError) -> ONNXPort {
        let name = try name(at: index)
        var type: OpaquePointer?
        try check(isInput ? idr_ort_input_type(api, session, index, &type) : idr_ort_output_type(api, session, index, &type))
        defer { if let type { idr_ort_release_type(api, type) } }
        var tensor: OpaquePointer?
        try check(idr_ort_tensor_info(api, type, &tensor))
        guard let tensor else { return ONNXPort(name: name, shape: [], isFloat: false) }
        var element: Int32 = 0
        try check(idr_ort_element_type(api, tensor, &element))
        let shape = try Self.dimensions(tensor, api: api).map { $0 < 0 ? nil : Int($0) }
        return ONNXPort(name: name, shape: shape, isFloat: element == Self.float32)
    }

    private func name(at index: Int) throws(IDRError) -> String {
        var allocator: OpaquePointer?
        try check(idr_ort_allocator(api, &allocator))
        var text: UnsafeMutablePointer<CChar>?
        try check(isInput ? idr_ort_input_name(api, session, index, allocator, &text) : idr_ort_output_name(api, session, index, allocator, &text))
        guard let text else { return "" }
        let name = String(cString: text)
        try check(idr_ort_free(api, allocator, text))
        return name
    }

    /// The lengths that a tensor's description holds; -1 where any length is accepted.
    static func dimensions(_ info: OpaquePointer?, api: UnsafePointer<OrtApi>) throws(IDRError) -> [Int64] {
        let problem = "ONNX Runtime does not tell a tensor's shape"
        var rank = 0
        try api.check(idr_ort_rank(api, info, &rank), .system, problem)
        var lengths = [Int64](repeating: 0, count: rank)
        try api.check(idr_ort_dimensions(api, info, &lengths, rank), .system, problem)
        return lengths
    }

    private static let float32: Int32 = 1

    private func check(_ status: OpaquePointer?) throws(IDRError) {
        try api.check(status, .system, "ONNX Runtime does not describe a network's \(isInput ? "inputs" : "outputs")")
    }
}
