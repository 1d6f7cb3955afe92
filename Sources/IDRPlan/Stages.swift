/// Illumination correction with BaSiC (Peng et al. 2017) as PyBaSiC computes it.
public struct Correction: Codable, Sendable, Hashable {
    /// `compat`: every movie after the plan's first reuses the first movie's smoothness penalties, as a long-lived
    /// IDR_stream process did. `standard`: each movie has its own.
    public var behaviour: Behaviour

    /// The published correction, by default without its carried-over penalties.
    public init(behaviour: Behaviour = .standard) { self.behaviour = behaviour }
}

/// Nucleus segmentation with a network of the Cellpose 2.1 architecture (Pachitariu & Stringer 2022).
public struct Segmentation: Codable, Sendable, Hashable {
    /// The published run's flow-error threshold.
    public static let publishedFlowThreshold = 0.8
    /// The published run's cell-probability threshold (a logit).
    public static let publishedCellProbabilityThreshold = 0.0

    /// The channel that shows nuclei.
    public var channel: Channel
    /// The network's weights, a torch `.pth`.
    public var model: ModelReference
    /// The size model's `.npy`; nil takes the one beside a named model. Unused where `diameter` is given.
    public var sizeModel: ModelReference?
    /// Diameter of a nucleus in pixels; nil estimates it.
    public var diameter: Double?
    /// Masks whose flows differ from the network's by more than this (mean squared error) are dropped.
    public var flowThreshold: Double
    /// Pixels whose cell-probability logit is above this belong to nuclei.
    public var cellProbabilityThreshold: Double
    /// `compat`: the diameter is estimated for every image, in three network passes.
    /// `standard`: the diameter is estimated once for a plate, on the first well that the plan takes from it.
    public var behaviour: Behaviour

    /// The published segmentation with the changes that are given.
    public init(
        channel: Channel = 1, model: ModelReference = .nucleiSmall, sizeModel: ModelReference? = nil, diameter: Double? = nil,
        flowThreshold: Double = Segmentation.publishedFlowThreshold,
        cellProbabilityThreshold: Double = Segmentation.publishedCellProbabilityThreshold, behaviour: Behaviour = .standard
    ) {
        self.channel = channel
        self.model = model
        self.sizeModel = sizeModel
        self.diameter = diameter
        self.flowThreshold = flowThreshold
        self.cellProbabilityThreshold = cellProbabilityThreshold
        self.behaviour = behaviour
    }
}

/// Deep features of each nucleus, as DeepProfiler's `profile` command computes them.
public struct Profiling: Codable, Sendable, Hashable {
    /// Channels whose features are put side by side, in this order; empty: those of the configuration where it names several,
    /// or else the one that was segmented.
    public var channels: [Channel]
    /// DeepProfiler's JSON configuration; nil: 128-pixel boxes and the image's own size.
    public var configuration: String?
    /// Weights of EfficientNet-B0 (Keras `.h5`), or a feature network (`.onnx`), or a named model. nil: the checkpoint that the
    /// configuration names, where it lies beside it, or else EfficientNet-Lite0.
    public var network: ModelReference?
    /// Whether each nucleus' outline becomes a column of the table.
    public var outlines: Bool
    /// `compat` elides outlines of more than 500 points, as NumPy's text form did (data loss). `standard` keeps every point.
    public var behaviour: Behaviour

    /// The published profiling with the changes that are given.
    public init(
        channels: [Channel] = [], configuration: String? = nil, network: ModelReference? = nil, outlines: Bool = false,
        behaviour: Behaviour = .standard
    ) {
        self.channels = channels
        self.configuration = configuration
        self.network = network
        self.outlines = outlines
        self.behaviour = behaviour
    }
}
