import IDRPlan
import IDRRecord

/// Something that a workflow takes: the stages that use it, its formal parameter's `@id`, and what it was.
struct CrateInput {
    var stages: [CrateStage] = []
    let formal: String
    let value: LinkedValue
}

/// What a run was asked for, value by value: parameters of the workflow and of its stages.
struct CrateParameters {
    /// A parameter with its value.
    struct Parameter {
        let name: String
        /// `Text`, `Integer`, `Float`, `Boolean`.
        let type: String
        let value: LinkedValue
        /// Stages that it decides.
        let stages: [CrateStage]
        let description: String
    }

    let parameters: [Parameter]

    /// - Parameter plan: the resolved plan's.
    init(_ plan: Plan) throws {
        var all: [Parameter] = []
        func add(_ name: String, _ type: String, _ value: LinkedValue, _ stages: CrateStage..., says description: String) {
            all.append(Parameter(name: name, type: type, value: value, stages: stages, description: description))
        }
        add("screen", "Text", .text(plan.screen), .fetch, says: "screen as IDR names it")
        let steps = try CanonicalJSON.line(plan.selection).dropLast()
        add("selection", "Text", .text(String(decoding: steps, as: UTF8.self)), .fetch, says: "steps that chose the wells, as JSON")
        add("fields", "Integer", .list(plan.fields.map(LinkedValue.integer)), .fetch, says: "fields of view, from 1")
        add("frames", "Integer", .list(plan.frames.map(LinkedValue.integer)), .fetch, .correct, says: "frames of each movie, from 1")
        add("slice", "Integer", .integer(plan.slice), .fetch, says: "slice of stacks, from 1")
        if let correction = plan.correction {
            add("correction.behaviour", "Text", .text(correction.behaviour.rawValue), .correct, says: "standard, or compat with the published run")
        }
        if let stage = plan.segmentation {
            add("segmentation.channel", "Text", .text("\(stage.channel)"), .segment, says: "channel that shows nuclei")
            add("segmentation.behaviour", "Text", .text(stage.behaviour.rawValue), .segment, says: "standard, or compat with the published run")
            add("segmentation.diameter", "Float", stage.diameter.map(LinkedValue.number) ?? "estimated", .segment, says: "of a nucleus, in pixels")
            add("segmentation.flowThreshold", "Float", .number(stage.flowThreshold), .segment, says: "largest mean squared error of a mask's flows")
            add(
                "segmentation.cellProbabilityThreshold", "Float", .number(stage.cellProbabilityThreshold), .segment,
                says: "smallest logit of a nucleus' pixels")
        }
        if let stage = plan.profiling {
            let channels = stage.channels.map { LinkedValue.text("\($0)") }
            add(
                "profiling.channels", "Text", channels.isEmpty ? "those of the configuration, or the one that was segmented" : .list(channels),
                .profile,
                says: "channels whose features stand side by side")
            add("profiling.outlines", "Boolean", .flag(stage.outlines), .profile, .write, says: "whether outlines are a column of the table")
            add("profiling.behaviour", "Text", .text(stage.behaviour.rawValue), .profile, .write, says: "standard, or compat with the published run")
        }
        parameters = all
    }

    /// `@id` of the formal parameter called `name`.
    static func formal(_ name: String) -> String { CrateNames.local("parameter/\(name)") }

    /// Adds each parameter and its value.
    func add(to graph: inout LinkedGraph) -> [CrateInput] {
        parameters.map { parameter in
            let formal = Self.addFormal(parameter.name, type: parameter.type, says: parameter.description, to: &graph)
            let value = LinkedEntity(
                CrateNames.local("value/\(parameter.name)"), "PropertyValue",
                properties: ["name": .text(parameter.name), "value": parameter.value, "exampleOfWork": .reference(formal)])
            return CrateInput(stages: parameter.stages, formal: formal, value: .reference(graph.add(value)))
        }
    }

    @discardableResult
    static func addFormal(_ name: String, type: String, says description: String, to graph: inout LinkedGraph) -> String {
        graph.add(
            LinkedEntity(
                formal(name), "FormalParameter",
                properties: ["name": .text(name), "additionalType": .text(type), "description": .text(description)]))
    }
}
