import Foundation
import IDRFiles
import IDRFormats
import IDRPlan
import IDRRecord
import IDRTables

/// Computes one batch and commits it, or records why it failed.
struct BatchRunner: Sendable {
    let plan: ResolvedPlan
    let channels: WantedChannels
    /// In the order in which they run.
    let stages: [any StageExecutor]
    let shared: SharedValues
    let folder: RunFolder
    let runner: StageRunner
    let threads: Int
    let keep: [Intermediate]
    let progress: Progress
    /// SHA-256 of the environment's JSON.
    let environment: Digest
    let catalog: [CatalogRecord]
    /// Of the whole plan.
    let warnings: [String]

    /// - Returns: the batch's record, with a failure where it failed.
    /// - Throws: `CancellationError` where the task is cancelled, which is no failure of the batch; else only where not even the failure could be
    ///   recorded.
    func run(_ batch: Batch, from prefetcher: Prefetcher) async throws -> BatchRecord {
        let clock = StageClock()
        let started = Date()
        let wallStart = ResourceMeter.wallSeconds()
        ResourceMeter.resetPeakMemory()
        var images: [ImageRecord] = []
        do {
            let staging = try folder.begin(batch.number)
            let results = try await wells(of: batch, from: prefetcher, staging: staging, clock: clock)
            images = results.map(\.image.record)
            try Task.checkCancellation()
            let cpu = ResourceMeter.processCPUSeconds()
            let wall = ResourceMeter.wallSeconds()
            let began = Date()
            let tables = TableExecutor(stages: stages, plan: plan.plan, run: folder.identity)
            let (contents, fingerprint) = try await tables.write(results.map(\.image), results.map(\.profile), batch: batch.number, to: staging)
            let outputs = try folder.outputs(in: staging, contents: contents)
            clock.add(Stage.write.id, from: began, wall: ResourceMeter.wallSeconds() - wall, cpu: ResourceMeter.processCPUSeconds() - cpu)
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

    /// One image, and its part of the table.
    private typealias Done = (image: ImageInProgress, profile: ImageProfile)

    /// All fields of all wells of the batch, at most `threads` at once, in the batch's order. Where wells fail, every other one is still tried,
    /// so that one run names all that is wrong.
    private func wells(of batch: Batch, from prefetcher: Prefetcher, staging: String, clock: StageClock) async throws -> [Done] {
        let requests = batch.requests(of: plan, channels: channels)
        var outcomes = [Result<[Done], any Error>?](repeating: nil, count: requests.count)
        await withTaskGroup(of: (Int, Result<[Done], any Error>).self) { group in
            var next = 0
            func startNext() {
                guard next < requests.count else { return }
                let index = next
                next += 1
                group.addTask {
                    do {
                        try Task.checkCancellation()
                        let done = try await images(requests[index], from: prefetcher, staging: staging, clock: clock)
                        for _ in done { progress.finishedImage(batch: batch.number) }
                        return (index, .success(done))
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

    private func gather(_ outcomes: [Result<[Done], any Error>]) throws -> [Done] {
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

    /// The images of one field of a well. What takes long runs on the queue's threads.
    private func images(_ request: FrameRequest, from prefetcher: Prefetcher, staging: String, clock: StageClock) async throws -> [Done] {
        let fetched = try await prefetcher.take(request)
        clock.add(Stage.fetch.id, from: fetched.began, wall: fetched.wallSeconds, cpu: 0)
        let well = request.well
        let shared = try await shared.decisions(for: well)
        for reason in fetched.frames.input.passedOver { progress.sayOnce("warning: a source is passed over: \(reason)") }
        do {
            let begun = try await runner.queue.run { [plan] in
                try FieldImages(fetched.frames, of: well, field: request.field, plan: plan.plan, shared: shared)
            }
            let done = try await runner.pass(begun, through: stages, clock: clock)
            return try await runner.queue.run { [keep] in
                try clock.measure(Stage.write.id) { try done.keep(keep, in: staging) }
                return try done.images.map { ($0, try $0.profile(done.channels)) }
            }
        } catch let error as IDRError {
            throw error.at("plate \(well.plate)", "well \(well.well)", fetched.frames.input.location)
        }
    }
}

extension Batch {
    /// What is read for the batch, a request a field of a well, in the order of wells.
    func requests(of plan: ResolvedPlan, channels: WantedChannels) -> [FrameRequest] {
        wells.flatMap { well in plan.plan.fields.map { FrameRequest(well, field: $0, of: plan, channels: channels) } }
    }
}

extension FieldImages {
    /// Writes the files that somebody wants to have.
    fileprivate func keep(_ kinds: [Intermediate], in folder: String) throws {
        for (position, image) in images.enumerated() {
            if kinds.contains(.frames) {
                let numbers = channels.read
                for number in numbers {
                    let name = image.name.stem(channel: numbers.count == 1 ? nil : number)
                    try plane(number, position).writeTIFF(to: "\(folder)/\(name).tif")
                }
            }
            if kinds.contains(.masks), let nuclei = image.nuclei {
                try TIFFWriter.write(labels: nuclei.labels, to: "\(folder)/\(image.name.stem)_masks.tif")
                try AtomicFile.write(Array(image.savedLocations.csv.utf8), to: "\(folder)/\(image.name.stem)_Nuclei.csv")
            }
        }
    }
}
