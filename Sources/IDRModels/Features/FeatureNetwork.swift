package import IDRPlan

/// A network that turns crops into feature vectors.
///
/// Which files make one is said by ``FeatureNetwork/kinds``.
package final class FeatureNetwork: Sendable {
    /// First part of the features' column names and the value of `Metadata_Model`.
    package let name: String
    package let featureCount: Int
    /// Side of the input in pixels.
    package let inputSize: Int
    /// No network for crops takes larger ones.
    private static let largestInput = 4096
    private static let usualInput = 224
    private let engine: Engine

    /// What a file holds.
    package enum Model: Sendable {
        case efficientNet(EfficientNet)
        /// An ONNX file with one input `[n, 3, side, side]`.
        case onnx([UInt8])
    }

    private enum Engine {
        case efficientNet(EfficientNetSession)
        /// Where the model's batch dimension is fixed to one, crops go one by one.
        case onnx(ONNXSession, input: String, output: String, takesBatches: Bool)
    }

    /// Reads the file at `path`; its ending decides what it is.
    /// - Throws: an ``IDRError`` where it is damaged or not such a network.
    package static func load(_ path: String, threads: Int = 1) async throws -> FeatureNetwork {
        do {
            let (model, name) = try await kind(of: path).read(path)
            switch model {
            case .efficientNet(let network): return FeatureNetwork(network, name: name, threads: threads)
            case .onnx(let bytes): return try FeatureNetwork(onnx: bytes, path: path, name: name, threads: threads)
            }
        } catch let error as IDRError {
            throw error.at(path)
        }
    }

    private init(_ network: EfficientNet, name: String, threads: Int) {
        self.name = name
        engine = .efficientNet(EfficientNetSession(network, threads: threads))
        inputSize = Self.usualInput
        featureCount = EfficientNet.featureCount
    }

    private init(onnx: [UInt8], path: String, name: String, threads: Int) throws(IDRError) {
        let session = try ONNXSession(model: onnx, name: path, threads: threads)
        guard session.inputs.count == 1, let port = session.inputs.first, port.isFloat, port.shape.count == 4, port.shape[1] ?? 3 == 3,
            let result = session.outputs.first(where: \.isFloat)
        else {
            throw IDRError(
                .invalidInput, "this network cannot profile crops", at: [path],
                because: "it takes \(session.inputs.map { "\($0.name) \($0.shape)" }), and one float input [n, 3, side, side] is needed")
        }
        let side = port.shape[3] ?? Self.usualInput
        guard 1...Self.largestInput ~= side else {
            throw IDRError(.invalidInput, "this network cannot profile crops", at: [path], because: "its input has a side of \(side) pixels")
        }
        engine = .onnx(session, input: port.name, output: result.name, takesBatches: port.shape[0] != 1)
        self.name = name
        inputSize = side
        let probe = try session.run(
            [port.name: Tensor(shape: [1, 3, side, side], values: [Float](repeating: 0, count: 3 * side * side))], outputs: [result.name])
        featureCount = probe[0].values.count
    }

    /// Features of `count` crops.
    /// - Parameter crops: `[count, inputSize, inputSize]`; the network's three colours are equal.
    /// - Returns: `[count, featureCount]`.
    package func features(of crops: [Float], count: Int) throws(IDRError) -> [Float] {
        guard count > 0 else { return [] }
        let size = inputSize * inputSize
        precondition(crops.count == count * size, "crops hold count * side * side values")
        switch engine {
        case .efficientNet(let session):
            return session.features(of: crops, count: count, side: inputSize)
        case .onnx(let session, let input, let output, let takesBatches):
            var features: [Float] = []
            for first in stride(from: 0, to: count, by: takesBatches ? count : 1) {
                let crops = (first..<(takesBatches ? count : first + 1)).map { crops[$0 * size..<($0 + 1) * size] }
                let colours = Tensor(shape: [crops.count, 3, inputSize, inputSize], values: crops.flatMap { $0 + $0 + $0 })
                features += try session.run([input: colours], outputs: [output])[0].values
            }
            guard features.count == count * featureCount else {
                throw IDRError(.invalidInput, "the network gives another number of features for \(count) crops than for one", at: [session.name])
            }
            return features
        }
    }
}
