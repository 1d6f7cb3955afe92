import IDRPlan
import IDRRecord

/// Something that a workflow takes: the stages that use it, its formal parameter's `@id`, and what it was.
struct CrateInput {
    /// Their ids.
    var stages: [String] = []
    let formal: String
    let value: LinkedValue
}

/// What a run was asked for, value by value: the parameters that the plan's stages declare.
struct CrateParameters {
    /// - Parameter plan: the resolved plan's.
    let plan: Plan

    /// `@id` of the formal parameter called `name`.
    static func formal(_ name: String) -> String { CrateNames.local("parameter/\(name)") }

    /// Adds each parameter and its value.
    func add(to graph: inout LinkedGraph) throws -> [CrateInput] {
        var inputs: [CrateInput] = []
        for stage in Stage.all {
            for parameter in stage.parameters {
                guard let chosen = parameter.value(plan) else { continue }
                let formal = Self.addFormal(parameter.name, type: parameter.kind.rawValue, says: parameter.description, to: &graph)
                let value = LinkedEntity(
                    CrateNames.local("value/\(parameter.name)"), "PropertyValue",
                    properties: ["name": .text(parameter.name), "value": try LinkedValue(chosen), "exampleOfWork": .reference(formal)])
                inputs.append(
                    CrateInput(stages: [stage.id] + parameter.alsoDecides, formal: formal, value: .reference(graph.add(value))))
            }
        }
        return inputs
    }

    @discardableResult
    static func addFormal(_ name: String, type: String, says description: String, to graph: inout LinkedGraph) -> String {
        graph.add(
            LinkedEntity(
                formal(name), "FormalParameter",
                properties: ["name": .text(name), "additionalType": .text(type), "description": .text(description)]))
    }
}

extension LinkedValue {
    /// A parameter's value.
    init(_ value: Parameter.Value) throws {
        switch value {
        case .text(let text): self = .text(text)
        case .integer(let number): self = .integer(number)
        case .number(let number): self = .number(number)
        case .flag(let flag): self = .flag(flag)
        case .list(let values): self = .list(try values.map { try LinkedValue($0) })
        case .selection(let steps): self = .text(String(decoding: try CanonicalJSON.line(steps).dropLast(), as: UTF8.self))
        }
    }
}
