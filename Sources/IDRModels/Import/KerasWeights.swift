import IDRHDF5
import IDRPlan

/// The weights in an HDF5 file that Keras wrote with `save_weights` (or `save`, whose file holds the same under `/model_weights`).
///
/// Layers and weights come in the file's own order, as Keras assigns them: by position, not by name.
package struct KerasWeights: Sendable, Equatable {
    /// A layer and its weights in the order in which Keras assigns them.
    package struct Layer: Sendable, Equatable {
        /// For example `block1a_se_reduce`.
        package let name: String
        /// For example `block1a_se_reduce/kernel:0` and `block1a_se_reduce/bias:0`, with shapes as Keras has them: kernels `[y, x, in, out]`.
        package let weights: [NamedTensor]
    }

    /// The layers that have weights, in the order of the model.
    package let layers: [Layer]
    /// The names of all layers in the order of the model, also of those without weights.
    package let layerNames: [String]

    /// The layer called `name`, or nil where it does not exist or has no weights.
    package subscript(name: String) -> Layer? { layers.first { $0.name == name } }

    /// Reads the file at `path`.
    ///
    /// - Throws: `missing`, `invalidInput` where it is not HDF5, not from Keras, or a layer or dataset that its attributes name is missing.
    package init(reading path: String) async throws {
        // A dataset may declare any shape without storing a byte of it.
        var elementsLeft = WeightBytes.unfoldingLimit(fileSize: try WeightBytes.size(of: path))
        let file = try await HDF5Reader(path)
        let root = try await KerasWeights.root(of: file)
        layerNames = try await KerasWeights.names("layer_names", of: root, in: file)
        var layers: [Layer] = []
        for layer in layerNames {
            let group = root == "/" ? "/" + layer : root + "/" + layer
            guard case .group = try await file.object(group) else {
                throw IDRError(
                    .invalidInput, "the file \(path) is incomplete", at: ["layer \(layer)"], because: "layer_names lists it, but it has no group")
            }
            var weights: [NamedTensor] = []
            for name in try await KerasWeights.names("weight_names", of: group, in: file) {
                let tensor = try await KerasWeights.tensor(group + "/" + name, in: file, limit: elementsLeft)
                elementsLeft -= tensor.values.count
                weights.append(NamedTensor(name: name, tensor: tensor))
            }
            if !weights.isEmpty { layers.append(Layer(name: layer, weights: weights)) }
        }
        guard !layers.isEmpty else { throw IDRError(.invalidInput, "the file \(path) holds no weights", because: "every layer in it is empty") }
        self.layers = layers
    }

    /// The group that has `layer_names`.
    private static func root(of file: HDF5Reader) async throws -> String {
        for group in ["/", "/model_weights"] {
            guard try await file.exists(group) else { continue }
            let attributes = try await file.attributeNames(of: group)
            if attributes.contains("layer_names") || attributes.contains("layer_names0") { return group }
        }
        throw IDRError(
            .invalidInput, "\(file.name) is not a Keras weight file", because: "it has no attribute layer_names",
            fix: "name an .h5 file that model.save_weights wrote")
    }

    /// A list of names in an attribute; Keras spreads a list beyond HDF5's limit for one attribute over `name0`, `name1`, ...
    private static func names(_ attribute: String, of group: String, in file: HDF5Reader) async throws -> [String] {
        let known = Set(try await file.attributeNames(of: group))
        if known.contains(attribute) { return try await file.attributeStrings(attribute, of: group) }
        var names: [String] = []
        var part = 0
        while known.contains("\(attribute)\(part)") {
            names += try await file.attributeStrings("\(attribute)\(part)", of: group)
            part += 1
        }
        guard part > 0 else {
            throw IDRError(.invalidInput, "\(file.name) is not a Keras weight file", because: "\(group) has no attribute \(attribute)")
        }
        return names
    }

    private static func tensor(_ name: String, in file: HDF5Reader, limit: Int) async throws -> Tensor {
        guard case .dataset(let info) = try await file.object(name) else {
            throw IDRError(
                .invalidInput, "the file \(file.name) is incomplete", because: "its attributes name the dataset \(name), which is not there")
        }
        do { _ = try StridedNumbers.count(of: info.shape, limit: limit) } catch { throw error.at(file.name, name) }
        return Tensor(shape: info.shape, values: try await file.read(name, as: Float.self))
    }
}
