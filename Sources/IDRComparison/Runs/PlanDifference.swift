import Foundation
import IDRFiles
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
            found.append(SetupDifference(kind, path.joined(separator: "."), a?.text, b?.text, stages: steps(of: path)))
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

    /// Where a field of the plan has its effect, as its stage declares it.
    private static func steps(of path: [String]) -> [Step] {
        let name = path.prefix(2).joined(separator: ".")
        for stage in Stage.all {
            if let parameter = stage.parameters.first(where: { $0.name == name || $0.name == path.first }) { return parameter.steps }
            if let model = stage.models.first(where: { $0.entry == name }) { return model.steps }
            // The whole stage.
            if let entry = stage.entry, entry == path.first {
                let all = stage.gives.map(\.step) + stage.parameters.flatMap(\.steps) + stage.models.flatMap(\.steps)
                return Step.all.filter(all.contains)
            }
        }
        return [.select]
    }
}
