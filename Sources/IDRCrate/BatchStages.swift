import IDRPlan
import IDRRecord

/// The stages of one batch in its crate: a program, a step and an action each.
struct BatchStages {
    let plan: Plan
    let record: BatchRecord
    let inputs: [CrateInput]
    let materials: CrateMaterials
    let outputs: [(stage: CrateStage, value: LinkedValue)]

    private var stages: [CrateStage] { CrateStage.all(of: plan) }

    /// Adds the formal parameters of what goes from stage to stage.
    func addTools(to graph: inout LinkedGraph) -> [CrateSoftware.Tool] {
        let things = stages.map { $0.things(plan) }
        for thing in CrateThing.allCases where things.contains(where: { ($0.taken + $0.given).contains(thing) }) {
            CrateParameters.addFormal(thing.rawValue, type: thing.type, says: thing.description, to: &graph)
        }
        return zip(stages, things).map { stage, things in
            CrateSoftware.Tool(
                name: stage.rawValue, description: stage.description,
                inputs: things.taken.map(\.formal) + inputs.filter { $0.stages.contains(stage) }.map(\.formal), outputs: things.given.map(\.formal))
        }
    }

    /// - Returns: `@id`s of the calls.
    func addActions(_ tools: [CrateSoftware.Tool], agent: LinkedValue?, to graph: inout LinkedGraph) -> [String] {
        zip(stages, tools).map { stage, tool in graph.add(action(stage, tool, &graph), called: stage.rawValue, step: tool, agent: agent) }
    }

    private func action(_ stage: CrateStage, _ tool: CrateSoftware.Tool, _ graph: inout LinkedGraph) -> CrateAction {
        let (taken, given) = stage.things(plan)
        var action = CrateAction(name: "\(stage.rawValue) of batch \(record.batch)", description: tool.description, instrument: tool.id)
        action.objects = taken.flatMap { materials[$0] } + inputs.filter { $0.stages.contains(stage) }.map(\.value)
        action.results = given.flatMap { materials[$0] } + outputs.filter { $0.stage == stage }.map(\.value)
        guard let timing = record.stages.first(where: { $0.stage == stage.rawValue }) else {
            action.status = record.failure == nil ? nil : .potential
            action.description = "No image came through this stage: \(tool.description)."
            return action
        }
        let reused = record.images.count { $0.reused?.contains(stage.rawValue) == true }
        if reused > 0 { action.description = "\(tool.description); \(reused) of \(record.images.count) images have a result that was kept before" }
        action.began = timing.startedAt
        action.ended = timing.finishedAt
        // Of a failed batch it is known which stages ran, and not which one failed.
        action.status = record.failure == nil ? .completed : nil
        let bytes: Int? =
            switch stage {
            case .fetch: record.images.reduce(0) { $0 + $1.input.transfer.bytes }
            case .write: record.outputs.reduce(0) { $0 + $1.bytes }
            default: nil
            }
        // The seconds of reading are waiting, and nobody counts its processor time.
        let cpu = stage == .fetch ? nil : timing.cpuSeconds
        action.more["resourceUsage"] = graph.addUsage(of: "usage/\(stage.rawValue)", wall: timing.wallSeconds, cpu: cpu, bytes: bytes)
        return action
    }
}
