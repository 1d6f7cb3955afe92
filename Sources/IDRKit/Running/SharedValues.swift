import Foundation
import IDRFiles
import IDRImaging
import IDRPlan
import IDRRecord

/// Values that several images share. Each is a function of the resolved plan alone, is computed as a step of its own, once,
/// and is kept with its record in the run's `shared` folder: a batch gives the same bytes alone, resumed, or in another order.
struct SharedValues: Sendable {
    private let plan: ResolvedPlan
    private let fetcher: any FrameFetcher
    private let channels: WantedChannels
    private let stages: [any StageExecutor]
    private let folder: String
    private let runner: StageRunner
    private let illumination = OnceMap<String, BaSiC.Penalties?>()
    private let diameters = OnceMap<String, Double>()

    /// - Parameter stages: the run's.
    init(_ resolution: Resolution, stages: [any StageExecutor], fetcher: any FrameFetcher, folder: String, runner: StageRunner) {
        plan = resolution.plan
        channels = resolution.channels
        self.stages = stages
        self.fetcher = fetcher
        self.folder = folder
        self.runner = runner
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

    /// BaSiC's penalties of the plan's first movie, which a `compat` run uses for every movie and channel.
    private func penalties() async throws -> BaSiC.Penalties? {
        let file = RecordLayout.sharedPenalties
        return try await illumination.value(of: file) {
            try await kept(in: file, from: plan.wells[0]) { [runner] fetched in
                try await runner.queue.run { try CorrectExecutor.penalties(of: fetched.channel(fetched.channels.segmented)) }
            }
        }
    }

    /// The diameter of nuclei on `plate`, in pixels: estimated on the first frame of the first well that the plan takes from it.
    private func diameter(of plate: String, _ decisions: SharedDecisions) async throws -> Double {
        guard let well = plan.wells.first(where: { $0.plate == plate }) else { throw IDRError(.missing, "the plan has no well on plate \(plate)") }
        let file = RecordLayout.sharedDiameter(try PathPart.checked(plate, called: "a plate's name"))
        return try await diameters.value(of: plate) {
            try await kept(in: file, from: well) { [plan, runner] fetched in
                let images = try await runner.queue.run {
                    try FieldImages(fetched.onlySegmented, of: well, field: plan.plan.fields[0], plan: plan.plan, shared: decisions)
                }
                let done = try await runner.pass(images, through: estimating())
                guard let first = done.images.first else { throw IDRError(.invalidPlan, "the plan names no frame") }
                return first.record.segmentation.diameter
            }
        }
    }

    /// The stages that come before an estimate, and the estimate.
    private func estimating() -> [any StageExecutor] {
        let before = stages.filter { stage in type(of: stage).stage.gives.contains { Stage.diameter.takes.contains($0) } }
        return before + stages.compactMap { $0 as? SegmentExecutor }.map { DiameterExecutor($0) }
    }

    /// The value in `file` where an earlier run left it, or else the computed one, with its record.
    private func kept<Value: Codable & Sendable>(
        in file: String, from well: WellReference, compute: @Sendable (FetchedFrames) async throws -> Value
    ) async throws -> Value {
        let path = "\(folder)/\(file)"
        if let data = FileManager.default.contents(atPath: path) {
            return try VersionedJSON.decode(SharedValueRecord<Value>.self, from: data, path: path).value
        }
        let fetched = try await fetcher.fetch(FrameRequest(well, field: plan.plan.fields[0], of: plan, channels: channels))
        let value = try await compute(fetched)
        let record = SharedValueRecord(value: value, plate: well.plate, well: well.well, planes: fetched.input.planes)
        try AtomicFile.write(CanonicalJSON.encode(record), to: path)
        return value
    }
}
