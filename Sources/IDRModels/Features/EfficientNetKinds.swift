import IDRPlan

/// EfficientNet-Lite0, as torch saves it under the names of `efficientnet_lite_pytorch`.
package struct EfficientNetLite0Kind: FeatureNetworkKind {
    package let kind = ModelFile.Kind.efficientNetLite0
    package let text = "EfficientNet-Lite0"
    package let shortText: String? = "EfficientNet-Lite0"
    package let endings = [".pth"]
    package let otherEndings = [".pt"]
    package let marker: TorchMarker? = TorchMarker(tensor: "_conv_stem.weight", of: "EfficientNet-Lite0")

    package init() {}

    package func read(_ path: String) async throws -> (model: FeatureNetwork.Model, name: String) {
        (.efficientNet(try EfficientNet(lite0: TorchFile(reading: path).tensors)), "efficientnet-lite0")
    }
}

/// EfficientNet-B0, DeepProfiler's checkpoint, as Keras saves it.
package struct EfficientNetB0Kind: FeatureNetworkKind {
    package let kind = ModelFile.Kind.efficientNetB0
    package let text = "EfficientNet-B0"
    package let shortText: String? = "EfficientNet-B0"
    package let endings = [".h5", ".hdf5"]

    package init() {}

    package func read(_ path: String) async throws -> (model: FeatureNetwork.Model, name: String) {
        let weights = try await KerasWeights(reading: path)
        let layers = weights.layers.map { (layer: $0.name, weights: $0.weights.map(\.tensor)) }
        return (.efficientNet(try EfficientNet(b0: layers)), "efficientnet")
    }
}

extension ModelFile.Kind {
    package static let efficientNetLite0 = Self(rawValue: "efficientnet-lite0")
    package static let efficientNetB0 = Self(rawValue: "efficientnet-b0")
}
