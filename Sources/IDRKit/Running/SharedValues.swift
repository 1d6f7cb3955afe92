import Foundation
import IDRFiles
import IDRImaging
import IDRModels
import IDRPlan
import IDRRecord
import Synchronization

/// Values that several images share. Each is a function of the resolved plan and the study's tables alone, is computed as a step of its own, once,
/// and is kept with its record in the run's `shared` folder: a batch gives the same bytes alone, resumed, or in another order.
struct SharedValues: Sendable {
    private let plan: ResolvedPlan
    private let fetcher: any FrameFetcher
    private let channels: WantedChannels
    private let candidates: [String: [WellReference]]
    private let stages: [any StageExecutor]
    private let folder: RunFolder
    private let runner: StageRunner
    private let threads: Int
    private let illumination = OnceMap<String, BaSiC.Penalties?>()
    private let diameters = OnceMap<String, Double>()
    private let notes = PlateNotes()
    /// Diameters that the network's card speaks of, in pixels; nil where it does not say.
    let range: ClosedRange<Double>?

    /// - Parameters:
    ///   - stages: the run's.
    ///   - threads: images that are computed side by side.
    init(
        _ resolution: Resolution, stages: [any StageExecutor], fetcher: any FrameFetcher, folder: RunFolder, runner: StageRunner, threads: Int
    ) {
        plan = resolution.plan
        channels = resolution.channels
        candidates = resolution.candidates
        range = resolution.modelPaths[ModelFiles.networkRole].flatMap(ModelCard.diameters(ofNetwork:))
        self.stages = stages
        self.fetcher = fetcher
        self.folder = folder
        self.runner = runner
        self.threads = threads
    }

    /// What the images of a well share with others.
    func decisions(for well: WellReference) async throws -> SharedDecisions {
        var decisions = SharedDecisions()
        if plan.plan.correction?.behaviour == .compat { decisions.penalties = try await penalties() }
        guard let stage = plan.plan.segmentation else { return decisions }
        if let given = stage.diameter {
            decisions.diameter = Diameter(pixels: given, source: Diameter.given)
        } else if Stage.diameter.isPart(plan.plan) {
            decisions.diameter = Diameter(pixels: try await diameter(of: well.plate, decisions), source: Diameter.ofPlate)
        }
        return decisions
    }

    /// What a person should know of the values that `wells` had, as far as they are known by now.
    func notes(of wells: [WellReference]) -> [String] { notes.of(Set(wells.map(\.plate)).sorted()) }

    /// BaSiC's penalties of the plan's first movie that there is, which a `compat` run uses for every movie and channel.
    private func penalties() async throws -> BaSiC.Penalties? {
        let file = RecordLayout.sharedPenalties
        return try await illumination.value(of: file) {
            try await kept(in: file) {
                var skipped: [(WellReference, String)] = []
                for well in plan.wells {
                    do {
                        let fetched = try await fetcher.fetch(FrameRequest(well, field: plan.plan.fields[0], of: plan, channels: channels))
                        let value = try await runner.queue.run {
                            try CorrectExecutor.penalties(of: fetched.channel(fetched.channels.segmented))
                        }
                        let tried = skipped.map { SharedCandidate($0, of: well.plate, reason: $1) }
                        return SharedValueRecord(
                            value: value, plate: well.plate, well: well.well, planes: fetched.input.planes,
                            candidates: tried.isEmpty ? nil : tried + [SharedCandidate(well, of: well.plate, planes: fetched.input.planes)])
                    } catch let error as IDRError where error.isAboutTheImage {
                        skipped.append((well, [error.problem, error.reason].compactMap(\.self).joined(separator: ": ")))
                    }
                }
                throw IDRError(
                    .missing, "no movie of the plan can be read", at: skipped.first.map { ["plate \($0.0.plate)", "well \($0.0.well)"] } ?? [],
                    because: skipped.first?.1, fix: "name the folder or server that has the images")
            }.value
        }
    }

    /// The diameter of nuclei on `plate`, in pixels, see ``PlateDiameter``.
    private func diameter(of plate: String, _ decisions: SharedDecisions) async throws -> Double {
        let file = RecordLayout.sharedDiameter(try PathPart.checked(plate, called: "a plate's name"))
        return try await diameters.value(of: plate) {
            let record = try await kept(in: file) {
                let segment = stages.lazy.compactMap { $0 as? SegmentExecutor }.first
                let estimate = PlateDiameter(
                    plan: plan, channels: channels, fetcher: fetcher, runner: runner, stages: estimating(),
                    usual: try segment?.segmenter.value().meanDiameter ?? 0, threads: threads, decisions: decisions)
                return try await estimate.record(of: plate, from: candidates[plate] ?? [])
            }
            for note in notes.keep(DiameterNotes.of(record, range: range), of: plate) { runner.progress.sayOnce("warning: \(note)") }
            return record.value
        }
    }

    /// The stages that come before an estimate, and the estimate.
    private func estimating() -> [any StageExecutor] {
        let before = stages.filter { stage in type(of: stage).stage.gives.contains { Stage.diameter.takes.contains($0) } }
        return before + stages.compactMap { $0 as? SegmentExecutor }.map { DiameterExecutor($0) }
    }

    /// The record in `file` where an earlier run left it, or else the one that is made now.
    private func kept<Value: Codable & Sendable>(
        in file: String, make: () async throws -> SharedValueRecord<Value>
    ) async throws -> SharedValueRecord<Value> {
        let path = "\(folder.path)/\(RecordLayout.shared)/\(file)"
        if let data = FileManager.default.contents(atPath: path) {
            return try VersionedJSON.decode(SharedValueRecord<Value>.self, from: data, path: path)
        }
        let record = try await make()
        try folder.keepShared(CanonicalJSON.encode(record), as: file)
        return record
    }
}

/// What was said of plates.
private final class PlateNotes: Sendable {
    private let notes = Mutex<[String: [String]]>([:])

    func keep(_ texts: [String], of plate: String) -> [String] {
        notes.withLock { $0[plate] = texts }
        return texts
    }

    func of(_ plates: [String]) -> [String] { notes.withLock { notes in plates.flatMap { notes[$0] ?? [] } } }
}
