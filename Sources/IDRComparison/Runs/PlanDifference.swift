import Foundation
import IDRPlan
import IDRRecord

/// What two plans say otherwise, field by field.
enum PlanDifference {
    static func between(_ a: Plan, _ b: Plan) throws(IDRError) -> [SetupDifference] {
        if a == b { return [] }
        var found: [SetupDifference] = []
        compare(try value(of: a), try value(of: b), [], &found)
        return found
    }

    private static func value(of plan: Plan) throws(IDRError) -> JSONValue {
        do {
            return try CanonicalJSON.decode(JSONValue.self, from: Data(CanonicalJSON.encode(plan)), path: RecordLayout.plan)
        } catch {
            throw error as? IDRError ?? IDRError(.invalidInput, "a plan cannot be compared", because: "\(error)")
        }
    }

    private static func compare(_ a: JSONValue?, _ b: JSONValue?, _ path: [String], _ found: inout [SetupDifference]) {
        if a == b { return }
        switch (a, b) {
        case (.object(let own), .object(let others)):
            for key in Set(own.keys).union(others.keys).sorted() { compare(own[key], others[key], path + [key], &found) }
        case (.list(let own), .list(let others)) where own.map(name) == others.map(name) && own.allSatisfy { name($0) != nil }:
            for (index, (first, second)) in zip(own, others).enumerated() { compare(first, second, path + ["\(index + 1)"], &found) }
        default:
            let kind: Cause.Kind = isStep(a, b, path) ? .code : .parameter
            found.append(SetupDifference(kind, path.joined(separator: "."), a?.text, b?.text, stages: stages(of: path)))
        }
    }

    /// Of a step of the selection: `controls`, `wells`.
    private static func name(_ step: JSONValue) -> String? {
        if case .object(let fields) = step { fields.keys.min() } else { nil }
    }

    /// Whether a stage or a step of the selection was added, removed or exchanged: that takes another line of code, not another value.
    private static func isStep(_ a: JSONValue?, _ b: JSONValue?, _ path: [String]) -> Bool {
        path == ["selection"] || path.count == 1 && (a == nil || b == nil)
    }

    /// Where a field of the plan has its effect.
    private static func stages(of path: [String]) -> [PipelineStage] {
        switch (path.first ?? "", path.count > 1 ? path[1] : "") {
        case ("slice", _): [.input]
        // BaSiC fits all frames that are read together.
        case ("frames", _): [.select, .input, .correct]
        case ("correction", _): [.correct]
        case ("segmentation", "channel"): [.correct, .segment]
        case ("segmentation", _): [.segment]
        case ("profiling", "network"): [.profile]
        case ("profiling", "outlines"): [.write]
        case ("profiling", "behaviour"): [.locate, .write]
        case ("profiling", "configuration"), ("profiling", "channels"): [.correct, .crop]
        case ("profiling", _): [.locate, .crop, .profile, .write]
        default: [.select]
        }
    }
}
