import Foundation
import IDRModels
import IDRPlan
import Testing

struct ONNXSessionTests {
    /// `sum = a + b`, `product = a * b` for matrices of three columns.
    private func arithmetic() throws -> ONNXSession {
        var graph = ONNXGraph(name: "arithmetic")
        let a = graph.input("a", [.any("rows"), .fixed(3)])
        let b = graph.input("b", [.any("rows"), .fixed(3)])
        _ = graph.node("Add", [a, b], output: "sum")
        _ = graph.node("Mul", [a, b], output: "product")
        graph.output("sum", [.any("rows"), .fixed(3)])
        graph.output("product", [.any("rows"), .fixed(3)])
        return try ONNXSession(model: graph.encoded(), name: "arithmetic")
    }

    private let a = Tensor(shape: [1, 3], values: [1, 2, 3])
    private let b = Tensor(shape: [1, 3], values: [10, 20, 30])

    @Test func outputsComeInTheOrderAskedFor() throws {
        let results = try arithmetic().run(["b": b, "a": a], outputs: ["product", "sum"])
        #expect(results == [Tensor(shape: [1, 3], values: [10, 40, 90]), Tensor(shape: [1, 3], values: [11, 22, 33])])
        #expect(try arithmetic().run(["a": a, "b": b], outputs: ["sum"]).count == 1)
    }

    @Test func noRowsAreRowsToo() throws {
        let none = Tensor(shape: [0, 3], values: [])
        #expect(try arithmetic().run(["a": none, "b": none], outputs: ["sum"]) == [none])
    }

    @Test(arguments: [
        (["a"], ["sum"], "the network's input b is not given"), (["a", "b", "c"], ["sum"], "the network has no input c"),
        (["a", "b"], ["difference"], "the network has no output difference"),
    ])
    func wrongNames(inputs: [String], outputs: [String], problem: String) throws {
        let session = try arithmetic()
        let tensors = Dictionary(uniqueKeysWithValues: inputs.map { ($0, a) })
        let error = #expect(throws: IDRError.self) { try session.run(tensors, outputs: outputs) }
        #expect(error?.problem == problem)
        #expect(error?.reason == "it takes a [any, 3], b [any, 3] and gives sum, product")
    }

    @Test func aShapeThatDoesNotFitIsAnErrorThatSaysWhatFits() throws {
        let session = try arithmetic()
        let error = #expect(throws: IDRError.self) {
            try session.run(["a": a, "b": Tensor(shape: [1, 2], values: [1, 2])], outputs: ["sum"])
        }
        #expect(error?.code == .invalidInput)
        #expect(error?.advice == "the network takes a [any, 3], b [any, 3]")
        #expect(error?.reason?.contains("\n") == false)
        // The session is as good as before.
        #expect(try session.run(["a": a, "b": b], outputs: ["sum"])[0].values == [11, 22, 33])
    }

    @Test(arguments: [[], [1, 2, 3], [UInt8]("not a network".utf8)] as [[UInt8]])
    func whatIsNoModelIsAnError(bytes: [UInt8]) {
        let error = #expect(throws: IDRError.self) { try ONNXSession(model: bytes, name: "a file") }
        #expect(error?.code == .invalidInput)
        #expect(error?.problem == "a file is not a network that can be run")
    }

    /// Wherever a model is cut off, it is refused or, cut between two fields, still a model: never a crash.
    @Test func truncatedModels() throws {
        var graph = ONNXGraph(name: "relu")
        _ = graph.node("Relu", [graph.input("x", [.any("n")])], output: "y")
        graph.output("y", [.any("n")])
        let whole = graph.encoded()
        #expect(
            try ONNXSession(model: whole, name: "whole").run(["x": Tensor(shape: [2], values: [-1, 1])], outputs: ["y"])[0].values == [0, 1])
        var refused = 0
        for count in 0..<whole.count {
            do throws(IDRError) { _ = try ONNXSession(model: Array(whole.prefix(count)), name: "cut") } catch { refused += 1 }
        }
        #expect(refused >= whole.count - 2)
    }

    @Test func operatorsWithWrongOperandsAreRefused() {
        var graph = ONNXGraph(name: "wrong")
        _ = graph.node("NoSuchOperator", [graph.input("x", [.any("n")])], output: "y")
        graph.output("y", [.any("n")])
        let error = #expect(throws: IDRError.self) { try ONNXSession(model: graph.encoded(), name: "wrong") }
        #expect(error?.reason?.contains("NoSuchOperator") == true)
    }

    @Test func aNetworkIsReadFromAFile() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("idrkit-\(UUID().uuidString).onnx")
        defer { try? FileManager.default.removeItem(at: file) }
        var graph = ONNXGraph(name: "relu")
        _ = graph.node("Relu", [graph.input("x", [.any("n"), .fixed(4)])], output: "y")
        graph.output("y", [.any("n"), .fixed(4)])
        try Data(graph.encoded()).write(to: file)
        let session = try ONNXSession(path: file.path)
        #expect(session.inputs.map(\.name) == ["x"] && session.inputs[0].shape == [nil, 4] && session.name == file.path)
        let error = #expect(throws: IDRError.self) { try ONNXSession(path: "/nowhere/network.onnx") }
        #expect(error?.code == .missing && error?.subject == ["/nowhere/network.onnx"])
    }

    /// A network of whole numbers can be described, but not run.
    @Test func portsThatAreNotFloatsAreRefused() throws {
        var writer = ProtobufWriter()
        func port(_ field: Int, _ name: String, in graph: inout ProtobufWriter) {
            let int64: Int64 = 7
            graph.message(field) {
                $0.string(1, name)
                $0.message(2) { $0.message(1) { $0.varint(1, int64) } }
            }
        }
        writer.varint(1, 7)
        writer.message(7) { graph in
            graph.message(1) {
                $0.string(1, "x")
                $0.string(2, "y")
                $0.string(4, "Identity")
            }
            graph.string(2, "whole numbers")
            port(11, "x", in: &graph)
            port(12, "y", in: &graph)
        }
        writer.message(8) { $0.varint(2, 13) }
        let session = try ONNXSession(model: writer.bytes, name: "whole numbers")
        #expect(session.inputs.map(\.isFloat) == [false] && session.outputs.map(\.isFloat) == [false])
        let error = #expect(throws: IDRError.self) { try session.run(["x": a], outputs: ["y"]) }
        #expect(error?.problem == "the network's input x is not of 32-bit floats")
    }

    /// Weights outside the model's own bytes would be in no record, wherever they are.
    @Test func weightsInAnotherFileAreNotRead() {
        var writer = ProtobufWriter()
        func port(_ field: Int, _ name: String, in graph: inout ProtobufWriter) {
            graph.message(field) {
                $0.string(1, name)
                $0.message(2) { $0.message(1) { $0.varint(1, 1) } }
            }
        }
        writer.varint(1, 7)
        writer.message(7) { graph in
            graph.message(1) {
                $0.string(1, "x")
                $0.string(1, "w")
                $0.string(2, "y")
                $0.string(4, "Add")
            }
            graph.string(2, "external")
            graph.message(5) {
                $0.varint(1, 4)
                $0.varint(2, 1)
                $0.string(8, "w")
                $0.message(13) {
                    $0.string(1, "location")
                    $0.string(2, "weights.data")
                }
                $0.varint(14, 1)
            }
            port(11, "x", in: &graph)
            port(12, "y", in: &graph)
        }
        writer.message(8) { $0.varint(2, 13) }
        let error = #expect(throws: IDRError.self) { try ONNXSession(model: writer.bytes, name: "external") }
        #expect(error?.reason?.contains("/dev/null/weights.data") == true)
        #expect(error?.advice == "give a complete ONNX file with its weights inside")
    }

    @Test func manyCallsAtOnceGiveWhatOneGives() async throws {
        let session = try arithmetic()
        let sums = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<64 {
                group.addTask {
                    let row = Tensor.random([100, 3], seed: UInt64(index))
                    let sum = try session.run(["a": row, "b": row], outputs: ["sum"])[0]
                    return sum.values == row.values.map { 2 * $0 }
                }
            }
            return try await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(sums == [Bool](repeating: true, count: 64))
    }
}
