import IDRModels
import Testing

struct ONNXGraphTests {
    @Test func varintsAndNestedMessages() {
        var writer = ProtobufWriter()
        writer.varint(1, 300)
        writer.varint(2, -1)
        writer.message(3) {
            $0.string(1, "ab")
            $0.message(2) { $0.float(1, 1.5) }
        }
        let minusOne: [UInt8] = [UInt8](repeating: 0xFF, count: 9) + [1]
        let inner: [UInt8] = [0x0A, 2, 0x61, 0x62, 0x12, 5, 0x0D, 0, 0, 0xC0, 0x3F]
        #expect(writer.bytes == [0x08, 0xAC, 0x02, 0x10] + minusOne + [0x1A, 11] + inner)
    }

    @Test func lengthsAbove127TakeTwoBytes() {
        var writer = ProtobufWriter()
        writer.message(1) { $0.raw(2, [Float](repeating: 1, count: 50)) }
        #expect(Array(writer.bytes.prefix(6)) == [0x0A, 0xCB, 0x01, 0x12, 0xC8, 0x01])
        #expect(writer.bytes.count == 3 + 3 + 200)
        #expect(Array(writer.bytes.suffix(4)) == [0, 0, 0x80, 0x3F])
    }

    /// One of each kind of attribute and constant, and a result used twice.
    private func example() -> ONNXGraph {
        var graph = ONNXGraph(name: "example")
        let x = graph.input("x", [.any("images"), .fixed(2), .any("height"), .any("width")])
        let doubled = graph.node("Mul", [x, graph.constant([2], shape: [])])
        let kept = graph.node("LeakyRelu", [doubled], [.float("alpha", 0.5)])
        let pooled = graph.node("MaxPool", [kept], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])])
        let large = graph.node(
            "Resize", [pooled, "", graph.constant([1, 1, 2, 2], shape: [4])],
            [.string("mode", "nearest"), .string("coordinate_transformation_mode", "asymmetric"), .string("nearest_mode", "floor")])
        _ = graph.node("Concat", [kept, large], [.int("axis", 1)], output: "y")
        graph.output("y", [.any("images"), .fixed(4), .any("height"), .any("width")])
        return graph
    }

    @Test func theSameCallsGiveTheSameBytes() { #expect(example().encoded() == example().encoded()) }

    @Test func everyAttributeReachesTheRuntime() throws {
        let session = try ONNXSession(model: example().encoded(), name: "example")
        #expect(session.inputs == [ONNXPort(name: "x", shape: [nil, 2, nil, nil], isFloat: true)])
        #expect(session.outputs == [ONNXPort(name: "y", shape: [nil, 4, nil, nil], isFloat: true)])
        let x = Tensor(shape: [1, 2, 2, 2], values: [1, 2, 3, -4, -1, -2, -3, -4])
        let y = try session.run(["x": x], outputs: ["y"])[0]
        #expect(y.shape == [1, 4, 2, 2])
        #expect(y.values == [2, 4, 6, -4, -1, -2, -3, -4, 6, 6, 6, 6, -1, -1, -1, -1])
    }
}
