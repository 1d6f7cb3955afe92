public import IDRPlan

/// What each stage made of one image, as SHA-256, by stage and artifact: where two runs part, the first digest that differs names the step.
///
/// In a record: `{"segment": {"labels": "...", "locations": "..."}, ...}`. An artifact of which each channel has its own is called
/// `frames/2`, with the channel's number. Records of format 3 hold the artifacts of that format in a form of their own, without names for
/// channels; they are read, and runs that make nothing else still write them.
public struct StageDigests: Sendable, Hashable {
    /// By stage, then by artifact.
    public private(set) var stages: [String: [String: Digest]] = [:]

    /// Nothing is known yet.
    public init() {}

    /// - Parameter channel: the number of the image's channel for an artifact of which each has its own.
    package subscript(_ artifact: Artifact, channel channel: Int? = nil) -> Digest? {
        get { Self.stage(of: artifact).flatMap { stages[$0]?[Self.name(artifact, channel)] } }
        set {
            guard let stage = Self.stage(of: artifact) else { return }
            stages[stage, default: [:]][Self.name(artifact, channel)] = newValue
        }
    }

    /// Every digest of an artifact: one, or one a channel in the order of their numbers.
    package func all(of artifact: Artifact) -> [Digest] {
        guard let stage = Self.stage(of: artifact), let named = stages[stage] else { return [] }
        guard artifact.isPerChannel else { return named[artifact.id].map { [$0] } ?? [] }
        let prefix = artifact.id + "/"
        let channels = named.compactMap { name, digest in name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)).map { ($0, digest) } : nil }
        return channels.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private static let stageOfArtifact: [String: String] = {
        Dictionary(Stage.all.flatMap { stage in stage.gives.map { ($0.id, stage.id) } }) { first, _ in first }
    }()

    private static func stage(of artifact: Artifact) -> String? { stageOfArtifact[artifact.id] }

    private static func name(_ artifact: Artifact, _ channel: Int?) -> String { channel.map { "\(artifact.id)/\($0)" } ?? artifact.id }
}

extension StageDigests {
    /// Digests of format 3: positions of ``corrected`` are those of the image's channels.
    struct Format3: Codable {
        var corrected: [Digest]
        var labels: Digest
        var locations: Digest
        var crops: Digest
        var features: Digest
    }

    /// - Parameter channels: numbers of the image's channels in the record's order.
    init(_ old: Format3, channels: [Int]) throws {
        guard old.corrected.count == channels.count else {
            throw IDRError(.invalidInput, "the digests of an image's frames are not those of its channels")
        }
        self.init()
        for (number, digest) in zip(channels, old.corrected) { self[.frames, channel: number] = digest }
        self[.labels] = old.labels
        self[.locations] = old.locations
        self[.crops] = old.crops
        self[.features] = old.features
    }

    /// The form of format 3; nil where it cannot say what is here.
    func format3(channels: [Int]) -> Format3? {
        guard self[.measurements] == nil, let labels = self[.labels], let locations = self[.locations], let crops = self[.crops],
            let features = self[.features]
        else { return nil }
        let corrected = channels.compactMap { self[.frames, channel: $0] }
        guard corrected.count == channels.count else { return nil }
        return Format3(corrected: corrected, labels: labels, locations: locations, crops: crops, features: features)
    }
}

extension StageDigests: Codable {
    /// The form of format 4, by name.
    public init(from decoder: any Decoder) throws { stages = try decoder.singleValueContainer().decode([String: [String: Digest]].self) }

    /// The form of format 4, by name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(stages)
    }
}
