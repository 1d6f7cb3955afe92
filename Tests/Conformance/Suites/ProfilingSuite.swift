import Foundation
import IDRImaging
import IDRModels
import IDRPlan

/// DeepProfiler: projects (an image, its locations, crops and features), every layer of a network, and Keras' files of weights.
struct ProfilingSuite {
    let report: Report
    let folder: String

    /// Tolerances of the fixtures' MANIFEST.
    private enum Tolerance {
        /// Crops and network inputs; another float32 version differs by nothing.
        static let crop = 1e-6
        /// Of the row's largest feature.
        static let feature = 2e-4
        /// Times the row's difference between the original's float32 network and one of float64: border crops are ill-conditioned.
        static let conditioning = 10.0
        /// Of a layer's mean and deviation, with a smallest absolute difference.
        static let layer = (relative: 1e-3, absolute: 1e-5)
    }

    /// Checks the file if it is a project, a list of layers, or a part of a Keras file; false otherwise.
    func check(_ file: FixtureFile, _ groups: [FixtureGroup]) async throws -> Bool {
        let root = groups[0]
        let attributes = Set(try await root.attributes())
        if attributes.isSuperset(of: ["config_json", "weights_file"]) {
            await report.section(file.name) { try await checkProject(root, groups) }
        } else if root.has("netin"), root.datasets.contains(where: { $0.hasSuffix("avg_pool") }) {
            await report.section(file.name) { try await checkLayers(root) }
        } else if attributes.contains("layer_names") {
            await report.section(file.name) { try await checkKeras(file) }
        } else {
            return false
        }
        return true
    }

    // MARK: Projects

    private func checkProject(_ root: FixtureGroup, _ groups: [FixtureGroup]) async throws {
        let config = try JSONDecoder().decode(DeepProfilerConfig.self, from: Data((try await root.text("config_json") ?? "").utf8))
        let network = try await FeatureNetwork.load(weightsFile(try await root.text("weights_file")))
        let geometry = CropGeometry(
            boxSize: config.boxSize, inputSize: config.inputSize, nominalHeight: config.height, nominalWidth: config.width)
        for group in groups where group.has("image", "features") {
            await report.section(group.name) { try await checkImage(group, network, geometry) }
        }
    }

    private func weightsFile(_ name: String?) -> String { "\(folder)/\(URL(fileURLWithPath: name ?? "").lastPathComponent)" }

    private func checkImage(_ group: FixtureGroup, _ network: FeatureNetwork, _ geometry: CropGeometry) async throws {
        let image = try await group.plane("image", as: Float.self)
        let places: [Double] = try await group.values("locations_xy")
        let centers = stride(from: 0, to: places.count, by: 2).map { CropCenter(x: places[$0], y: places[$0 + 1]) }
        if group.has("crop_index", "crops_norm") {
            let computed = try await group.values("crop_index", as: Int32.self).flatMap {
                DeepProfilerCrops.normalizedCrop(at: centers[Int($0)], of: image, geometry: geometry).pixels.map(Double.init)
            }
            report.absolute("\(group.name) crops_norm", computed, try await group.values("crops_norm"), tolerance: Tolerance.crop)
        }
        var inputs = [Float](repeating: 0, count: centers.count * geometry.valuesPerCrop)
        var span = inputs.mutableSpan
        let areNaN = DeepProfilerCrops.write(centers, of: image, geometry: geometry, into: &span)
        if group.has("netin_index", "netin") {
            let area = geometry.inputSize * geometry.inputSize
            let computed = try await group.values("netin_index", as: Int32.self).flatMap { index in
                inputs[Int(index) * area..<(Int(index) + 1) * area].map(Double.init)
            }
            report.absolute("\(group.name) netin", computed, try await group.values("netin"), tolerance: Tolerance.crop)
        }
        let features = try network.features(of: inputs, count: centers.count)
        try await checkFeatures(features, areNaN: areNaN, of: network, group)
    }

    private func checkFeatures(_ features: [Float], areNaN: [Bool], of network: FeatureNetwork, _ group: FixtureGroup) async throws {
        let count = network.featureCount
        let expected: [Float] = try await group.values("features")
        let precise: [Float] = group.has("features_float64_net") ? try await group.values("features_float64_net") : expected
        guard features.count == expected.count else {
            return report.exact("\(group.name) features count", [features.count], [expected.count])
        }
        var worst = 0.0
        for row in 0..<features.count / count {
            let range = row * count..<(row + 1) * count
            let magnitude = expected[range].reduce(0) { max($0, abs(Double($1))) }
            let noise = zip(expected[range], precise[range]).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
            let tolerance = max(Tolerance.feature * magnitude, Tolerance.conditioning * noise)
            for (value, reference) in zip(features[range], expected[range]) where !(value.isNaN && reference.isNaN) {
                let value = report.isSelfTest ? Double(value) + 3 * tolerance + 1e-6 : Double(value)
                let figure = tolerance > 0 ? abs(value - Double(reference)) / tolerance : value == Double(reference) ? 0 : .infinity
                worst = figure.isNaN ? .infinity : max(worst, figure)
            }
        }
        // Each row has a tolerance of its own, so the figure is the largest share of a row's tolerance that is used.
        if expected.contains(where: { !$0.isNaN }) { report.add("\(group.name) features, of the row's tolerance", figure: worst, tolerance: 1) }
        let undefined = stride(from: 0, to: expected.count, by: count).map { expected[$0].isNaN }
        report.exact("\(group.name) rows of NaN", areNaN, undefined) { !$0 }
        report.exact("\(group.name) features of NaN", features.map(\.isNaN), expected.map(\.isNaN)) { !$0 }
    }

    // MARK: Layers

    /// A dataset `NNN_<layer>` is every n-th value of the layer's output for one crop; the network is that of the project
    /// with the longest common name, as the file does not say it.
    private func checkLayers(_ root: FixtureGroup) async throws {
        let weights = try await KerasWeights(reading: weightsOfProject(like: root.file.name))
        let session = try ONNXSession(model: EfficientNet(b0: layers(of: weights)).layerModel(), name: root.name)
        let known = Set(session.outputs.map(\.name))
        let shape = try await root.shape("netin")
        let crop = Tensor(shape: [1, 1] + shape.suffix(2), values: try await root.values("netin"))
        let datasets = root.datasets.filter { $0.first?.isNumber == true }.sorted()
        let computed = datasets.filter { known.contains(Self.layer($0)) }
        for (dataset, output) in zip(computed, try session.run(["image": crop], outputs: computed.map(Self.layer))) {
            try await checkLayer(channelsLast(output), root, dataset)
        }
        for dataset in datasets where !known.contains(Self.layer(dataset)) {
            // The network's input: the crop three times.
            guard let stride = try await root.number("stride", of: dataset) else { continue }
            let input = crop.values.flatMap { [$0, $0, $0] }
            try await checkSample(input, every: Int(stride), root, dataset)
        }
    }

    private func layers(of weights: KerasWeights) -> [(layer: String, weights: [Tensor])] {
        weights.layers.map { ($0.name, $0.weights.map(\.tensor)) }
    }

    private static func layer(_ dataset: String) -> String { String(dataset.drop { $0.isNumber }.dropFirst()) }

    private func checkLayer(_ values: [Float], _ root: FixtureGroup, _ dataset: String) async throws {
        if let shape = try await root.numbers("shape", of: dataset) {
            report.exact("\(root.name) \(dataset) size", [values.count], [shape.map { Int($0) }.reduce(1, *)])
        }
        try await checkSample(values, every: Int(try await root.number("stride", of: dataset) ?? 1), root, dataset)
    }

    private func checkSample(_ values: [Float], every step: Int, _ root: FixtureGroup, _ dataset: String) async throws {
        let expected: [Double] = try await root.values(dataset)
        let sample = stride(from: 0, to: values.count, by: step).prefix(expected.count).map { Double(values[$0]) }
        let (deviation, mean) = (try await root.number("std", of: dataset) ?? 0, try await root.number("mean", of: dataset) ?? 0)
        report.absolute(
            "\(root.name) \(dataset)", sample, expected, tolerance: Tolerance.layer.relative * (deviation + abs(mean)) + Tolerance.layer.absolute)
    }

    /// `[1, channel, y, x]` as `[y, x, channel]`.
    private func channelsLast(_ output: Tensor) -> [Float] {
        guard output.shape.count == 4 else { return output.values }
        let (channels, area) = (output.shape[1], output.shape[2] * output.shape[3])
        return (0..<area).flatMap { pixel in (0..<channels).map { output.values[$0 * area + pixel] } }
    }

    private func weightsOfProject(like name: String) async throws -> String {
        var best: (common: Int, weights: String)?
        for path in files(in: folder, ending: ".h5") {
            let file = FixtureFile(path: path)
            guard let weights = try? await file.root.text("weights_file") else { continue }
            let common = zip(file.name, name).prefix { $0 == $1 }.count
            if common > best?.common ?? -1 { best = (common, weights) }
        }
        guard let best else { throw IDRError(.missing, "no project in \(folder) says which weights the layers belong to") }
        return weightsFile(best.weights)
    }

    // MARK: Keras files

    /// A file that holds the first layers of another one, with its attributes written in another way, gives the same tensors.
    private func checkKeras(_ file: FixtureFile) async throws {
        let weights = try await KerasWeights(reading: file.path)
        var compared = false
        for path in files(in: folder, ending: ".h5") where path != file.path {
            guard let other = try? await KerasWeights(reading: path) else { continue }
            let isPart = weights.layers.allSatisfy { other[$0.name] != nil } && weights.layerNames.count < other.layerNames.count
            guard isPart else { continue }
            compared = true
            let names = weights.layers.flatMap { layer in layer.weights.map { "\(layer.name) \($0.name) \($0.tensor.shape)" } }
            let others = weights.layers.flatMap { layer in (other[layer.name]?.weights ?? []).map { "\(layer.name) \($0.name) \($0.tensor.shape)" } }
            let whole = URL(fileURLWithPath: path).lastPathComponent
            report.exact("\(file.name) names and shapes as in \(whole)", names, others) { $0 + "?" }
            report.exact("\(file.name) layers in order", weights.layerNames, Array(other.layerNames.prefix(weights.layerNames.count))) { $0 + "?" }
            report.exact(
                "\(file.name) values as in \(whole)", weights.layers.flatMap { $0.weights.flatMap(\.tensor.values) },
                weights.layers.flatMap { (other[$0.name]?.weights ?? []).flatMap(\.tensor.values) }
            ) { $0 + 1 }
        }
        // A whole network is checked by what it computes.
        if !compared { report.holds("\(file.name) is a network that can be built", (try? EfficientNet(b0: layers(of: weights))) != nil) }
    }
}
