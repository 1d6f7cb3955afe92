import IDRPlan

/// A kind of file that makes a ``FeatureNetwork``.
///
/// A new one is a type that conforms, and its entry in ``FeatureNetwork/kinds``.
package protocol FeatureNetworkKind: ModelKind {
    /// Reads the file at `path`.
    /// - Returns: the network, and what its features are called after.
    /// - Throws: an ``IDRError`` where the file is damaged, or not of this kind.
    func read(_ path: String) async throws -> (model: FeatureNetwork.Model, name: String)
}

extension FeatureNetworkKind {
    package var part: ModelPart { .features }

    package func trial(of path: String) async throws -> ModelTrial.Answer {
        let network = try await FeatureNetwork.load(path)
        // Two, as a network may take one only.
        let crops = ModelTrial.pattern(2 * network.inputSize * network.inputSize)
        return ModelTrial.Answer(numbers: try network.features(of: crops, count: 2))
    }
}

extension FeatureNetwork {
    /// The kinds of files that make one.
    package static let kinds: [any FeatureNetworkKind] = [EfficientNetLite0Kind(), EfficientNetB0Kind(), ONNXFeaturesKind()]

    /// How the names of such files end.
    package static var endings: [String] { kinds.flatMap(\.endings) }

    /// The kind of the file at `path`; its ending says it, in capitals too.
    static func kind(of path: String) throws(IDRError) -> any FeatureNetworkKind {
        if let index = try ModelKinds.index(of: path, ending: ModelFile.ending(of: path).lowercased(), among: kinds) { return kinds[index] }
        // The shortest first.
        let usual = kinds.map(\.endings[0]).sorted { $0.utf8.count < $1.utf8.count }
        throw IDRError(
            .invalidPlan, "this is no feature network",
            because: "its name ends with none of \(usual.dropLast().joined(separator: ", ")) and \(usual.last ?? "")",
            fix: "give EfficientNet-B0 weights as Keras .h5, or a network as .onnx")
    }
}
