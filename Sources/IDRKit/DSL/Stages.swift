public import IDRPlan

extension Pipeline where Stage == Framed {
    /// Corrects uneven illumination with BaSiC. The frame's two neighbours are read with it.
    public func correct(_ behaviour: Behaviour = .standard) -> Pipeline<Corrected> {
        adding { $0.correction = Correction(behaviour: behaviour) }
    }

    /// Finds nuclei on the frames as they are, without correction.
    public func segment(
        channel: Channel = 1, diameter: Double? = nil, model: ModelReference = .nucleiSmall, sizeModel: ModelReference? = nil,
        flowThreshold: Double = Segmentation.publishedFlowThreshold,
        cellProbabilityThreshold: Double = Segmentation.publishedCellProbabilityThreshold, _ behaviour: Behaviour = .standard
    ) -> Pipeline<Segmented> {
        adding {
            $0.segmentation = Segmentation(
                channel: channel, model: model, sizeModel: sizeModel, diameter: diameter, flowThreshold: flowThreshold,
                cellProbabilityThreshold: cellProbabilityThreshold, behaviour: behaviour)
        }
    }
}

extension Pipeline where Stage == Corrected {
    /// Finds nuclei with a network of the Cellpose 2.1 architecture.
    /// - Parameters:
    ///   - channel: the one that shows nuclei, by number or by a name from the file or the study's table ("DAPI", "DNA").
    ///   - diameter: of a nucleus, in pixels; nil estimates it with the size model.
    ///   - model: the network's torch `.pth`; without it, the nuclei model that IDRKit ships.
    ///   - sizeModel: the network's size model `.npy`.
    ///   - flowThreshold: masks whose flows disagree with the network's by more are dropped.
    ///   - cellProbabilityThreshold: a logit; pixels above it belong to nuclei.
    public func segment(
        channel: Channel = 1, diameter: Double? = nil, model: ModelReference = .nucleiSmall, sizeModel: ModelReference? = nil,
        flowThreshold: Double = Segmentation.publishedFlowThreshold,
        cellProbabilityThreshold: Double = Segmentation.publishedCellProbabilityThreshold, _ behaviour: Behaviour = .standard
    ) -> Pipeline<Segmented> {
        Pipeline<Framed>(plan).segment(
            channel: channel, diameter: diameter, model: model, sizeModel: sizeModel, flowThreshold: flowThreshold,
            cellProbabilityThreshold: cellProbabilityThreshold, behaviour)
    }
}

extension Pipeline where Stage == Segmented {
    /// Describes each nucleus with deep features.
    /// - Parameters:
    ///   - channels: whose features are put side by side, in this order; without it, those of the configuration where it names
    ///     several, or else the one that was segmented.
    ///   - config: DeepProfiler's JSON configuration; without it, 128-pixel boxes and the image's own size.
    ///   - checkpoint: EfficientNet-B0 weights (Keras `.h5`) or a feature network (`.onnx`); without it, the checkpoint that the
    ///     configuration names, where it lies beside it, or else EfficientNet-Lite0 with its ImageNet weights.
    ///   - outlines: whether each nucleus' outline becomes the column `Object_Outline`.
    public func profile(
        channels: [Channel] = [], config: String? = nil, checkpoint: String? = nil, outlines: Bool = false, _ behaviour: Behaviour = .standard
    ) -> Pipeline<Profiled> {
        adding {
            $0.profiling = Profiling(
                channels: channels, configuration: config, network: checkpoint.map(ModelReference.path), outlines: outlines,
                behaviour: behaviour)
        }
    }
}
