import IDRFiles
import IDRImaging
import IDRPlan
import IDRRecord

/// Estimates the diameter of a plate's nuclei: the median of the first wells that have any, so that a black well, a missing one or one with debris
/// does not decide for its plate.
struct PlateDiameter: Sendable {
    let plan: ResolvedPlan
    let channels: WantedChannels
    let fetcher: any FrameFetcher
    let runner: StageRunner
    /// Those before the estimate, and the estimate.
    let stages: [any StageExecutor]
    /// Of the nuclei that the network was trained on: what a plate gets that gives none.
    let usual: Double
    /// Wells that are looked at together.
    let threads: Int
    /// What was decided before.
    let decisions: SharedDecisions
    /// Wells whose part is known: they are not read again.
    var known: [SharedCandidate] = []
    /// What the stages took.
    let clock = StageClock()

    /// - Parameter wells: in the order in which they are tried.
    /// - Throws: where a well cannot be had now that might be had later. To go on without it would give another value than later.
    func record(of plate: String, from wells: [WellReference]) async throws -> SharedValueRecord<Double> {
        var tried: [SharedCandidate] = []
        var values: [Double] { tried.compactMap(\.value) }
        while values.count < Segmentation.wellsForDiameter, tried.count < wells.count {
            // Never more than can be needed: how many are looked at together decides over nothing.
            let count = min(Segmentation.wellsForDiameter - values.count, max(1, threads), wells.count - tried.count)
            tried += try await candidates(Array(wells[tried.count..<tried.count + count]), of: plate)
        }
        let counted = tried.filter { $0.value != nil }
        let (first, isAlone) = (counted.first ?? tried.first, wells.count == 1 && counted.count == 1)
        return SharedValueRecord(
            value: Self.median(values) ?? usual, plate: plate, well: first?.well ?? "", planes: first?.planes ?? [],
            candidates: isAlone ? nil : tried)
    }

    /// What became of one well.
    private struct Trial: Sendable {
        let well: WellReference
        var candidate: SharedCandidate?
        var failure: (any Error)?
    }

    private func candidates(_ wells: [WellReference], of plate: String) async throws -> [SharedCandidate] {
        let trials = await withTaskGroup(of: Trial.self, returning: [Trial].self) { group in
            for well in wells { group.addTask { await trial(of: well, plate) } }
            var ended: [Trial] = []
            for await trial in group { ended.append(trial) }
            return wells.compactMap { well in ended.first { $0.well == well } }
        }
        let failures = trials.filter { $0.failure != nil }
        guard let first = failures.first?.failure else { return trials.compactMap(\.candidate) }
        try Task.checkCancellation()
        guard let error = first as? IDRError else { throw first }
        throw IDRError(
            error.code, "the diameter of plate \(plate) cannot be estimated now", at: ["plate \(plate)"] + failures.map { "well \($0.well.well)" },
            because: ([error.problem + (error.subject.isEmpty ? "" : " (\(error.subject.joined(separator: ", ")))")]
                + [error.reason].compactMap(\.self))
                .joined(separator: ": "),
            fix: error.advice ?? "run again when these wells can be read, or give the diameter: .segment(diameter: ...)")
    }

    private func trial(of well: WellReference, _ plate: String) async -> Trial {
        do {
            return Trial(well: well, candidate: try await candidate(well, of: plate))
        } catch {
            return Trial(well: well, failure: error)
        }
    }

    private func candidate(_ well: WellReference, of plate: String) async throws -> SharedCandidate {
        if let known = known.first(where: { ($0.plate ?? plate, $0.well) == (well.plate, well.well) }) { return known }
        do {
            let fetched = try await fetcher.fetch(FrameRequest(candidate: well, of: plan, channels: channels))
            let images = try await runner.queue.run {
                try FieldImages(fetched.onlySegmented, of: well, field: plan.plan.fields[0], plan: plan.plan, shared: decisions)
            }
            guard let found = try await runner.pass(images, through: stages, clock: clock).images.first?.record.segmentation else {
                throw IDRError(.invalidPlan, "the plan names no frame")
            }
            let planes = fetched.input.planes
            return found.found > 0
                ? SharedCandidate(well, of: plate, planes: planes, value: found.diameter)
                : SharedCandidate(well, of: plate, planes: planes, reason: "no nuclei were found")
        } catch let error as IDRError where error.isAboutTheImage {
            return SharedCandidate(well, of: plate, lacking: error)
        }
    }

    /// nil where there are none.
    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let (sorted, middle) = (values.sorted(), values.count / 2)
        return values.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

extension IDRError {
    /// Whether it says what an image is, so that it would be said again: not there, or not what it must be. All else may be other tomorrow.
    var isAboutTheImage: Bool { [.missing, .invalidInput, .invalidPlan].contains(code) }
}

/// What a person should know of a plate's diameter.
enum DiameterNotes {
    /// Diameters of a plate's wells that differ by more than this are said.
    static let largestRatio = 1.5

    /// - Parameter range: diameters that the network's card speaks of, in pixels.
    static func of(_ record: SharedValueRecord<Double>, range: ClosedRange<Double>?) -> [String] {
        let tried = record.candidates ?? []
        let counted = tried.compactMap { candidate in candidate.value.map { (well: candidate.well, value: $0) } }
        let value = PeopleText.decimal(record.value, 1)
        if record.candidates != nil, counted.isEmpty {
            let why = tried.isEmpty ? "no well could be read" : "of \(tried.count.counted("well", "wells")) tried none has nuclei (\(short(tried)))"
            return [
                "plate \(record.plate): no diameter could be estimated: \(why); \(value) pixels are taken, the network's own; "
                    + "give it, .segment(diameter: ...), or let each image have its own, .segment(diameter: .perImage)"
            ]
        }
        var notes: [String] = []
        if let low = counted.min(by: { $0.value < $1.value }), let high = counted.max(by: { $0.value < $1.value }),
            high.value > low.value * largestRatio
        {
            notes.append(
                "plate \(record.plate): the diameters of its wells differ by more than \(largestRatio) times: "
                    + "\(PeopleText.decimal(low.value, 1)) pixels in \(low.well), \(PeopleText.decimal(high.value, 1)) in \(high.well); \(value) are taken. "
                    + "Where magnifications are mixed, let each image have its own: .segment(diameter: .perImage)")
        }
        if let range, let outside = outside(record.value, range) { notes.append("plate \(record.plate): \(outside)") }
        return notes
    }

    /// nil where the diameter is inside.
    static func outside(_ diameter: Double, _ range: ClosedRange<Double>) -> String? {
        guard !range.contains(diameter) else { return nil }
        return "the estimated diameter of \(PeopleText.decimal(diameter, 1)) pixels is outside what the network's card speaks of "
            + "(\(PeopleText.decimal(range.lowerBound, 0)) to \(PeopleText.decimal(range.upperBound, 0))): look at the masks, or give it, .segment(diameter: ...)"
    }

    private static func short(_ tried: [SharedCandidate]) -> String {
        let shown = tried.prefix(3).map { "\($0.well): \($0.reason ?? "")" }
        return (shown + (tried.count > 3 ? ["..."] : [])).joined(separator: "; ")
    }
}
