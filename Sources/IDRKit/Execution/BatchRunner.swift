import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import IDRTables

/// Computes one batch and commits it, or records why it failed.
struct BatchRunner: Sendable {
    let plan: Plan
    let stages: LoadedStages
    let shared: SharedValues
    let folder: RunFolder
    let runner: StageRunner
    let threads: Int
    let keep: [Intermediate]
    let progress: Progress
    /// SHA-256 of the environment's JSON.
    let environment: String
    let catalog: [CatalogRecord]
    /// Of the whole plan.
    let warnings: [String]

    /// - Parameter position: of the batch's first image among the prefetcher's requests.
    /// - Returns: the batch's record, with a failure where it failed.
    /// - Throws: `CancellationError` where the task is cancelled, which is no failure of the batch; else only where not even the failure could be
    ///   recorded.
    func run(_ batch: Batch, from prefetcher: Prefetcher, at position: Int) async throws -> BatchRecord {
        let clock = StageClock()
        let started = Date()
        let wallStart = ResourceMeter.wallSeconds()
        ResourceMeter.resetPeakMemory()
        var images: [ImageRecord] = []
        do {
            let staging = try folder.begin(batch.number)
            let results = try await wells(of: batch, from: prefetcher, at: position, staging: staging, clock: clock)
            images = results.map(\.record)
            try Task.checkCancellation()
            let cpu = ResourceMeter.processCPUSeconds()
            let wall = ResourceMeter.wallSeconds()
            let began = Date()
            let (contents, fingerprint) = try await stages.tables(run: folder.identity, channels: Self.profiledChannels(images)).write(
                results.map(\.profile), batch: batch.number, to: staging)
            let outputs = try folder.outputs(in: staging, contents: contents)
            clock.add("write", from: began, wall: ResourceMeter.wallSeconds() - wall, cpu: ResourceMeter.processCPUSeconds() - cpu)
            let record = record(batch, started, images, clock, outputs: outputs, failure: nil)
            try folder.commit(record, fingerprint, from: staging)
            progress.tell(
                "batch \(batch.number): \(images.count.counted("image", "images")), \(record.cells.counted("nucleus", "nuclei")), "
                    + "\(PeopleText.decimal(ResourceMeter.wallSeconds() - wallStart, 1)) s"
            )
            return record
        } catch {
            try Task.checkCancellation()
            let failure = IDRError(error, "the batch cannot be computed")
            let record = record(batch, started, images, clock, outputs: [], failure: failure)
            progress.say("batch \(batch.number) failed: \(failure)")
            try folder.recordFailure(record)
            return record
        }
    }

    private func record(
        _ batch: Batch, _ started: Date, _ images: [ImageRecord], _ clock: StageClock, outputs: [OutputRecord], failure: IDRError?
    ) -> BatchRecord {
        BatchRecord(
            run: folder.identity, batch: batch.number, startedAt: started, finishedAt: Date(), images: images, outputs: outputs,
            kept: keep.map(\.rawValue).sorted(), stages: clock.timings, peakMemoryBytes: ResourceMeter.peakMemoryBytes(), threads: threads,
            environment: environment, catalog: catalog, warnings: warnings + images.flatMap(imageWarnings), failure: failure)
    }

    /// What the profiled channels of a batch are called. Its images have the same ones, or their features could not stand in one table.
    private static func profiledChannels(_ images: [ImageRecord]) throws(IDRError) -> [String] {
        let all = images.map { $0.channels.filter(\.isProfiled).map(\.name) }
        guard let first = all.first else { return [] }
        guard let other = zip(images, all).first(where: { $0.1 != first }) else { return first }
        throw IDRError(
            .invalidInput, "the channels of the batch's images differ", at: ["plate \(other.0.plate)", "well \(other.0.well)"],
            because: "they are \(other.1.joined(separator: ", ")), and of other wells \(first.joined(separator: ", "))",
            fix: "profile these wells in a run of their own")
    }

    private func imageWarnings(_ image: ImageRecord) -> [String] {
        let name = "\(image.plate)/\(image.well)" + (image.field == 1 ? "" : " field \(image.field)") + " frame \(image.frame)"
        var warnings = image.input.passedOver.map { "\(name): passed over: \($0)" }
        for channel in image.channels {
            guard let correction = channel.correction, !correction.isUsual else { continue }
            warnings.append("\(name) \(channel.name): illumination correction: \(correction.status)")
        }
        if image.cells == 0 { warnings.append("\(name): no nuclei were found") }
        if image.undefinedCells > 0 { warnings.append("\(name): \(image.undefinedCells) nuclei have constant crops and no features") }
        return warnings
    }

    /// All fields of all wells of the batch, at most `threads` at once, in the batch's order. Where wells fail, every other one is still tried,
    /// so that one run names all that is wrong.
    private func wells(
        of batch: Batch, from prefetcher: Prefetcher, at position: Int, staging: String, clock: StageClock
    ) async throws -> [WellPipeline.ImageResult] {
        let fields = batch.wells.flatMap { well in plan.fields.map { (well: well, field: $0) } }
        var outcomes = [Result<[WellPipeline.ImageResult], any Error>?](repeating: nil, count: fields.count)
        await withTaskGroup(of: (Int, Result<[WellPipeline.ImageResult], any Error>).self) { group in
            var next = 0
            func startNext() {
                guard next < fields.count else { return }
                let index = next
                next += 1
                group.addTask {
                    do {
                        try Task.checkCancellation()
                        return (
                            index,
                            .success(
                                try await images(
                                    of: fields[index].well, field: fields[index].field, from: prefetcher, at: position + index, batch: batch,
                                    staging: staging, clock: clock))
                        )
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            for _ in 0..<threads { startNext() }
            for await (index, outcome) in group {
                outcomes[index] = outcome
                startNext()
            }
        }
        guard outcomes.allSatisfy({ $0 != nil }) else { throw IDRError(.system, "images of batch \(batch.number) were not computed") }
        return try gather(outcomes.compactMap(\.self))
    }

    private func gather(_ outcomes: [Result<[WellPipeline.ImageResult], any Error>]) throws -> [WellPipeline.ImageResult] {
        let failures = outcomes.compactMap { outcome -> IDRError? in
            if case .failure(let error) = outcome { IDRError(error, "an image cannot be computed") } else { nil }
        }
        guard var error = failures.first else { return try outcomes.flatMap { try $0.get() } }
        guard failures.count > 1 else { throw error }
        let others = failures.dropFirst().map { "\($0.subject.prefix(2).joined(separator: ", ")): \($0.problem)" }
        error.reason = [error.reason, "\(others.count) more images of the batch failed: \(others.joined(separator: "; "))"].compactMap(\.self).joined(
            separator: "; ")
        throw error
    }

    private func images(
        of well: WellReference, field: Int, from prefetcher: Prefetcher, at position: Int, batch: Batch, staging: String, clock: StageClock
    ) async throws -> [WellPipeline.ImageResult] {
        let fetched = try await prefetcher.take(position)
        clock.add("fetch", from: fetched.began, wall: fetched.wallSeconds, cpu: 0)
        let pipeline = try await pipeline()
        let diameter = try await diameter(of: well, pipeline)
        let results = try await pipeline.process(fetched.frames, of: well, field: field, diameter: diameter, keepingIn: staging, clock: clock)
        for reason in fetched.frames.input.passedOver { progress.sayOnce("warning: a source is passed over: \(reason)") }
        for _ in results { progress.finishedImage(batch: batch.number) }
        return results
    }

    private func pipeline() async throws -> WellPipeline {
        var correct: CorrectExecutor?
        if let stage = plan.correction { correct = CorrectExecutor(penalties: stage.behaviour == .compat ? try await shared.penalties() : nil) }
        return WellPipeline(plan: plan, correct: correct, segment: stages.segment, profile: stages.profile, keep: keep, runner: runner)
    }

    /// Given, shared by the plate, or nil: estimated on each image.
    private func diameter(of well: WellReference, _ pipeline: WellPipeline) async throws -> SegmentExecutor.Diameter? {
        let stage = stages.segment.stage
        if let given = stage.diameter { return SegmentExecutor.Diameter(pixels: given, source: "given") }
        guard stage.behaviour == .standard else { return nil }
        return SegmentExecutor.Diameter(pixels: try await shared.diameter(of: well.plate, with: pipeline), source: "plate")
    }
}
