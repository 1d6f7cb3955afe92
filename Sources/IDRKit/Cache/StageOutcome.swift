package import IDRPlan
package import IDRRecord

/// What a stage gave on a recorded image, and the keys that stand for it: one a channel where each channel is computed by itself.
package struct StageOutcome: Codable, Sendable, Hashable {
    package var keys: [StageKey]
    /// By artifact, with the channel's number where each channel has its own: `frames/1`.
    package var gives: [String: Digest]

    /// Of every stage that `image` went through, in their order.
    package static func all(of image: ImageRecord, _ plan: ResolvedPlan, _ environment: RunEnvironment) throws -> [StageOutcome] {
        try all(of: image, StageKeys(plan: plan, environment: environment)).map(\.outcome)
    }

    static func all(of image: ImageRecord, _ keys: StageKeys) throws(IDRError) -> [(stage: String, outcome: StageOutcome)] {
        try StageLoader.kinds(of: keys.plan.plan).map { executor throws(IDRError) in
            let stage = executor.stage.id
            return (stage, StageOutcome(keys: try executor.keys(of: image, keys), gives: image.digests.stages[stage] ?? [:]))
        }
    }
}
