import Foundation
import IDRPlan

/// How an action ended.
enum CrateStatus: String {
    case completed = "http://schema.org/CompletedActionStatus"
    case failed = "http://schema.org/FailedActionStatus"
    /// It may go on: not all was asked for yet.
    case active = "http://schema.org/ActiveActionStatus"
    /// It did not begin.
    case potential = "http://schema.org/PotentialActionStatus"
}

/// One action: a run, a batch of it, or a stage of a batch.
struct CrateAction {
    var name: String
    var description: String?
    /// `@id` of the workflow or tool.
    var instrument: String
    var objects: [LinkedValue] = []
    var results: [LinkedValue] = []
    var began: Date?
    var ended: Date?
    /// nil where the record does not tell.
    var status: CrateStatus?
    var error: String?
    var more: [String: LinkedValue?] = [:]
}

extension LinkedGraph {
    /// - Parameter id: the action's `@id`.
    @discardableResult
    mutating func add(_ action: CrateAction, id: String, agent: LinkedValue?) -> String {
        let properties: [String: LinkedValue?] = [
            "name": .text(action.name), "description": action.description.map(LinkedValue.text), "instrument": .reference(action.instrument),
            "object": .list(action.objects), "result": .list(action.results), "startTime": action.began.map(LinkedValue.time),
            "endTime": action.ended.map(LinkedValue.time), "actionStatus": action.status.map { .text($0.rawValue) },
            "error": action.error.map(LinkedValue.text), "agent": agent,
        ]
        return add(LinkedEntity(id, "CreateAction", properties: properties.merging(action.more) { $1 ?? $0 }))
    }

    /// Adds an action of a tool, and what says that the workflow's step called it.
    /// - Returns: `@id` of the latter.
    mutating func add(_ action: CrateAction, called name: String, step: CrateSoftware.Tool, agent: LinkedValue?) -> String {
        let id = add(action, id: CrateNames.local("action/\(name)"), agent: agent)
        return add(
            LinkedEntity(
                CrateNames.local("control/\(name)"), "ControlAction",
                properties: ["name": "call of \(name)", "instrument": .reference(step.step), "object": .reference(id)]))
    }

    /// Adds the action of the whole workflow, and IDRKit's conducting of the steps.
    /// - Returns: `@id`s of both.
    mutating func add(workflow action: CrateAction, controls: [String], agent: LinkedValue?) -> LinkedValue {
        let run = add(action, id: CrateNames.local("run"), agent: agent)
        let conducting = LinkedEntity(
            CrateNames.local("conducting"), "OrganizeAction",
            properties: [
                "name": "IDRKit's conducting of the steps", "instrument": .reference(CrateSoftware.engine), "object": .references(controls),
                "result": .reference(run), "startTime": action.began.map(LinkedValue.time), "endTime": action.ended.map(LinkedValue.time),
                "agent": agent,
            ])
        return .references([run, add(conducting)])
    }
}
