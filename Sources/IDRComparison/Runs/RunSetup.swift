import Foundation
import IDRPlan
import IDRRecord

/// What two runs were given otherwise as a whole: script, plan, study tables, weights, settings.
struct RunSetup {
    private(set) var differences: [SetupDifference] = []
    private static let largestScript = 1 << 20

    init(_ a: RecordFolder, _ b: RecordFolder) throws(IDRError) {
        differences += try PlanDifference.between(a.plan.plan, b.plan.plan)
        differences += Self.files(a.plan.tables, b.plan.tables, .input, called: "study table") { _ in [.select, .write] }
        differences += Self.wells(a.plan, b.plan)
        differences += MachineDifference.differing(
            .input, "channels of the study", a.plan.channels.joined(separator: "; "), b.plan.channels.joined(separator: "; "), [.select, .write])
        differences += Self.files(a.plan.models, b.plan.models, .weights, called: "model", stages: Self.steps)
        differences += try Self.script(a, b)
        differences += MachineDifference.differing(.settings, "batch size", "\(a.run.batchSize)", "\(b.run.batchSize)", [])
        differences += MachineDifference.differing(
            .settings, "arguments", a.run.script.arguments.joined(separator: " "), b.run.script.arguments.joined(separator: " "), [])
    }

    /// Of the role of a model's file.
    private static func steps(of role: String) -> [Step]? { Stage.all.lazy.flatMap(\.models).first { $0.id == role }?.steps }

    private static func files(
        _ a: [ContentFile], _ b: [ContentFile], _ kind: Cause.Kind, called what: String, stages: (String) -> [Step]?
    ) -> [SetupDifference] {
        let own = Dictionary(a.map { ($0.role, $0) }) { first, _ in first }
        let others = Dictionary(b.map { ($0.role, $0) }) { first, _ in first }
        func text(_ file: ContentFile?) -> String? { file.map { "\($0.name) \($0.sha256.short)" } }
        return Set(own.keys).union(others.keys).sorted().filter { own[$0]?.sha256 != others[$0]?.sha256 }.map { role in
            SetupDifference(kind, "\(what) \(role)", text(own[role]), text(others[role]), stages: stages(role))
        }
    }

    /// What the study's table says of wells that both have.
    private static func wells(_ a: ResolvedPlan, _ b: ResolvedPlan) -> [SetupDifference] {
        func name(_ well: WellReference) -> String { "\(well.plate)/\(well.well)" }
        func text(_ well: WellReference) -> String { [well.gene, well.controlType].filter { !$0.isEmpty }.joined(separator: ", ") }
        let others = Dictionary(b.wells.map { (name($0), $0) }) { first, _ in first }
        return a.wells.flatMap { well -> [SetupDifference] in
            guard let other = others[name(well)], other != well else { return [] }
            return [SetupDifference(.input, "what the study says of \(name(well))", text(well), text(other), stages: [.write])]
        }
    }

    /// The script's lines: they have no effect but by the plan, which is compared on its own.
    private static func script(_ a: RecordFolder, _ b: RecordFolder) throws(IDRError) -> [SetupDifference] {
        if a.run.script.sha256 == b.run.script.sha256 { return [] }
        guard let own = try text(a), let others = try text(b) else {
            return MachineDifference.short(.code, "script", a.run.script.sha256, b.run.script.sha256, [])
        }
        return LineDifference(own, others).changes.map { change in
            func text(_ lines: [Substring]) -> String? {
                lines.isEmpty ? nil : lines.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ⏎ ")
            }
            let place = change.line == change.otherLine ? "\(change.line)" : "\(change.line) (\(change.otherLine) in B)"
            return SetupDifference(.code, "script line \(place)", text(change.removed), text(change.added), stages: [])
        }
    }

    private static func text(_ folder: RecordFolder) throws(IDRError) -> String? {
        guard let path = folder.script else { return nil }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        guard size <= largestScript else { throw IDRError(.refused, "a record's script is too large", at: [path], because: "it has \(size) bytes") }
        return FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
