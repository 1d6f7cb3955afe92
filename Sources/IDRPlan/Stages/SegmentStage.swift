/// Nucleus segmentation with a network of the Cellpose 2.1 architecture (Pachitariu & Stringer 2022).
public struct Segmentation: Codable, Sendable, Hashable {
    /// The published run's flow-error threshold.
    public static let publishedFlowThreshold = 0.8
    /// The published run's cell-probability threshold (a logit).
    public static let publishedCellProbabilityThreshold = 0.0

    /// Diameters of a nucleus that can be meant, in pixels: a smaller one would scale an image up to gigabytes.
    public static let diameters = 3.0...1000.0

    /// The network that a plan takes where its script names none.
    public static let defaultModel = ModelReference.nuclei2
    /// Those that former releases took: scripts of their records name none either.
    package static let formerDefaultModels: [ModelReference] = [.nucleiSmall]

    /// How many wells of a plate give its diameter: the median of the first ones that have nuclei. The example's 16 images have 23.0 to 27.9
    /// pixels; where one well in ten shows debris of any size alone, one well is off by more than a tenth on 14 % of plates, the median of three
    /// on 3 %, of five on 0.7 %, of seven on 0.2 %.
    public static let wellsForDiameter = 5
    /// How many wells of a plate are tried for that, in the order of their names; later ones are not looked at. A first row of 24 wells without
    /// cells leaves eight.
    public static let wellsTriedForDiameter = 32

    /// The channel that shows nuclei.
    public var channel: Channel
    /// The network's weights, a torch `.pth`.
    public var model: ModelReference
    /// The size model's `.npy`; nil takes the one beside a named model. Unused where `diameter` is given.
    public var sizeModel: ModelReference?
    /// Diameter of a nucleus in pixels, one of ``diameters``; nil estimates it.
    public var diameter: Double?
    /// Masks whose flows differ from the network's by more than this (mean squared error) are dropped.
    public var flowThreshold: Double
    /// Pixels whose cell-probability logit is above this belong to nuclei.
    public var cellProbabilityThreshold: Double
    /// `compat`: the diameter is estimated for every image, in three network passes, and the network sees images in tiles of 224 pixels.
    /// `standard`: the diameter is estimated once for a plate, as the median of ``wellsForDiameter`` of its wells, and tiles are few and large.
    public var behaviour: Behaviour
    /// What an estimated diameter is for; nil: for a plate, or for an image with `compat`. Unused where `diameter` is given.
    public var estimate: DiameterEstimate?
    /// The numbers that the network computes with; nil: ``Precision/float32``.
    public var precision: Precision?

    /// The published segmentation with the changes that are given.
    public init(
        channel: Channel = 1, model: ModelReference = Segmentation.defaultModel, sizeModel: ModelReference? = nil, diameter: Double? = nil,
        flowThreshold: Double = Segmentation.publishedFlowThreshold,
        cellProbabilityThreshold: Double = Segmentation.publishedCellProbabilityThreshold, behaviour: Behaviour = .standard,
        estimate: DiameterEstimate? = nil, precision: Precision? = nil
    ) {
        self.channel = channel
        self.model = model
        self.sizeModel = sizeModel
        self.diameter = diameter
        self.flowThreshold = flowThreshold
        self.cellProbabilityThreshold = cellProbabilityThreshold
        self.behaviour = behaviour
        self.estimate = estimate
        // Who asks for what is the rule keeps the plan's identity.
        self.precision = precision == .float32 ? nil : precision
    }
}

/// What a diameter of nuclei is estimated for.
public enum DiameterEstimate: String, Codable, Sendable, Hashable {
    /// Each image has its own: right where magnifications are mixed on a plate, and for few images. It takes two more passes of the network
    /// an image.
    case perImage
}

extension Stage {
    package static let segment = Stage(
        "segment", "finds nuclei with a network of Cellpose's architecture (Pachitariu & Stringer 2022)", takes: [.frames],
        gives: [.labels, .locations], entry: "segmentation",
        parameters: [
            Parameter(
                "segmentation.channel", .text, "channel that shows nuclei", shows: [Artifact.frames.step, Artifact.labels.step]
            ) { plan in plan.segmentation.map { .text("\($0.channel)") } },
            Parameter("segmentation.behaviour", .text, "standard, or compat with the published run", shows: [Artifact.labels.step]) { plan in
                plan.segmentation.map { .text($0.behaviour.rawValue) }
            },
            Parameter(
                "segmentation.diameter", .float, unit: "pixels", range: Segmentation.diameters, "of a nucleus, in pixels",
                shows: [Artifact.labels.step]
            ) { plan in plan.segmentation.map { $0.diameter.map { .number($0) } ?? .text($0.estimated) } },
            Parameter(
                "segmentation.flowThreshold", .float, range: 0...1000, "largest mean squared error of a mask's flows", shows: [Artifact.labels.step]
            ) { plan in plan.segmentation.map { .number($0.flowThreshold) } },
            Parameter(
                "segmentation.cellProbabilityThreshold", .float, range: -1000...1000, "smallest logit of a nucleus' pixels",
                shows: [Artifact.labels.step]
            ) { plan in plan.segmentation.map { .number($0.cellProbabilityThreshold) } },
            Parameter("segmentation.precision", .text, "numbers that the network computes with", shows: [Artifact.labels.step]) { plan in
                plan.segmentation?.precision.map { .text($0.rawValue) }
            },
        ],
        models: [
            ModelRole("segmentation", entry: "segmentation.model", shows: Artifact.labels.step),
            ModelRole("segmentation-size", entry: "segmentation.sizeModel", shows: Artifact.labels.step),
        ], libraries: ["onnxruntime": Artifact.labels.step], isPart: { $0.segmentation != nil },
        summary: { plan in
            plan.plan.segmentation.map { stage in
                let diameter = stage.diameter.map { "diameter \($0) px" } ?? "diameter \(stage.estimated)"
                let precision = stage.precision.map { " in \($0.rawValue)" } ?? ""
                return "\(stage.model.name)\(precision), \(diameter), flow threshold \(stage.flowThreshold), \(stage.behaviour.rawValue)"
            }
        })

    /// The diameter that a plate's nuclei have, for all of the plate's images.
    package static let diameter = Stage(
        "diameter", "estimates the diameter of a plate's nuclei", takes: [.frames], gives: [], entry: "segmentation", models: segment.models,
        isPart: { $0.segmentation.map { $0.diameter == nil && $0.behaviour == .standard && $0.estimate == nil } ?? false })
}

extension Segmentation {
    /// How the diameter is come by where none is given, for people.
    fileprivate var estimated: String { estimate == .perImage ? "estimated for each image" : "estimated" }
}

extension Artifact {
    package static let labels = Artifact(
        "labels", "label images, by digest in the form of planes, int32", step: Step("segment"), endings: ["_masks.tif"])
    package static let locations = Artifact("locations", "centres of the nuclei as text", step: Step("locate"), endings: ["_Nuclei.csv"])
}
