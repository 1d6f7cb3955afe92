import Foundation
import IDRHDF5
import IDRModels
import IDRPlan
import Testing

struct EfficientNetTests {
    private let weightsFile = NetworkFixtures.path("features/efficientnet_b0_wS.h5")

    private func keras() async throws -> [(layer: String, weights: [Tensor])] {
        try await NetworkFixtures.kerasLayers(weightsFile)
    }

    /// Every layer of the original for one crop, within the fixture's tolerance.
    @Test func everyLayerAgreesWithKeras() async throws {
        let network = try EfficientNet(b0: await keras())
        let session = try ONNXSession(model: network.layerModel(), name: "layers")
        let file = try await HDF5Reader(NetworkFixtures.path("features/dp_sA_layers.h5"))
        let crop = Tensor(shape: [1, 1, 224, 224], values: try await file.read("netin"))
        let datasets = try await file.children().filter { $0 != "netin" && $0 != "000_input" }
        #expect(datasets.count == 232)
        let results = try session.run(["image": crop], outputs: datasets.map { String($0.dropFirst(4)) })
        for (name, result) in zip(datasets, results) {
            let expected = try await file.read("/\(name)", as: Float.self)
            let stride = Int(try await file.attribute("stride", of: "/\(name)", as: Int64.self)[0])
            let spread = try await file.attribute("std", of: "/\(name)", as: Double.self)[0]
            let mean = try await file.attribute("mean", of: "/\(name)", as: Double.self)[0]
            let shape = try await file.attribute("shape", of: "/\(name)", as: Int64.self).map(Int.init)
            #expect(result.values.count == shape.reduce(1, *), "\(name)")
            let values = result.channelsLast.values
            let sample = Swift.stride(from: 0, to: values.count, by: stride).prefix(expected.count).map { values[$0] }
            let difference = zip(sample, expected).map { abs(Double($0) - Double($1)) }.max() ?? .infinity
            #expect(sample.count == expected.count && difference <= 1e-3 * (spread + abs(mean)) + 1e-5, "\(name) \(difference)")
        }
    }

    /// The features of whole images' crops; a crop of NaN has features of NaN.
    @Test func featuresAgreeWithDeepProfiler() async throws {
        let session = EfficientNetSession(try EfficientNet(b0: await keras()))
        let file = try await HDF5Reader(NetworkFixtures.path("features/dp_sA.h5"))
        var compared = 0
        for group in try await file.children() {
            guard try await file.exists("/\(group)/netin") else { continue }
            let crops = try await NetworkFixtures.tensor("/\(group)/netin", in: file)
            let indices = try await file.read("/\(group)/netin_index", as: Int32.self)
            let expected = try await NetworkFixtures.tensor("/\(group)/features", in: file)
            let precise = try await NetworkFixtures.tensor("/\(group)/features_float64_net", in: file)
            let features = session.features(of: crops.values, count: indices.count, side: 224)
            let result = Tensor(shape: [indices.count, EfficientNet.featureCount], values: features)
            for (row, index) in indices.enumerated() {
                let ours = result.images(row..<row + 1)
                let theirs = expected.images(Int(index)..<Int(index) + 1)
                compared += 1
                if theirs.values.contains(where: { $0.isNaN }) {
                    #expect(ours.values.allSatisfy { $0.isNaN } && theirs.values.allSatisfy { $0.isNaN })
                    continue
                }
                let greatest = theirs.values.map { abs($0) }.max() ?? 0
                let noise = theirs.greatestDifference(from: precise.images(Int(index)..<Int(index) + 1))
                #expect(ours.greatestDifference(from: theirs) <= max(2e-4 * greatest, 10 * noise))
            }
        }
        #expect(compared == 5)
    }

    /// The features are those of the network layer by layer, and their bits depend on neither the instructions, the threads nor the batch.
    @Test func bitsDependOnTheWeightsAndTheCropAlone() async throws {
        let network = try EfficientNet(b0: await keras())
        // Real crops: on noise the fixture's random weights amplify rounding.
        let crops = try await HDF5Reader(NetworkFixtures.path("features/dp_sA.h5")).read("/image_00_15_52/netin", as: Float.self)
        let area = 224 * 224
        #expect(crops.count == 3 * area)
        let features = EfficientNetSession(network).features(of: crops, count: 3, side: 224)
        let layers = try ONNXSession(model: network.layerModel(), name: "layers")
            .run(["image": Tensor(shape: [3, 1, 224, 224], values: crops)], outputs: ["avg_pool"])[0]
        let scale = features.map { abs($0) }.max() ?? 0
        let difference = Tensor(shape: [3, EfficientNet.featureCount], values: features).greatestDifference(from: layers)
        #expect(scale > 0.1 && difference <= 5e-5 * scale)
        for level in EfficientNetSession.Level.available {
            let session = EfficientNetSession(network, level: level)
            for image in 0..<(level == .portable ? 1 : 3) {
                let one = session.features(of: Array(crops[image * area..<(image + 1) * area]), count: 1, side: 224)
                #expect(one[...] == features[image * EfficientNet.featureCount..<(image + 1) * EfficientNet.featureCount], "\(level)")
            }
        }
        for threads in 2...4 {
            #expect(EfficientNetSession(network, threads: threads).features(of: crops, count: 3, side: 224) == features)
        }
    }

    /// Keras matches layers by position: names do not matter, shapes and number do.
    @Test func layersAreMatchedByPosition() async throws {
        let layers = try await keras()
        func model(_ layers: [(layer: String, weights: [Tensor])]) throws -> [UInt8] { try EfficientNet(b0: layers).layerModel() }
        let withoutClassifier = try model(Array(layers.dropLast()))
        let renamed = layers.enumerated().map { (layer: "layer_\($0.offset)", weights: $0.element.weights) }
        #expect(try model(renamed) == model(layers))
        // The classifier may be absent or have other classes.
        let twelve = [
            Tensor(shape: [1280, 12], values: [Float](repeating: 0, count: 1280 * 12)),
            Tensor(shape: [12], values: [Float](repeating: 0, count: 12)),
        ]
        #expect(try model(layers.dropLast() + [("ClassProb", twelve)]).count > withoutClassifier.count)
    }

    @Test func wrongLayersAreNamed() async throws {
        let layers = try await keras()
        func reason(_ changed: [(layer: String, weights: [Tensor])]) -> String? {
            #expect(throws: IDRError.self) { try EfficientNet(b0: changed) }?.reason
        }
        #expect(reason(Array(layers.prefix(7))) == "the file ends after 7 layers with weights, before block1a_project_bn")
        #expect(reason([]) == "the file ends after 0 layers with weights, before stem_conv")
        var swapped = layers
        swapped.swapAt(0, 1)
        #expect(
            reason(swapped)?.hasPrefix("layer 1, stem_bn, has weights of the shapes [[32], [32], [32], [32]]; stem_conv has [[3, 3, 3, 32]]") == true)
        #expect(reason(layers + [layers[0]])?.contains("stem_conv is too much") == true)
        var lacking = layers
        lacking[1].weights.removeLast()
        #expect(reason(lacking)?.contains("stem_bn") == true)
        var classifier = layers
        classifier[130].weights = []
        #expect(reason(classifier)?.contains("probs") == true)
    }
}
