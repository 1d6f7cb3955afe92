import Foundation
import IDRImaging
package import IDRPlan
package import IDRRecord

/// Why each stage of a batch ran or was reused: from its record, and for stages that ran from the keys of what the cache held before.
package struct StageReasons: Codable, Sendable {
    /// A stage, and the images that have the same reason.
    package struct Reason: Codable, Sendable, Hashable {
        package var stage: String
        package var isReused: Bool
        /// nil where the record alone says it.
        package var because: String?
        package var images: Int
    }

    package var batch: Int
    package var images: Int
    /// In the order of the pipeline.
    package var reasons: [Reason] = []

    /// - Parameter kept: keys of the cache's results, with when each was kept.
    package init(_ record: BatchRecord, _ plan: ResolvedPlan, _ environment: RunEnvironment, kept: [(key: StageKey, keptAt: Int)]) throws {
        batch = record.batch
        images = record.images.count
        let begin = Int(record.startedAt.timeIntervalSince1970)
        // What this run kept itself, or a later one, is no reason. Times are whole seconds: those of the first second are in doubt.
        let earlier = Dictionary(grouping: kept.filter { $0.keptAt < begin }.map(\.key)) { $0.stage }
        let keys = StageKeys(plan: plan, environment: environment)
        for image in record.images {
            for (stage, outcome) in try StageOutcome.all(of: image, keys) {
                if image.reused?.contains(stage) == true {
                    add(Reason(stage: stage, isReused: true, because: nil, images: 1))
                } else {
                    let reason = outcome.keys.map { Self.reason($0, earlier[stage] ?? []) }.first { $0 != Self.served } ?? Self.served
                    add(Reason(stage: stage, isReused: false, because: reason, images: 1))
                }
            }
        }
        reasons = StageLoader.kinds(of: plan.plan).flatMap { executor in reasons.filter { $0.stage == executor.stage.id } }
    }

    private mutating func add(_ reason: Reason) {
        let same = reasons.firstIndex { ($0.stage, $0.isReused, $0.because) == (reason.stage, reason.isReused, reason.because) }
        if let same { reasons[same].images += 1 } else { reasons.append(reason) }
    }

    private static let served = "the cache was not used (--no-cache, the sandbox, or a rerun)"

    private static func reason(_ key: StageKey, _ earlier: [StageKey]) -> String {
        if earlier.contains(key) { return served }
        let near = earlier.filter { other in key.inputs.contains { other.inputs[$0.key] == $0.value } }
        guard let nearest = near.map({ differences($0, key) }).min(by: { $0.count < $1.count }) else {
            return "no result was kept for its \(key.inputs.keys.sorted().joined(separator: " and "))"
        }
        return nearest.joined(separator: ", ")
    }

    /// What is other in `key` than in `before`, in words.
    private static func differences(_ before: StageKey, _ key: StageKey) -> [String] {
        let inputs = key.inputs.keys.sorted().filter { before.inputs[$0] != key.inputs[$0] }.map { "another \($0)" }
        let names = Set(before.settings.keys).union(key.settings.keys).sorted().filter { before.settings[$0] != key.settings[$0] }
        return inputs + names.map { "\($0) \(short(before.settings[$0])) → \(short(key.settings[$0]))" }
    }

    /// Digests by their first digits.
    private static func short(_ text: String?) -> String {
        guard let text else { return "none" }
        return text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            ? "\(text.prefix(12))..." : text
    }

    /// For people: a line a stage and reason.
    package var text: String {
        var lines = ["batch \(batch), \(images.counted("image", "images"))"]
        for stage in Stage.all {
            if let repeats = stage.repeats { lines.append(stage.id.padding(8) + " ran: " + repeats) }
            for reason in reasons where reason.stage == stage.id {
                let count = reason.images == images ? "" : " for \(reason.images) of \(images)"
                let what = reason.isReused ? "reused\(count): a result with the same inputs and settings was kept" : "ran\(count)"
                lines.append(reason.stage.padding(8) + " " + what + (reason.because.map { ": \($0)" } ?? ""))
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
