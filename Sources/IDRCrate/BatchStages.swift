import IDRPlan
import IDRRecord

/// The stages of one batch in its crate: a program, a step and an action each.
struct BatchStages {
    let plan: Plan
    let record: BatchRecord
    let inputs: [CrateInput]
    let materials: CrateMaterials
    /// Each with the id of the stage that made it.
    let outputs: [(stage: String, value: LinkedValue)]

    private var stages: [Stage] { Stage.all(of: plan) }

    /// Adds the formal parameters of what goes from stage to stage.
    func addTools(to graph: inout LinkedGraph) -> [CrateSoftware.Tool] {
        let things = Set(stages.flatMap { $0.takes(in: plan) + $0.gives })
        for thing in Artifact.all where things.contains(thing) {
            CrateParameters.addFormal(thing.id, type: thing.crateType, says: thing.description, to: &graph)
        }
        return stages.map { stage in
            CrateSoftware.Tool(
                name: stage.id, description: stage.description,
                inputs: stage.takes(in: plan).map(\.formal) + inputs.filter { $0.stages.contains(stage.id) }.map(\.formal),
                outputs: stage.gives.map(\.formal))
        }
    }

    /// - Returns: `@id`s of the calls.
    func addActions(_ tools: [CrateSoftware.Tool], agent: LinkedValue?, to graph: inout LinkedGraph) -> [String] {
        zip(stages, tools).map { stage, tool in graph.add(action(stage, tool, &graph), called: stage.id, step: tool, agent: agent) }
    }

    private func action(_ stage: Stage, _ tool: CrateSoftware.Tool, _ graph: inout LinkedGraph) -> CrateAction {
        var action = CrateAction(name: "\(stage.id) of batch \(record.batch)", description: tool.description, instrument: tool.id)
        action.objects = stage.takes(in: plan).flatMap { materials[$0] } + inputs.filter { $0.stages.contains(stage.id) }.map(\.value)
        action.results = stage.gives.flatMap { materials[$0] } + outputs.filter { $0.stage == stage.id }.map(\.value)
        guard let timing = record.stages.first(where: { $0.stage == stage.id }) else {
            action.status = record.failure == nil ? nil : .potential
            action.description = "No image came through this stage: \(tool.description)."
            return action
        }
        let reused = record.images.count { $0.reused?.contains(stage.id) == true }
        if reused > 0 { action.description = "\(tool.description); \(reused) of \(record.images.count) images have a result that was kept before" }
        action.began = timing.startedAt
        action.ended = timing.finishedAt
        // Of a failed batch it is known which stages ran, and not which one failed.
        action.status = record.failure == nil ? .completed : nil
        let isReading = stage.gives.contains(.planes)
        let bytes: Int? =
            if isReading {
                record.images.reduce(0) { $0 + $1.input.transfer.bytes }
            } else if stage.gives.contains(.tables) {
                record.outputs.reduce(0) { $0 + $1.file.bytes }
            } else {
                nil
            }
        // Reading was not counted by former releases.
        let cpu = isReading && timing.cpuSeconds == 0 ? nil : timing.cpuSeconds
        action.more["resourceUsage"] = graph.addUsage(of: "usage/\(stage.id)", wall: timing.wallSeconds, cpu: cpu, bytes: bytes)
        return action
    }
}
