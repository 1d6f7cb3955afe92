import IDRFiles
import IDRImaging
import IDRModels
import IDRPlan
import TestSupport
import Testing

/// Networks in 8-bit whole numbers, made from small networks of formula weights.
struct QuantisedNetworkTests {
    private static func network(_ channels: [Int] = [2, 8, 16, 24], seed: UInt64 = 3) throws -> CPnet {
        try CPnet(stateDict: FormulaWeights.tensors(FormulaWeights.cpnetLayout(channels: channels), seed: seed))
    }

    private static let origin = ContentFile(name: "formula.pth", bytes: 1, sha256: Digest(filledWith: 0x11))

    private static func image(_ seed: UInt64, _ height: Int = 64, _ width: Int = 48) -> Plane<Float> {
        Plane(height: height, width: width, pixels: Tensor.random([height, width], seed: seed).values.map { ($0 + 1) / 2 })
    }

    private static func quantised(_ network: CPnet, _ images: [Plane<Float>]) throws -> [UInt8] {
        var quantiser = try CellposeQuantiser(network, origin: origin)
        for image in images { try quantiser.observe(image, diameter: 24) }
        return try quantiser.quantised(calibration: "images of formulas")
    }

    /// Processors without VNNI add two products in 16 bits, and saturate: the sums must never get there.
    @Test func noSumOfTwoProductsSaturates() throws {
        let bytes = try Self.quantised(Self.network(), [Self.image(1)])
        let int8 = 3
        let weights = try ONNXFile(bytes).constants.filter { $0.type == int8 }
        #expect(weights.count > 20)
        let largest = weights.flatMap { $0.raw.map { abs(Int(Int8(bitPattern: $0))) } }.max() ?? 0
        #expect(largest == IntegerWeights.largest)
        #expect(2 * 255 * largest <= Int(Int16.max) && -2 * 255 * largest >= Int(Int16.min))
    }

    @Test(arguments: [[2, 8, 16, 24], [2, 5, 9, 7, 11], [1, 16, 16], [2, 8, 8, 8, 8]]) func itSaysNearlyWhatTheNetworkOfFloatsSays(_ channels: [Int])
        throws
    {
        let network = try Self.network(channels, seed: 4)
        let images = [Self.image(5), Self.image(6)]
        let session = try ONNXSession(model: network.model(), name: "floats")
        let whole = try ONNXSession(model: Self.quantised(network, images), name: "whole numbers")
        let side = images[0]
        let planes = [side.pixels] + Array(repeating: [Float](repeating: 0, count: side.pixels.count), count: channels[0] - 1)
        let x = Tensor(shape: [1, channels[0], side.height, side.width], values: planes.flatMap(\.self))
        let expected = try session.run(["x": x], outputs: ["y", "style"])
        let found = try whole.run(["x": x], outputs: ["y", "style"])
        #expect(found.map(\.shape) == expected.map(\.shape))
        let scale = expected[0].values.map { abs($0) }.max() ?? 0
        let error = zip(found[0].values, expected[0].values).reduce(0.0) { $0 + Double(abs($1.0 - $1.1)) } / Double(expected[0].values.count)
        #expect(error < 0.03 * Double(scale), "mean difference \(error) of values up to \(scale)")
        let cosine = zip(found[1].values, expected[1].values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(cosine > 0.995)
    }

    @Test func theSameImagesGiveTheSameBytesInAnyOrder() throws {
        let images = [Self.image(7), Self.image(8, 40, 80), Self.image(9)]
        let bytes = try Self.quantised(Self.network(), images)
        #expect(try Self.quantised(Self.network(), images.reversed()) == bytes)
        #expect(try Self.quantised(Self.network(), [images[0]]) != bytes)
        #expect(throws: IDRError.self) { try Self.quantised(Self.network(), []) }
    }

    @Test func bitsDependOnNoThreadsAndTheEncoderAloneGivesTheSameStyle() throws {
        let bytes = try Self.quantised(Self.network(), [Self.image(10)])
        let x = Tensor.random([1, 2, 48, 80], seed: 11)
        let one = try ONNXSession(model: bytes, name: "one thread").run(["x": x], outputs: ["y", "style"])
        #expect(try ONNXSession(model: bytes, name: "two threads", threads: 2).run(["x": x], outputs: ["y", "style"]) == one)
        let encoder = try ONNXFile(bytes).only("style")
        #expect(encoder.count < bytes.count * 2 / 3)
        let session = try ONNXSession(model: encoder, name: "encoder")
        #expect(session.outputs.map(\.name) == ["style"])
        #expect(try session.run(["x": x], outputs: ["style"])[0] == one[1])
    }

    @Test func rangesHoldZeroAndLeaveOutFewValues() {
        var range = StepRange()
        range.count((0..<100_000).map { Float($0 % 1000) / 100 } + [Float](repeating: 5000, count: 5))
        #expect(range.range.lowerBound == 0 && (9.9...10.1).contains(range.range.upperBound))
        var both = StepRange()
        both.count([-2, -1, 3, .nan, .infinity])
        #expect((-2.02 ... -2).contains(both.range.lowerBound) && (3...3.03).contains(both.range.upperBound))
        #expect(StepRange().range == 0...0)
        let quantum = Quantum(-1...3)
        #expect(quantum.zero == 64 && Quantum(2...4).zero == 0 && Quantum(-4 ... -2).zero == 255 && Quantum(0...0).scale > 0)
    }
}
