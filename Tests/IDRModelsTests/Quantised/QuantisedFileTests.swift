import Foundation
import IDRFiles
import IDRImaging
import IDRModels
import IDRPlan
import TestSupport
import Testing

/// Files of quantised networks, good and bad.
struct QuantisedFileTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func bytes() throws -> [UInt8] {
        let network = try CPnet(stateDict: FormulaWeights.tensors(FormulaWeights.cpnetLayout(channels: [2, 4, 4]), seed: 1))
        var quantiser = try CellposeQuantiser(network, origin: ContentFile(name: "a.pth", bytes: 1, sha256: Digest(filledWith: 0x22)))
        try quantiser.observe(Plane(height: 32, width: 32, pixels: (0..<1024).map { Float($0 % 13) / 12 }), diameter: 30)
        return try quantiser.quantised(calibration: "a pattern")
    }

    private func write(_ bytes: [UInt8], _ name: String = "a.int8.onnx") throws -> String {
        let path = scratch(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func itIsAKindOfItsOwn() async throws {
        let path = try write(bytes())
        #expect(try ModelFile(reading: path).kind == .cellposeInt8)
        #expect(Segmenters.endings(.int8) == [".int8.onnx"] && Segmenters.endings(.float32) == [".pth"])
        #expect(Segmenters.precision(of: "a/b.int8.onnx") == .int8 && Segmenters.precision(of: "b.pth") == .float32)
        #expect(Segmenters.precision(of: "b.onnx") == nil && Segmenters.precision(of: ".int8.onnx") == nil)
        let segmenter = try Segmenters.load(path)
        #expect(segmenter.meanDiameter == 30)
        let answer = try await CellposeInt8Kind().trial(of: path)
        #expect(answer.style == 4 && answer.numbers.allSatisfy(\.isFinite))
    }

    @Test func anotherNetworkIsRefused() throws {
        var graph = ONNXGraph(name: "other")
        let x = graph.input("x", [.fixed(1), .fixed(2), .any("height"), .any("width")])
        _ = graph.node("Relu", [x], output: "y")
        graph.output("y", [.fixed(1), .fixed(2), .any("height"), .any("width")])
        let path = try write(graph.encoded())
        let error = #expect(throws: IDRError.self) { try Segmenters.load(path) }
        #expect(error?.problem == "this is no quantised Cellpose network" && error?.advice?.contains("idrscript models quantise") == true)
    }

    /// A weight beyond the bound would make the numbers depend on the processor.
    @Test func aLargerWeightIsRefused() throws {
        var bytes = try bytes()
        let int8 = 3
        let constant = try #require(try ONNXFile(bytes).constants.first { $0.type == int8 && $0.raw.count > 10 })
        bytes[constant.raw.startIndex] = UInt8(bitPattern: -64)
        let path = try write(bytes)
        let error = #expect(throws: IDRError.self) { try Segmenters.load(path) }
        #expect(error?.reason?.contains("a weight of -64") == true)
    }

    /// No damage does more than throw.
    @Test func damagedFilesAreRefused() throws {
        let bytes = try bytes()
        for length in stride(from: 0, to: bytes.count - 1, by: max(1, bytes.count / 60)) {
            let path = try write(Array(bytes.prefix(length)))
            #expect(throws: IDRError.self) { try Segmenters.load(path) }
        }
        for position in stride(from: 0, to: 4000, by: 37) {
            var damaged = bytes
            damaged[position] ^= 0xff
            _ = try? ONNXFile(damaged)
        }
    }
}
