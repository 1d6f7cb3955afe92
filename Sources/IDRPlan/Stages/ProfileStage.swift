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

extension Stage {
    package static let profile = Stage(
        "profile", "cuts out each nucleus and computes its features, as DeepProfiler does", takes: [.frames, .labels, .locations],
        gives: [.crops, .features], entry: "profiling",
        parameters: [
            Parameter(
                "profiling.channels", .text, "channels whose features stand side by side", shows: [Artifact.frames.step, Artifact.crops.step]
            ) { plan in
                plan.profiling.map { .channels($0.channels, otherwise: "those of the configuration, or the one that was segmented") }
            },
            Parameter(
                "profiling.outlines", .boolean, "whether outlines are a column of the table", alsoDecides: ["write"], shows: [Artifact.tables.step]
            ) { plan in plan.profiling.map { .flag($0.outlines) } },
            Parameter(
                "profiling.behaviour", .text, "standard, or compat with the published run", alsoDecides: ["write"],
                shows: [Artifact.locations.step, Artifact.tables.step]
            ) { plan in plan.profiling.map { .text($0.behaviour.rawValue) } },
        ],
        models: [
            ModelRole("profiling", entry: "profiling.network", shows: Artifact.features.step),
            ModelRole("profiling-configuration", entry: "profiling.configuration", shows: Artifact.frames.step, Artifact.crops.step),
        ], libraries: ["onnxruntime": Artifact.features.step], isPart: { $0.profiling != nil },
        summary: { plan in
            plan.plan.profiling.map { stage in
                // A plan may leave the network's choice to the configuration.
                let network = stage.network?.name ?? plan.models.first { $0.role == "profiling" }?.name ?? "default"
                return "\(network), \(stage.behaviour.rawValue)"
            }
        })
}

extension Artifact {
    package static let crops = Artifact(
        "crops", "crops of the nuclei as the network took them, float32, little-endian", step: Step("crop"))
    package static let features = Artifact("features", "features [nucleus, feature], float32, little-endian", step: Step("profile"))
}
