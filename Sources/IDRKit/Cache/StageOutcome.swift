package import IDRPlan
package import IDRRecord

/// What a stage gave on a recorded image, and the keys that stand for it: one a channel where each channel is computed by itself.
package struct StageOutcome: Codable, Sendable, Hashable {
    package var keys: [StageKey]
    /// By artifact, with the channel's number where each channel has its own: `frames/1`.
    package var gives: [String: Digest]

    /// Of every stage that `image` went through, in their order.
    package static func all(of image: ImageRecord, _ plan: ResolvedPlan, _ environment: RunEnvironment) throws -> [StageOutcome] {
        let keys = StageKeys(plan: plan, environment: environment)
        return try StageLoader.kinds(of: plan.plan).map { executor in
            StageOutcome(keys: try executor.keys(of: image, keys), gives: image.digests.stages[executor.stage.id] ?? [:])
        }
    }
}
