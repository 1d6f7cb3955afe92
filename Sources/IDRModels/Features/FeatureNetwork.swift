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
    private let session: ONNXSession
    private let input: String
    private let output: String
    /// Where the model's batch dimension is fixed to one, crops go one by one.
    private let takesBatches: Bool

    /// Reads the file at `path`; its ending decides what it is.
    /// - Throws: an ``IDRError`` where it is damaged or not such a network.
    package static func load(_ path: String, threads: Int = 1) async throws -> FeatureNetwork {
        do {
            let (model, name) = try await kind(of: path).read(path)
            return try FeatureNetwork(model: model, path: path, name: name, threads: threads)
        } catch let error as IDRError {
            throw error.at(path)
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
