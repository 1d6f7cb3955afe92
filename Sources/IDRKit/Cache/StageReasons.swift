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
            for stage in ["correct", "segment", "profile"] where stage != "correct" || plan.plan.correction != nil {
                if image.reused?.contains(stage) == true {
                    add(Reason(stage: stage, isReused: true, because: nil, images: 1))
                } else {
                    let own = try keys.keys(of: stage, image)
                    let reason = own.map { Self.reason($0, earlier[stage] ?? []) }.first { $0 != Self.served } ?? Self.served
                    add(Reason(stage: stage, isReused: false, because: reason, images: 1))
                }
            }
        }
        let order = ["correct", "segment", "profile"]
        reasons = order.flatMap { stage in reasons.filter { $0.stage == stage } }
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
        lines.append("fetch    ran: pixels are read and checked in every run, from the download cache where it has them")
        for reason in reasons {
            let count = reason.images == images ? "" : " for \(reason.images) of \(images)"
            let what = reason.isReused ? "reused\(count): a result with the same inputs and settings was kept" : "ran\(count)"
            lines.append(reason.stage.padding(8) + " " + what + (reason.because.map { ": \($0)" } ?? ""))
        }
        lines.append("write    ran: tables are written in every run")
        return lines.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension StageKeys {
    /// The keys that `stage` of a recorded image had: one a channel for `correct`.
    fileprivate func keys(of stage: String, _ image: ImageRecord) throws(IDRError) -> [StageKey] {
        let digests = zip(image.channels, image.digests.corrected)
        switch stage {
        case "correct":
            var keys: [StageKey] = []
            for channel in image.channels {
                let planes = image.input.planes.filter { $0.index.channel == channel.number }
                let kept = planes.indices.filter { planes[$0].index.field == image.field && plan.plan.frames.contains(planes[$0].index.frame) }
                keys.append(try correct(planes: planes.map(\.sha256), kept: kept, penalties: sharedPenalties(channel.correction)))
            }
            return keys
        case "segment":
            let isEstimated = image.segmentation.diameterSource == SegmentExecutor.Diameter.ofImage
            return digests.filter { $0.0.isSegmented }.map { segment(plane: $0.1, diameter: isEstimated ? nil : image.segmentation.diameter) }
        default:
            return [try profile(planes: digests.filter { $0.0.isProfiled }.map(\.1), labels: image.digests.labels)]
        }
    }

    private func sharedPenalties(_ record: CorrectionRecord?) -> BaSiC.Penalties? {
        guard plan.plan.correction?.behaviour == .compat, let flatfield = record?.flatfieldPenalty, let darkfield = record?.darkfieldPenalty else {
            return nil
        }
        return BaSiC.Penalties(flatfield: flatfield, darkfield: darkfield)
    }
}
