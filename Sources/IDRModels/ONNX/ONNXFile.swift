package import IDRPlan

/// An ONNX file of ours that is read again: its notes, its constants, and parts of its graph.
///
/// Field numbers are those of onnx.proto. What is not asked for is copied as it is.
package struct ONNXFile: Sendable {
    private struct Node {
        let bytes: ArraySlice<UInt8>
        var inputs: [String] = []
        var outputs: [String] = []
    }

    package struct Constant: Sendable {
        fileprivate let bytes: ArraySlice<UInt8>
        package var name = ""
        /// ONNX's number for its type.
        package var type = 0
        package var shape: [Int] = []
        package var raw: ArraySlice<UInt8> = []
    }

    private var nodes: [Node] = []
    package private(set) var constants: [Constant] = []
    /// What the file says of itself, by name.
    package private(set) var notes: [String: String] = [:]
    /// Fields of the model and of its graph that are kept as they are.
    private var rest: [(field: Int, value: ProtobufReader.Value)] = []
    private var graphRest: [(field: Int, bytes: ArraySlice<UInt8>)] = []
    private var outputs: [(name: String, bytes: ArraySlice<UInt8>)] = []

    /// - Throws: ``IDRError`` where the bytes are no such file.
    package init(_ bytes: [UInt8]) throws(IDRError) {
        var hasGraph = false
        try Self.read(bytes[...]) { (field, value) throws(IDRError) in
            switch (field, value) {
            case (7, .bytes(let graph)):
                hasGraph = true
                try self.read(graph: graph)
            case (14, .bytes(let note)):
                let texts = try Self.texts(note)
                notes[texts[1]?.first ?? ""] = texts[2]?.first ?? ""
            default: rest.append((field, value))
            }
        }
        guard hasGraph else { throw IDRError(.invalidInput, "the network's file is damaged", because: "it has no graph") }
    }

    /// The bytes of the network that computes `output` alone, without what only other outputs need.
    package func only(_ output: String) -> [UInt8] {
        var needed: Set<String> = [output]
        // Nodes stand behind those whose results they take.
        var kept = nodes.reversed().filter { node in
            guard node.outputs.contains(where: needed.contains) else { return false }
            needed.formUnion(node.inputs)
            return true
        }
        kept.reverse()
        var writer = ProtobufWriter()
        for case (let field, .number(let value)) in rest { writer.varint(field, Int64(bitPattern: value)) }
        for case (let field, .bytes(let bytes)) in rest { writer.raw(field, Array(bytes)) }
        writer.message(7) { graph in
            for node in kept { graph.raw(1, Array(node.bytes)) }
            for constant in constants where needed.contains(constant.name) { graph.raw(5, Array(constant.bytes)) }
            for (field, bytes) in graphRest { graph.raw(field, Array(bytes)) }
            for port in outputs where port.name == output { graph.raw(12, Array(port.bytes)) }
        }
        return writer.bytes
    }

    private mutating func read(graph: ArraySlice<UInt8>) throws(IDRError) {
        try Self.read(graph) { (field, value) throws(IDRError) in
            guard case .bytes(let bytes) = value else { return }
            switch field {
            case 1:
                let texts = try Self.texts(bytes)
                nodes.append(Node(bytes: bytes, inputs: texts[1] ?? [], outputs: texts[2] ?? []))
            case 5: constants.append(try Self.constant(bytes))
            case 12: outputs.append((try Self.texts(bytes)[1]?.first ?? "", bytes))
            default: graphRest.append((field, bytes))
            }
        }
    }

    private static func constant(_ bytes: ArraySlice<UInt8>) throws(IDRError) -> Constant {
        var constant = Constant(bytes: bytes)
        try read(bytes) { (field, value) throws(IDRError) in
            switch (field, value) {
            case (1, .number(let length)): constant.shape.append(Int(truncatingIfNeeded: length))
            case (2, .number(let type)): constant.type = Int(truncatingIfNeeded: type)
            case (8, .bytes(let name)): constant.name = String(decoding: name, as: UTF8.self)
            case (9, .bytes(let raw)): constant.raw = raw
            default: break
            }
        }
        return constant
    }

    /// Every field of a message that holds bytes, as text.
    private static func texts(_ bytes: ArraySlice<UInt8>) throws(IDRError) -> [Int: [String]] {
        var texts: [Int: [String]] = [:]
        try read(bytes) { (field, value) throws(IDRError) in
            if case .bytes(let text) = value { texts[field, default: []].append(String(decoding: text, as: UTF8.self)) }
        }
        return texts
    }

    private static func read(_ bytes: ArraySlice<UInt8>, _ take: (Int, ProtobufReader.Value) throws(IDRError) -> Void) throws(IDRError) {
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() { try take(field, value) }
    }
}
