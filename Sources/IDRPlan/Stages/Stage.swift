/// A stage of the pipeline, declared once: what it takes and gives, what decides it, and how people are told of it.
///
/// Order, timings, keys of the stage cache, `plan`, `why`, crates and causes of differences are loops over ``all``; what computes a stage is
/// an executor of that stage. A new stage is a file beside this one and its place in ``all``.
package struct Stage: Sendable {
    /// Its name in timings, keys, records and crates: `correct`.
    package let id: String
    /// What it does, one clause: "corrects the illumination of each frame".
    package let description: String
    /// What it works on. An artifact that no stage of a plan gives stands for its ``Artifact/otherwise``, or is left out.
    package let takes: [Artifact]
    package let gives: [Artifact]
    /// The plan's entry that asks for it: `correction`; nil: every plan does.
    package let entry: String?
    package let parameters: [Parameter]
    /// Files that decide its numbers.
    package let models: [ModelRole]
    /// Libraries that it calls, by the stem of their files, with where another version shows first.
    package let libraries: [String: Step]
    /// Whether its results are kept in the stage cache; nil: they are. Otherwise why every run does it, for people.
    package let repeats: String?
    /// Whether a plan asks for it.
    package let isPart: @Sendable (Plan) -> Bool
    /// Its line in `plan`; nil: it has none.
    package let summary: @Sendable (ResolvedPlan) -> String?

    package init(
        _ id: String, _ description: String, takes: [Artifact], gives: [Artifact], entry: String? = nil, parameters: [Parameter] = [],
        models: [ModelRole] = [], libraries: [String: Step] = [:], repeats: String? = nil, isPart: @escaping @Sendable (Plan) -> Bool = { _ in true },
        summary: @escaping @Sendable (ResolvedPlan) -> String? = { _ in nil }
    ) {
        self.id = id
        self.description = description
        self.takes = takes
        self.gives = gives
        self.entry = entry
        self.parameters = parameters
        self.models = models
        self.libraries = libraries
        self.repeats = repeats
        self.isPart = isPart
        self.summary = summary
    }
}

extension Stage {
    /// In the order of the pipeline.
    package static let all: [Stage] = [.fetch, .correct, .segment, .measure, .profile, .write]

    /// Stages of values that several images share, each computed once.
    package static let shared: [Stage] = [.diameter]

    /// The stages that `plan` asks for, in order.
    package static func all(of plan: Plan) -> [Stage] { all.filter { $0.isPart(plan) } }

    /// The stage that loads the file of a role.
    package static func using(role: String) -> Stage? { all.first { $0.models.contains { $0.id == role } } }

    /// Where another version of a library shows first; nil: nobody has declared that, so anywhere.
    package static func steps(ofLibrary stem: String) -> [Step]? {
        // Digests only.
        if stem == "crypto" { return [] }
        let steps = all.compactMap { $0.libraries[stem] }
        return steps.isEmpty ? nil : steps
    }

    /// What the stage takes in `plan`.
    package func takes(in plan: Plan) -> [Artifact] {
        let given = Set(Stage.all(of: plan).flatMap(\.gives))
        return takes.compactMap { artifact in
            if given.contains(artifact) || artifact.isOutside { return artifact }
            return Artifact.all.first { $0.id == artifact.otherwise }
        }
    }

    /// The stage of `plan` that made a file of a batch, by the file's name: the one whose artifact has the longest ending that fits.
    package static func making(_ name: String, in plan: Plan) -> Stage? {
        let stages = all(of: plan)
        let fitting = stages.flatMap { stage in
            stage.gives.flatMap { artifact in artifact.endings.filter(name.hasSuffix).map { (stage: stage, length: $0.utf8.count) } }
        }
        // Of equal endings the later stage: corrected frames are called what frames are.
        guard let longest = fitting.map(\.length).max() else { return stages.last }
        return fitting.last { $0.length == longest }?.stage
    }
}

/// A file that decides a stage's numbers, by what it is for.
package struct ModelRole: Sendable {
    /// `segmentation-size`: in plans, records and keys.
    package let id: String
    /// The plan's entry that names it: `segmentation.sizeModel`.
    package let entry: String
    /// Where another file shows first.
    package let steps: [Step]

    package init(_ id: String, entry: String, shows steps: Step...) {
        self.id = id
        self.entry = entry
        self.steps = steps
    }
}
