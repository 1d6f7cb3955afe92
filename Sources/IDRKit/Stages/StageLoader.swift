import IDRPlan

/// The executors of a plan's stages, with their models in memory, shared by all images.
struct StageLoader {
    /// Every kind of executor; the order of stages is that of their declarations.
    private static let all: [any StageExecutor.Type] = [CorrectExecutor.self, SegmentExecutor.self, MeasureExecutor.self, ProfileExecutor.self]

    /// Those of a plan's stages, in the order in which they run.
    static func kinds(of plan: Plan) -> [any StageExecutor.Type] {
        Stage.all(of: plan).compactMap { stage in all.first { $0.stage.id == stage.id } }
    }

    /// Reads the models that a plan names. Each session has one thread: images side by side use the cores better than threads inside an image.
    static func load(_ resolution: Resolution) async throws -> [any StageExecutor] {
        var loaded: [any StageExecutor] = []
        for kind in kinds(of: resolution.plan.plan) { loaded.append(try await kind.init(loading: resolution)) }
        return loaded
    }
}
