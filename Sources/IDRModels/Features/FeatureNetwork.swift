import Foundation
import IDRHDF5
package import IDRPlan

/// A network that turns crops into feature vectors.
///
/// Three kinds of files make one: DeepProfiler's EfficientNet-B0 checkpoint (Keras `.h5`), EfficientNet-Lite0 (torch `.pth`), or any
/// ONNX model with one input `[n, 3, side, side]`.
package final class FeatureNetwork: Sendable {
    /// How the names of such files end.
    package static let endings = [".pth", ".h5", ".hdf5", ".onnx"]

    /// First part of the features' column names and the value of `Metadata_Model`.
    package let name: String
    package let featureCount: Int
    /// Side of the input in pixels.
    package let inputSize: Int
    /// No network for crops takes larger ones.
    private static let largestInput = 4096
    private let session: ONNXSession
    private let input: String
    private let output: String
    /// Where the model's batch dimension is fixed to one, crops go one by one.
    private let takesBatches: Bool

    /// Reads the file at `path`; its ending decides what it is.
    /// - Throws: an ``IDRError`` where it is damaged or not such a network.
    package static func load(_ path: String, threads: Int = 1) async throws -> FeatureNetwork {
        do {
            let (model, name) = try await graph(path)
            return try FeatureNetwork(model: model, path: path, name: name, threads: threads)
        } catch let error as IDRError {
            throw error.at(path)
        }
    }

    /// The file's network as an ONNX model, and what its features are called after.
    private static func graph(_ path: String) async throws -> (model: [UInt8], name: String) {
        let url = URL(fileURLWithPath: path)
        switch url.pathExtension.lowercased() {
        case "h5", "hdf5":
            let weights = try await KerasWeights(reading: path)
            let layers = weights.layers.map { (layer: $0.name, weights: $0.weights.map(\.tensor)) }
            return (try EfficientNet(b0: layers).model(input: .colour), "efficientnet")
        case "pth", "pt":
            return (try EfficientNet(lite0: TorchFile(reading: path).tensors).model(input: .colour), "efficientnet-lite0")
        case "onnx":
            guard let data = FileManager.default.contents(atPath: path) else {
                throw IDRError(.system, "a network cannot be read", fix: "check the file's permissions")
            }
            return ([UInt8](data), url.deletingPathExtension().lastPathComponent)
        default:
            throw IDRError(
                .invalidPlan, "this is no feature network", because: "its name ends with none of .h5, .pth and .onnx",
                fix: "give EfficientNet-B0 weights as Keras .h5, or a network as .onnx")
        }
    }

    private init(model: [UInt8], path: String, name: String, threads: Int) throws(IDRError) {
        let session = try ONNXSession(model: model, name: path, threads: threads)
        guard session.inputs.count == 1, let port = session.inputs.first, port.isFloat, port.shape.count == 4, port.shape[1] ?? 3 == 3,
            let result = session.outputs.first(where: \.isFloat)
        else {
            throw IDRError(
                .invalidInput, "this network cannot profile crops", at: [path],
                because: "it takes \(session.inputs.map { "\($0.name) \($0.shape)" }), and one float input [n, 3, side, side] is needed")
        }
        let side = port.shape[3] ?? 224
        guard 1...Self.largestInput ~= side else {
            throw IDRError(.invalidInput, "this network cannot profile crops", at: [path], because: "its input has a side of \(side) pixels")
        }
        self.session = session
        self.name = name
        input = port.name
        output = result.name
        inputSize = side
        takesBatches = port.shape[0] != 1
        let probe = try session.run(
            [port.name: Tensor(shape: [1, 3, side, side], values: [Float](repeating: 0, count: 3 * side * side))], outputs: [result.name])
        featureCount = probe[0].values.count
    }

    /// Features of `count` crops.
    /// - Parameter crops: `[count, 3, inputSize, inputSize]`.
    /// - Returns: `[count, featureCount]`.
    package func features(of crops: [Float], count: Int) throws(IDRError) -> [Float] {
        guard count > 0 else { return [] }
        let size = 3 * inputSize * inputSize
        precondition(crops.count == count * size, "crops hold count * 3 * side * side values")
        if takesBatches { return try run(crops, count: count) }
        var features: [Float] = []
        for index in 0..<count { features += try run(Array(crops[index * size..<(index + 1) * size]), count: 1) }
        return features
    }

    private func run(_ crops: [Float], count: Int) throws(IDRError) -> [Float] {
        let answer = try session.run([input: Tensor(shape: [count, 3, inputSize, inputSize], values: crops)], outputs: [output])[0].values
        guard answer.count == count * featureCount else {
            throw IDRError(.invalidInput, "the network gives another number of features for \(count) crops than for one", at: [session.name])
        }
        return answer
    }
}
