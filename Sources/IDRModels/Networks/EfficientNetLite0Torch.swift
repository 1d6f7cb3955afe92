package import IDRPlan

extension EfficientNet {
    /// EfficientNet-Lite0 from a PyTorch state dictionary with the names of the package `efficientnet_lite_pytorch`.
    ///
    /// Tensors that the network does not have are ignored. The features agree with the published weights' reference for the
    /// normalisation's epsilon of TensorFlow (1e-3) and its SAME padding.
    ///
    /// - Throws: ``IDRError`` that names the first tensor that is missing or of another shape.
    package init(lite0 stateDict: [NamedTensor]) throws(IDRError) {
        let state = StateDict(stateDict, of: "EfficientNet-Lite0")
        func unit(_ conv: String, _ norm: String, shape: [Int]) throws(IDRError) -> EfficientNetWeights.Unit {
            let layer = Convolution(weights: try state.tensor("\(conv).weight", shape: shape), bias: nil)
            return EfficientNetWeights.Unit(
                layer: layer, norm: try state.batchNormalization(norm, channels: shape[0], epsilon: EfficientNetShape.epsilon))
        }
        let stem = try unit("_conv_stem", "_bn0", shape: [EfficientNetShape.stem, EfficientNetShape.colours, 3, 3])
        let blocks = try zip(0..., EfficientNetShape.blocks).map { (index, shape) throws(IDRError) in
            let name = "_blocks.\(index)."
            let (width, kernel) = (shape.width, shape.kernel)
            let expand = shape.expansion == 1 ? nil : try unit(name + "_expand_conv", name + "_bn0", shape: [width, shape.inputs, 1, 1])
            return EfficientNetWeights.Block(
                shape: shape, expand: expand,
                depthwise: try unit(name + "_depthwise_conv", name + "_bn1", shape: [width, 1, kernel, kernel]), squeeze: nil,
                project: try unit(name + "_project_conv", name + "_bn2", shape: [shape.outputs, width, 1, 1]))
        }
        let top = try unit("_conv_head", "_bn1", shape: [EfficientNet.featureCount, EfficientNetShape.last, 1, 1])
        let classifier = state.optional("_fc.weight") == nil ? nil : try state.layer("_fc", shape: [nil, EfficientNet.featureCount])
        self.init(variant: .lite0, weights: EfficientNetWeights(stem: stem, blocks: blocks, top: top, classifier: classifier))
    }
}
