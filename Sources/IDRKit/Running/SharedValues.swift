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
    let plan: ResolvedPlan
    private let fetcher: any FrameFetcher
    private let channels: WantedChannels
    let candidates: [String: [WellReference]]
    private let stages: [any StageExecutor]
    let folder: RunFolder
    let runner: StageRunner
    private let threads: Int
    private let illumination = OnceMap<String, BaSiC.Penalties?>()
    private let diameters = OnceMap<String, Double>()
    private let notes = PlateNotes()
    /// Records that take the place of those in the folder.
    let renewed = RenewedRecords()
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
    /// - Parameter clock: books what a value takes that is made for this well.
    func decisions(for well: WellReference, _ clock: StageClock) async throws -> SharedDecisions {
        var decisions = SharedDecisions()
        if plan.plan.correction?.behaviour == .compat { decisions.penalties = try await penalties(clock) }
        guard let stage = plan.plan.segmentation else { return decisions }
        if let given = stage.diameter {
            decisions.diameter = Diameter(pixels: given, source: Diameter.given)
        } else if Stage.diameter.isPart(plan.plan) {
            decisions.diameter = Diameter(pixels: try await diameter(of: well.plate, decisions, clock), source: Diameter.ofPlate)
        }
        return decisions
    }

    /// What a person should know of the values that `wells` had, as far as they are known by now.
    func notes(of wells: [WellReference]) -> [String] { notes.of(Set(wells.map(\.plate)).sorted()) }

    /// BaSiC's penalties of the plan's first movie that there is, which a `compat` run uses for every movie and channel.
    func penalties(_ clock: StageClock) async throws -> BaSiC.Penalties? {
        let file = RecordLayout.sharedPenalties
        return try await illumination.value(of: file) { try await kept(in: file) { try await firstPenalties(clock) }.value }
    }

    /// - Parameter known: wells whose part is known: they are not read again.
    func firstPenalties(_ clock: StageClock, known: [SharedCandidate] = []) async throws -> SharedValueRecord<BaSiC.Penalties?> {
        var tried: [SharedCandidate] = []
        for well in plan.wells {
            if let known = known.first(where: { $0.well == well.well && $0.plate == well.plate }) {
                tried.append(known)
                continue
            }
            do {
                let fetched = try await fetcher.fetch(FrameRequest(well, field: plan.plan.fields[0], of: plan, channels: channels))
                let value = try await runner.queue.run {
                    try clock.measure(Stage.correct.id) { try CorrectExecutor.penalties(of: fetched.channel(fetched.channels.segmented)) }
                }
                // On their way they are told apart by plate; in the record those of the value's own plate are without.
                for index in tried.indices where tried[index].plate == well.plate { tried[index].plate = nil }
                return SharedValueRecord(
                    value: value, plate: well.plate, well: well.well, planes: fetched.input.planes,
                    candidates: tried.isEmpty ? nil : tried + [SharedCandidate(well, of: well.plate, planes: fetched.input.planes)])
            } catch let error as IDRError where error.isAboutTheImage {
                tried.append(SharedCandidate(well, of: "", lacking: error))
            }
        }
        throw IDRError(
            .missing, "no movie of the plan can be read", at: tried.first.map { ["plate \($0.plate ?? "")", "well \($0.well)"] } ?? [],
            because: tried.first?.reason, fix: "name the folder or server that has the images")
    }

    /// The diameter of nuclei on `plate`, in pixels, see ``PlateDiameter``.
    private func diameter(of plate: String, _ decisions: SharedDecisions, _ clock: StageClock) async throws -> Double {
        let file = RecordLayout.sharedDiameter(plate)
        return try await diameters.value(of: plate) {
            let record = try await kept(in: file) { try await estimate(of: plate, decisions, clock) }
            for note in notes.keep(DiameterNotes.of(record, range: range), of: plate) { runner.progress.sayOnce("warning: \(note)") }
            for candidate in record.candidates ?? [] where candidate.kind == .failed {
                runner.progress.sayOnce(
                    "the diameter of plate \(plate) stands on its other wells: \(candidate.well) could not be read; run again when it can be")
            }
            return record.value
        }
    }

    func estimate(
        of plate: String, _ decisions: SharedDecisions, _ clock: StageClock, known: [SharedCandidate] = []
    ) async throws -> SharedValueRecord<Double> {
        let segment = stages.lazy.compactMap { $0 as? SegmentExecutor }.first
        let estimate = PlateDiameter(
            plan: plan, channels: channels, fetcher: fetcher, runner: runner, stages: estimating(),
            usual: try segment?.segmenter.value().meanDiameter ?? 0, threads: threads, decisions: decisions, known: known)
        let (began, wall) = (Date(), ResourceMeter.wallSeconds())
        let record = try await estimate.record(of: plate, from: candidates[plate] ?? [])
        // Whatever stages it went through: all of it was for the plate's value.
        let cpu = estimate.clock.timings.reduce(0) { $0 + $1.cpuSeconds }
        clock.add(Stage.diameter.id, from: began, wall: ResourceMeter.wallSeconds() - wall, cpu: cpu)
        return record
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
        if let record = try stored(Value.self, file) { return record }
        let record = try await make()
        try folder.keepShared(CanonicalJSON.encode(record), as: file)
        return record
    }

    /// The record in `file` as the run has it now; nil where it has none yet.
    func stored<Value: Codable & Sendable>(_: Value.Type, _ file: String) throws -> SharedValueRecord<Value>? {
        let path = "\(folder.path)/\(RecordLayout.shared)/\(file)"
        guard let data = renewed[file].map({ Data($0) }) ?? FileManager.default.contents(atPath: path) else { return nil }
        return try VersionedJSON.decode(SharedValueRecord<Value>.self, from: data, path: path)
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
