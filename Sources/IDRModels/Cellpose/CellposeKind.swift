package import IDRImaging
package import IDRPlan

/// Networks of Cellpose 2.1, however their weights are kept.
package protocol CellposeNetworkKind: SegmenterKind {
    func network(_ path: String) throws(IDRError) -> CellposeNetwork
}

extension CellposeNetworkKind {
    package func load(_ path: String, sizeModel: String?) throws(IDRError) -> any Segmenter {
        let network = try network(path)
        return CellposeSegmenter(network: network, sizeModel: try sizeModel.map { path throws(IDRError) in try SizeModelWeights(reading: path) })
    }

    package func trial(of path: String) async throws -> ModelTrial.Answer {
        // A multiple of what any network of this kind halves its input by.
        let side = 64
        let answer = try network(path).run(Plane(height: side, width: side, pixels: ModelTrial.pattern(side * side)))
        return ModelTrial.Answer(numbers: answer.output + answer.style, style: answer.style.count)
    }
}

/// Networks of Cellpose 2.1, as torch saves them.
package struct CellposeKind: CellposeNetworkKind {
    package let kind = ModelFile.Kind.cellpose
    package let text = "Cellpose network"
    package let shortText: String? = "Cellpose"
    package let endings = [".pth"]
    package let marker: TorchMarker? = TorchMarker(tensor: "downsample.down.res_down_0.conv.conv_0.2.weight", of: "a Cellpose 2 network")

    package init() {}

    package func network(_ path: String) throws(IDRError) -> CellposeNetwork {
        try CellposeNetwork(stateDict: TorchFile(reading: path).tensors, name: path)
    }
}

/// Size models of Cellpose 2.1, as NumPy saves them: they go with a network.
package struct CellposeSizeModelKind: ModelKind {
    package let kind = ModelFile.Kind.sizeModel
    package let part = ModelPart.sizeModel
    package let text = "Cellpose size model"
    package let shortText: String? = "size model"
    package let endings = [".npy"]

    package init() {}

    package func trial(of path: String) async throws -> ModelTrial.Answer {
        ModelTrial.Answer(styleOfSizeModel: try SizeModelWeights(reading: path).A.count)
    }
}

extension ModelFile.Kind {
    package static let cellpose = Self(rawValue: "cellpose-network")
    package static let sizeModel = Self(rawValue: "size-model")
}

extension CellposeSegmenter: Segmenter {
    package func normalized(_ plane: Plane<UInt8>) -> Plane<Float> { Cellpose.normalized(plane) }
    package func normalized(_ plane: Plane<UInt16>) -> Plane<Float> { Cellpose.normalized(plane) }
    package func normalized(_ plane: Plane<Float>) -> Plane<Float> { Cellpose.normalized(plane) }

    package func diameter(of image: Plane<Float>, _ parameters: Segmentation) throws(IDRError) -> (pixels: Double, objects: Int) {
        let estimate = try estimateDiameter(image, parameters.tiling)
        return (estimate.refined, estimate.objects)
    }

    package func labels(of image: Plane<Float>, diameter: Double, _ parameters: Segmentation) throws(IDRError) -> LabelImage {
        try segment(
            image, diameter: diameter, flowThreshold: parameters.flowThreshold, cellProbabilityThreshold: parameters.cellProbabilityThreshold,
            parameters.tiling)
    }

    package func tile(of image: Plane<Float>, diameter: Double, _ parameters: Segmentation) -> (height: Int, width: Int)? {
        guard parameters.tiling != .published else { return nil }
        let layout = Self.layout(of: image, rescale: meanDiameter / diameter, parameters.tiling)
        return (layout.tileHeight, layout.tileWidth)
    }
}

extension Segmentation {
    fileprivate var tiling: Cellpose.Tiling { behaviour == .compat ? .published : .large }
}
