import IDRModels
import IDRPlan
import TestSupport
import Testing

struct EfficientNetLite0Tests {
    /// Names and shapes of the published file, without its classifier.
    private let layout: [(name: String, shape: [Int])] = {
        var layout: [(name: String, shape: [Int])] = []
        func unit(_ conv: String, _ norm: String, _ shape: [Int]) {
            layout.append(("\(conv).weight", shape))
            for part in ["weight", "bias", "running_mean", "running_var"] { layout.append(("\(norm).\(part)", [shape[0]])) }
        }
        unit("_conv_stem", "_bn0", [32, 3, 3, 3])
        let stages = [(1, 3, 1, 16), (2, 3, 6, 24), (2, 5, 6, 40), (3, 3, 6, 80), (3, 5, 6, 112), (4, 5, 6, 192), (1, 3, 6, 320)]
        var inputs = 32
        var index = 0
        for (repeats, kernel, expansion, outputs) in stages {
            for _ in 0..<repeats {
                let (name, width) = ("_blocks.\(index).", inputs * expansion)
                if expansion > 1 { unit(name + "_expand_conv", name + "_bn0", [width, inputs, 1, 1]) }
                unit(name + "_depthwise_conv", name + "_bn1", [width, 1, kernel, kernel])
                unit(name + "_project_conv", name + "_bn2", [outputs, width, 1, 1])
                (inputs, index) = (outputs, index + 1)
            }
        }
        unit("_conv_head", "_bn1", [1280, 320, 1, 1])
        return layout
    }()

    @Test func activationsStayWithin6AndFoldingChangesOnlyRounding() throws {
        let network = try EfficientNet(lite0: FormulaWeights.tensors(layout, seed: 3))
        let image = Tensor.random([2, 1, 64, 64], seed: 5)
        let layers = try ONNXSession(model: network.layerModel(), name: "layers")
        let names = layers.outputs.map(\.name).filter { $0.hasSuffix("activation") }
        #expect(names.count == 33 && !layers.outputs.contains { $0.name.contains("_se_") || $0.name == "logits" })
        for result in try layers.run(["image": image], outputs: names) {
            #expect(result.values.allSatisfy { (0...6).contains($0) } && result.values.contains { $0 > 0 })
        }
        let unfolded = try layers.run(["image": image], outputs: ["avg_pool"])[0]
        let folded = EfficientNetSession(network).features(of: image.values, count: 2, side: 64)
        let scale = unfolded.values.max() ?? 0
        #expect(scale > 0.01 && Tensor(shape: [2, 1280], values: folded).greatestDifference(from: unfolded) <= 1e-4 * scale)
        for level in EfficientNetSession.Level.available {
            #expect(EfficientNetSession(network, level: level).features(of: image.values, count: 2, side: 64) == folded, "\(level)")
        }
    }

    /// Planes that no tile of pixels divides, and rows that no band does.
    @Test(arguments: [32, 96, 160, 352]) func otherSidesAreComputedToo(_ side: Int) throws {
        let network = try EfficientNet(lite0: FormulaWeights.tensors(layout, seed: 4))
        let image = Tensor.random([1, 1, side, side], seed: 6)
        let expected = try ONNXSession(model: network.layerModel(), name: "layers").run(["image": image], outputs: ["avg_pool"])[0]
        let scale = expected.values.max() ?? 0
        for level in EfficientNetSession.Level.available where level != .portable || side < 100 {
            let features = EfficientNetSession(network, level: level).features(of: image.values, count: 1, side: side)
            #expect(Tensor(shape: [1, 1280], values: features).greatestDifference(from: expected) <= 1e-4 * scale, "\(level)")
        }
    }

    /// Memory that a pass has left behind decides nothing.
    @Test func aSessionGivesTheSameAgain() throws {
        let session = EfficientNetSession(try EfficientNet(lite0: FormulaWeights.tensors(layout, seed: 3)))
        let images = Tensor.random([3, 1, 64, 64], seed: 7).values
        let first = session.features(of: images, count: 3, side: 64)
        _ = session.features(of: [Float](repeating: .nan, count: 128 * 128), count: 1, side: 128)
        #expect(session.features(of: images, count: 3, side: 64) == first)
        #expect(session.features(of: [], count: 0, side: 64).isEmpty)
    }

    @Test func aConstantCropOfNaNGivesNaN() throws {
        let network = try EfficientNet(lite0: FormulaWeights.tensors(layout, seed: 3))
        let features = EfficientNetSession(network).features(of: [Float](repeating: .nan, count: 64 * 64), count: 1, side: 64)
        #expect(!features.isEmpty && features.allSatisfy { $0.isNaN })
    }

    @Test func aClassifierIsOptionalAndGivesLogits() throws {
        let classifier: [(name: String, shape: [Int])] = [("_fc.weight", [10, 1280]), ("_fc.bias", [10])]
        let network = try EfficientNet(lite0: FormulaWeights.tensors(layout + classifier, seed: 3))
        let results = try ONNXSession(model: network.layerModel(), name: "layers")
            .run(["image": .random([1, 1, 32, 32], seed: 1)], outputs: ["logits", "probs"])
        #expect(results[0].shape == [1, 10] && abs(results[1].values.reduce(0, +) - 1) < 1e-5)
    }

    @Test func missingAndMisshapenTensorsAreNamed() throws {
        let weights = FormulaWeights.tensors(layout, seed: 3)
        for name in ["_conv_stem.weight", "_blocks.0._bn1.running_var", "_blocks.7._expand_conv.weight", "_bn1.bias"] {
            let error = #expect(throws: IDRError.self) { try EfficientNet(lite0: weights.filter { $0.name != name }) }
            #expect(error?.reason == "tensor \(name) is missing")
        }
        var narrow = weights
        narrow[0].tensor = Tensor(shape: [16, 3, 3, 3], values: [Float](repeating: 0, count: 16 * 27))
        let error = #expect(throws: IDRError.self) { try EfficientNet(lite0: narrow) }
        #expect(error?.reason == "tensor _conv_stem.weight has the shape [16, 3, 3, 3], the network's is [32, 3, 3, 3]")
    }
}
