// Field numbers and enumerations in this file are those of onnx.proto.

private let irVersion: Int64 = 7
private let operatorSet: Int64 = 13

/// ONNX's numbers for types of elements.
enum ElementType {
    static let float32 = 1
    static let uint8 = 2
    static let int8 = 3
    static let int32 = 6
    static let int64 = 7
}

extension ONNXGraph {
    /// The bytes of the ONNX file.
    package func encoded() -> [UInt8] {
        var writer = ProtobufWriter()
        writer.varint(1, irVersion)
        writer.string(2, "IDRKit")
        writer.message(7) { graph in
            for node in nodes { graph.message(1) { node.write(to: &$0) } }
            graph.string(2, name)
            for (name, value) in constants { graph.message(5) { value.write(named: name, to: &$0) } }
            for port in inputs { graph.message(11) { port.write(to: &$0) } }
            for port in outputs { graph.message(12) { port.write(to: &$0) } }
        }
        writer.message(8) {
            $0.string(1, "")
            $0.varint(2, operatorSet)
        }
        if nodes.contains(where: { $0.domain == Self.runtimeDomain }) {
            writer.message(8) {
                $0.string(1, Self.runtimeDomain)
                $0.varint(2, 1)
            }
        }
        for note in notes {
            writer.message(14) {
                $0.string(1, note.name)
                $0.string(2, note.text)
            }
        }
        return writer.bytes
    }
}

extension ONNXGraph.Node {
    func write(to message: inout ProtobufWriter) {
        for input in inputs { message.string(1, input) }
        message.string(2, output)
        // Messages of ONNX Runtime name the node.
        message.string(3, output)
        message.string(4, type)
        for attribute in attributes { message.message(5) { attribute.write(to: &$0) } }
        if !domain.isEmpty { message.string(7, domain) }
    }
}

extension ONNXGraph.Attribute {
    func write(to message: inout ProtobufWriter) {
        let type: Int64
        switch self {
        case .float(let name, let value):
            message.string(1, name)
            message.float(2, value)
            type = 1
        case .int(let name, let value):
            message.string(1, name)
            message.varint(3, Int64(value))
            type = 2
        case .string(let name, let value):
            message.string(1, name)
            message.string(4, value)
            type = 3
        case .ints(let name, let values):
            message.string(1, name)
            for value in values { message.varint(8, Int64(value)) }
            type = 7
        }
        message.varint(20, type)
    }
}

extension ONNXGraph.Constant {
    func write(named name: String, to message: inout ProtobufWriter) {
        switch self {
        case .floats(let shape, let values): write(values, ElementType.float32, shape, name, &message)
        case .ints(let values): write(values, ElementType.int64, [values.count], name, &message)
        case .int8(let shape, let values): write(values, ElementType.int8, shape, name, &message)
        case .uint8(let shape, let values): write(values, ElementType.uint8, shape, name, &message)
        case .int32(let shape, let values): write(values, ElementType.int32, shape, name, &message)
        }
    }

    private func write<Element: BitwiseCopyable>(
        _ values: [Element], _ type: Int, _ shape: [Int], _ name: String, _ message: inout ProtobufWriter
    ) {
        for length in shape { message.varint(1, Int64(length)) }
        message.varint(2, Int64(type))
        message.string(8, name)
        message.raw(9, values)
    }
}

extension ONNXGraph.Port {
    func write(to message: inout ProtobufWriter) {
        message.string(1, name)
        message.message(2) { type in
            type.message(1) { tensor in
                tensor.varint(1, Int64(ElementType.float32))
                tensor.message(2) { list in
                    for dimension in shape {
                        list.message(1) {
                            switch dimension {
                            case .fixed(let length): $0.varint(1, Int64(length))
                            case .any(let name): $0.string(2, name)
                            }
                        }
                    }
                }
            }
        }
    }
}
