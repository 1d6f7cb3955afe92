/// Something that goes from stage to stage, or comes out in the end. What one stage gives under a name, the next takes under that name.
package struct Artifact: Sendable, Hashable {
    /// Its name in records and crates: `labels`.
    package let id: String
    /// One of them, for people: `frame`.
    package let noun: String
    /// What it is, in words.
    package let description: String
    /// The step at which two runs part that have another one.
    package let step: Step
    /// Whether each channel of an image has its own.
    package let isPerChannel: Bool
    /// What is taken in its place where a plan has no stage that gives it.
    package let otherwise: String?
    /// Endings of its files in a batch's folder, where they are kept.
    package let endings: [String]
    /// Whether it is there before the pipeline begins.
    package let isOutside: Bool

    package init(
        _ id: String, one noun: String? = nil, _ description: String, step: Step, isPerChannel: Bool = false, otherwise: Artifact? = nil,
        endings: [String] = [], isOutside: Bool = false
    ) {
        self.id = id
        self.noun = noun ?? id
        self.description = description
        self.step = step
        self.isPerChannel = isPerChannel
        self.otherwise = otherwise?.id
        self.endings = endings
        self.isOutside = isOutside
    }

    /// Every artifact of the pipeline, in the order in which they come to be.
    package static let all: [Artifact] = {
        var all: [Artifact] = []
        for artifact in Stage.all.flatMap({ $0.takes.filter(\.isOutside) + $0.gives }) where !all.contains(artifact) { all.append(artifact) }
        return all
    }()
}

/// Where two runs can part: the name of the act that makes an artifact, finer than a stage. Steps are in the order of the pipeline.
package struct Step: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) { self.name = name }

    /// The image is in one of the runs only.
    package static let select = Step("select")

    /// The tables are written.
    package static let write = Artifact.tables.step

    /// Every step, in order.
    package static let all: [Step] = {
        var all = [Step.select]
        for step in Stage.all.flatMap(\.gives).map(\.step) where !all.contains(step) { all.append(step) }
        return all
    }()

    package var description: String { name }

    package static func < (left: Step, right: Step) -> Bool { left.place < right.place }

    private var place: Int { Self.all.firstIndex(of: self) ?? Self.all.count }

    package init(from decoder: any Decoder) throws { name = try decoder.singleValueContainer().decode(String.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
