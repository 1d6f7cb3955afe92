public import IDRPlan

extension Pipeline where Stage == Framed {
    /// Corrects uneven illumination with BaSiC (Peng et al. 2017, <https://doi.org/10.1038/ncomms14836>) as PyBaSiC computes it.
    ///
    /// Three planes `[y, x]` are fitted together: the wanted frame and the two after it, or the two before it at the end of a movie; with
    /// several frames the whole movie; where there is no time, all fields of the well. Flatfield, darkfield and a baseline for each plane come
    /// from the fit. The corrected plane of an 8-bit one has 8 bits, 0...255: negative values are 0, and 255 is the largest value of the planes
    /// that were fitted together. One of more bits becomes 32-bit floating point in the unit of its pixels, negative values 0: four bytes a pixel,
    /// in memory, in the stage cache and as a kept frame. With ``Behaviour/compat`` all have 8 bits. Every channel that is used is corrected by itself.
    ///
    /// In a run, a frame that a movie has not is absent: it has no row, and the batch's record names it. Frames of one field are fitted together, so
    /// that one of them that cannot be read leaves out the others until it can.
    /// - Parameter behaviour: with ``Behaviour/compat`` every movie uses the first movie's smoothness penalties; see ``Correction/behaviour``.
    public func correct(_ behaviour: Behaviour = .standard) -> Pipeline<Corrected> {
        adding { $0.correction = Correction(behaviour: behaviour) }
    }
}

extension Pipeline where Stage: HasFrames {
    /// Finds nuclei with a network of the Cellpose 2.1 architecture (Stringer et al. 2021, <https://doi.org/10.1038/s41592-020-01018-x>).
    ///
    /// It works on corrected frames, or on the frames as they are where the pipeline has no `correct()`.
    /// Each plane `[y, x]` becomes a label image of the same size: 0 is background, 1...n are nuclei. Nuclei at the image's border are left
    /// out. A nucleus' centre, in pixels, is the mean of the points of its outline.
    ///
    /// In a run, a channel that an image has not makes that image fail, with an ``IDRError`` that names those it has.
    /// - Parameters:
    ///   - channel: the one that shows nuclei, by number from 1 or by a name from the file or the study's table ("DAPI", "DNA").
    ///   - diameter: of a nucleus, in pixels, 3 to 1,000; nil estimates it with the size model, once for each plate: the median of the first
    ///     ``Segmentation/wellsForDiameter`` wells of the study's table that have nuclei, at most ``Segmentation/wellsTriedForDiameter`` tried.
    ///     It does not depend on which wells the script selects.
    ///   - model: the network's torch `.pth`; without it, ``ModelReference/nuclei2``, which IDRKit ships.
    ///   - sizeModel: the network's size model `.npy`; without it, the one beside a named model.
    ///   - flowThreshold: masks whose flows disagree with the network's by more (mean squared error) are dropped.
    ///   - cellProbabilityThreshold: a logit; pixels above it belong to nuclei.
    ///   - precision: of the network's numbers; with ``Precision/int8`` the model's network of 8-bit whole numbers, less than half the time.
    ///   - behaviour: with ``Behaviour/compat`` the diameter is estimated for every image; see ``Segmentation/behaviour``.
    public func segment(
        channel: Channel = 1, diameter: Double? = nil, model: ModelReference = Segmentation.defaultModel, sizeModel: ModelReference? = nil,
        flowThreshold: Double = Segmentation.publishedFlowThreshold,
        cellProbabilityThreshold: Double = Segmentation.publishedCellProbabilityThreshold, precision: Precision = .float32,
        _ behaviour: Behaviour = .standard
    ) -> Pipeline<Segmented> {
        adding {
            $0.segmentation = Segmentation(
                channel: channel, model: model, sizeModel: sizeModel, diameter: diameter, flowThreshold: flowThreshold,
                cellProbabilityThreshold: cellProbabilityThreshold, behaviour: behaviour, precision: precision)
        }
    }

    /// The same with a diameter that is estimated for each image: `.segment(diameter: .perImage)`. Right where magnifications are mixed on a
    /// plate, and where a few images are all there is.
    /// - Parameters:
    ///   - channel: the one that shows nuclei.
    ///   - diameter: what it is estimated for.
    ///   - model: the network's torch `.pth`.
    ///   - sizeModel: the network's size model `.npy`.
    ///   - flowThreshold: masks whose flows disagree with the network's by more are dropped.
    ///   - cellProbabilityThreshold: a logit; pixels above it belong to nuclei.
    ///   - precision: of the network's numbers.
    ///   - behaviour: see ``Segmentation/behaviour``.
    public func segment(
        channel: Channel = 1, diameter: DiameterEstimate, model: ModelReference = Segmentation.defaultModel, sizeModel: ModelReference? = nil,
        flowThreshold: Double = Segmentation.publishedFlowThreshold,
        cellProbabilityThreshold: Double = Segmentation.publishedCellProbabilityThreshold, precision: Precision = .float32,
        _ behaviour: Behaviour = .standard
    ) -> Pipeline<Segmented> {
        adding {
            $0.segmentation = Segmentation(
                channel: channel, model: model, sizeModel: sizeModel, flowThreshold: flowThreshold,
                cellProbabilityThreshold: cellProbabilityThreshold, behaviour: behaviour, estimate: diameter, precision: precision)
        }
    }
}

extension Pipeline where Stage == Segmented {
    /// Measures each nucleus as CellProfiler 4.2.8 does (Stirling et al. 2021, <https://doi.org/10.1186/s12859-021-04344-9>).
    ///
    /// Tables get the columns `AreaShape_Area` (square pixels), `AreaShape_Perimeter` (pixels) and `Intensity_MeanIntensity_<channel>` (of the
    /// brightest that the number type of the pixels holds, 0...1), and `Location_Center_X` and `_Y` are then the centres of the masks instead of the
    /// means of the outlines. A pipeline may end here, or go on with `profile()`.
    /// - Parameter channels: whose intensities are measured; without it, the one that was segmented.
    public func measure(channels: [Channel] = []) -> Pipeline<Measured> { adding { $0.measuring = Measuring(channels: channels) } }
}

extension Pipeline where Stage: HasNuclei {
    /// Describes each nucleus with deep features, as DeepProfiler's `profile` command does (Moshkov et al. 2024,
    /// <https://doi.org/10.1038/s41467-024-45999-1>).
    ///
    /// A box around each nucleus' centre is scaled to the network's input and goes through the network, channel by channel. A nucleus gets
    /// one row with the network's features of each channel: 1,280 for EfficientNet-B0 and EfficientNet-Lite0. A crop whose pixels are all
    /// equal has no features (NaN), and the record counts such nuclei.
    /// - Parameters:
    ///   - channels: whose features are put side by side, in this order; without it, those of the configuration where it names
    ///     several, or else the one that was segmented.
    ///   - config: DeepProfiler's JSON configuration; without it, 128-pixel boxes and the image's own size.
    ///   - checkpoint: path of EfficientNet-B0 weights (Keras `.h5`) or a feature network (`.onnx`); without it, the checkpoint that the
    ///     configuration names, where it lies beside it, or else EfficientNet-Lite0 with its ImageNet weights.
    ///   - outlines: whether each nucleus' outline becomes the column `Object_Outline`.
    ///   - behaviour: with ``Behaviour/compat`` long outlines are elided; see ``Profiling/behaviour``.
    public func profile(
        channels: [Channel] = [], config: String? = nil, checkpoint: String? = nil, outlines: Bool = false, _ behaviour: Behaviour = .standard
    ) -> Pipeline<Profiled> {
        profiling(channels, config, checkpoint.map(ModelReference.path), outlines, behaviour)
    }

    /// The same with a network that is named: `.profile(checkpoint: .named("my-features"))`.
    /// - Parameters:
    ///   - channels: whose features are put side by side, in this order.
    ///   - config: DeepProfiler's JSON configuration.
    ///   - checkpoint: a named model that is a feature network, or the path of one.
    ///   - outlines: whether each nucleus' outline becomes the column `Object_Outline`.
    ///   - behaviour: with ``Behaviour/compat`` long outlines are elided; see ``Profiling/behaviour``.
    public func profile(
        channels: [Channel] = [], config: String? = nil, checkpoint: ModelReference, outlines: Bool = false, _ behaviour: Behaviour = .standard
    ) -> Pipeline<Profiled> {
        profiling(channels, config, checkpoint, outlines, behaviour)
    }

    private func profiling(
        _ channels: [Channel], _ config: String?, _ network: ModelReference?, _ outlines: Bool, _ behaviour: Behaviour
    ) -> Pipeline<Profiled> {
        adding {
            $0.profiling = Profiling(channels: channels, configuration: config, network: network, outlines: outlines, behaviour: behaviour)
        }
    }
}
