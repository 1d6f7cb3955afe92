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

    /// - Returns: the batch's record, with a failure where none of its images could be had; the earlier one where no image was gained.
    /// - Throws: `CancellationError` where the task is cancelled, which is no failure of the batch; else only where not even the failure could be
    ///   recorded.
    func run(_ batch: Batch, from prefetcher: Prefetcher) async throws -> BatchRecord {
        let (clock, started, wallStart, cpuStart) = (StageClock(), Date(), ResourceMeter.wallSeconds(), ResourceMeter.processCPUSeconds())
        ResourceMeter.resetPeakMemory()
        var outcome = BatchOutcome()
        do {
            let staged = try folder.begin(batch.number)
            let staging = staged.partialPath
            outcome = try await images(of: batch, from: prefetcher, staging: staging, clock: clock)
            try Task.checkCancellation()
            if outcome.images.isEmpty, let failure = outcome.failure { throw failure }
            let fingerprint = try await write(outcome, of: batch, to: staging, clock)
            // Pixels are read and unpacked on many threads: it is what no other stage took.
            clock.add(restSince: cpuStart, to: Stage.fetch.id)
            var record = record(batch, started, outcome, clock, failure: nil)
            if let earlier = batch.earlier, !earlier.isWorthLess(than: record) { return keeping(earlier) }
            if let earlier = batch.earlier, earlier.isTakenOver { try takeOverFiles(of: earlier, to: staging) }
            record.outputs = try folder.outputs(in: staging, contents: fingerprint.contents)
            if let earlier = batch.earlier, earlier.isTakenOver { try takeOverEnvironments(of: earlier, for: record, to: staging) }
            try folder.commit(record, fingerprint.print, from: staged)
            tell(record, ResourceMeter.wallSeconds() - wallStart)
            return record
        } catch {
            try Task.checkCancellation()
            let failure = IDRError(error, "the batch cannot be computed")
            // What fails once it has its place is no failure of the batch: the next run notes that it is complete.
            if batch.earlier == nil, try folder.completed(batch.number) != nil { throw failure }
            if let earlier = batch.earlier, !failure.endsRun {
                progress.say("batch \(batch.number): \(failure)")
                return keeping(earlier)
            }
            let record = record(batch, started, outcome, clock, failure: failure)
            progress.say("batch \(batch.number) failed: \(failure)")
            // What an earlier run made of it is there still: a batch is never both complete and failed.
            if batch.earlier == nil { try folder.recordFailure(record) }
            return record
        }
    }

    private func keeping(_ earlier: EarlierBatch) -> BatchRecord {
        progress.say(
            earlier.isOutdated
                ? "batch \(earlier.record.batch) stays as it is, on values that its plate had before: not all of its images could be had now; run again"
                : "batch \(earlier.record.batch) stays as it is: nothing of what it lacks could be had")
        return earlier.record
    }

    private func tell(_ record: BatchRecord, _ seconds: Double) {
        let parts = [
            record.images.count.counted("image", "images"),
            record.failedImages.isEmpty ? nil : "\(record.failedImages.count) failed",
            record.absentImages.isEmpty ? nil : "\(record.absentImages.count) do not exist",
            record.cells.counted("nucleus", "nuclei"), "\(PeopleText.decimal(seconds, 1)) s",
        ]
        progress.tell("batch \(record.batch): " + parts.compactMap(\.self).joined(separator: ", "))
        for image in record.failedImages { progress.say("\(ImageKey(image)) failed: \(image.cause)") }
    }

    private func write(
        _ outcome: BatchOutcome, of batch: Batch, to staging: String, _ clock: StageClock
    ) async throws -> (contents: [String: Digest], print: Fingerprint) {
        let (cpu, wall, began) = (ResourceMeter.processCPUSeconds(), ResourceMeter.wallSeconds(), Date())
        let tables = TableExecutor(stages: stages, plan: plan, channels: channels, run: folder.identity)
        let written = try await tables.write(outcome.images, batch: batch.number, to: staging)
        clock.add(Stage.write.id, from: began, wall: ResourceMeter.wallSeconds() - wall, cpu: ResourceMeter.processCPUSeconds() - cpu)
        return (written.contents, written.1)
    }

    private func record(_ batch: Batch, _ started: Date, _ outcome: BatchOutcome, _ clock: StageClock, failure: IDRError?) -> BatchRecord {
        var images = outcome.images.map(\.record)
        for index in images.indices where images[index].environment == environment { images[index].environment = nil }
        return BatchRecord(
            run: folder.identity, batch: batch.number, startedAt: started, finishedAt: Date(), images: images, missing: outcome.missing, outputs: [],
            kept: keep.map(\.rawValue).sorted(), stages: clock.timings, peakMemoryBytes: ResourceMeter.peakMemoryBytes(), threads: threads,
            environment: environment, catalog: catalog,
            warnings: warnings + shared.notes(of: batch.wells) + images.flatMap { ImageWarning.all(of: $0, shared.range).map(\.text) },
            failure: failure)
    }

    /// All fields of all wells of the batch, at most `threads` at once, in the batch's order. Where images fail, every other one is still tried.
    /// - Throws: what ends the run.
    private func images(of batch: Batch, from prefetcher: Prefetcher, staging: String, clock: StageClock) async throws -> BatchOutcome {
        let taken = try await EarlierImages(
            batch.earlier, schema: TableExecutor(stages: stages, plan: plan, channels: channels, run: folder.identity).schema())
        let requests = batch.all(of: plan, channels: channels)
        var outcomes = [Result<BatchOutcome, any Error>?](repeating: nil, count: requests.count)
        await withTaskGroup(of: (Int, Result<BatchOutcome, any Error>).self) { group in
            var next = 0
            func startNext() {
                guard next < requests.count else { return }
                let index = next
                next += 1
                group.addTask {
                    do {
                        try Task.checkCancellation()
                        let own = try taken.outcome(of: requests[index])
                        let outcome = if let own { own } else { try await images(requests[index], from: prefetcher, staging: staging, clock: clock) }
                        for _ in outcome.images { progress.finishedImage(batch: batch.number) }
                        return (index, .success(outcome))
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
        return try outcomes.compactMap(\.self).reduce(into: BatchOutcome()) { try $0.add($1.get()) }
    }

    /// The images of one field of a well. What takes long runs on the queue's threads.
    /// - Throws: what ends the run, and `CancellationError`.
    private func images(_ request: FrameRequest, from prefetcher: Prefetcher, staging: String, clock: StageClock) async throws -> BatchOutcome {
        let fetched: TimedFetch
        do {
            fetched = try await prefetcher.take(request)
        } catch {
            // That one frame of several is out of reach leaves the others without it in their common fit: they wait for it.
            return try BatchOutcome(lacking: request.frames, of: request, error, MissingImage.Kind.init)
        }
        clock.add(Stage.fetch.id, from: fetched.began, wall: fetched.wallSeconds, cpu: 0)
        for reason in fetched.frames.input.passedOver { progress.sayOnce("warning: a source is passed over: \(reason)") }
        var outcome = BatchOutcome()
        if let absence = fetched.frames.absence {
            let absent = request.frames.filter { !fetched.frames.frames.contains($0) }
            outcome = try BatchOutcome(lacking: absent, of: request, absence, MissingImage.Kind.init)
        }
        do {
            outcome.add(try await images(fetched.frames, request, staging: staging, clock: clock))
        } catch {
            outcome.add(try BatchOutcome(lacking: fetched.frames.frames, of: request, error, at: fetched.frames.input.location) { _ in .failed })
        }
        return outcome.inOrder(of: request)
    }

    private func images(_ fetched: FetchedFrames, _ request: FrameRequest, staging: String, clock: StageClock) async throws -> BatchOutcome {
        let shared = try await shared.decisions(for: request.well, clock)
        let begun = try await runner.queue.run { [plan] in
            try FieldImages(fetched, of: request.well, field: request.field, plan: plan.plan, shared: shared)
        }
        let passed = try await runner.pass(begun, through: stages, isolating: true, clock: clock)
        return try await runner.queue.run { [keep] in
            var done = passed
            try done.notePixels()
            try clock.measure(Stage.write.id) { try done.keep(keep, in: staging) }
            var outcome = BatchOutcome()
            for image in done.images {
                guard let failure = image.failure else {
                    outcome.images.append(DoneImage(record: image.record, profile: try image.profile(done.channels)))
                    continue
                }
                outcome.add(try BatchOutcome(lacking: [image.record.frame], of: request, failure, at: fetched.input.location) { _ in .failed })
            }
            return outcome
        }
    }

    /// Kept files of images that are not computed again.
    private func takeOverFiles(of earlier: EarlierBatch, to staging: String) throws {
        for output in earlier.record.outputs where !output.name.hasPrefix(RecordLayout.batch(earlier.record.batch) + ".") {
            // The record says what kinds it has, and that is what this run keeps.
            guard keep.contains(where: { $0.isKind(of: output.name) }), !FileManager.default.fileExists(atPath: "\(staging)/\(output.name)")
            else { continue }
            try CheckedCopy.copy(output.file, at: "\(earlier.folder)/\(output.name)", to: staging)
        }
    }

    /// The environments that computed images of earlier runs.
    private func takeOverEnvironments(of earlier: EarlierBatch, for record: BatchRecord, to staging: String) throws {
        for digest in Set(record.images.compactMap(\.environment)).sorted(by: { $0.hex < $1.hex }) {
            let name = "\(RecordLayout.environments)/\(digest).json"
            let from = "\(earlier.folder)/\(digest == earlier.record.environment ? RecordLayout.environment : name)"
            guard let bytes = try OnDisk.bytes(of: from, limit: 1 << 20) else {
                throw IDRError(
                    .missing, "the batch lacks an environment that its record names", at: [from], fix: "remove the batch's folder, and run again")
            }
            try OnDisk.makeFolder("\(staging)/\(RecordLayout.environments)")
            try AtomicFile.write(bytes, to: "\(staging)/\(name)")
        }
    }
}

extension Intermediate {
    fileprivate static let labels = "_masks.tif"
    fileprivate static let locations = "_Nuclei.csv"

    /// Whether a file that was kept is of this kind.
    package func isKind(of name: String) -> Bool {
        let isOfMasks = name.hasSuffix(Self.labels) || name.hasSuffix(Self.locations)
        return switch self {
        case .masks: isOfMasks
        case .frames: name.hasSuffix(".tif") && !isOfMasks
        }
    }
}

extension FieldImages {
    /// Writes the files that somebody wants to have.
    fileprivate func keep(_ kinds: [Intermediate], in folder: String) throws {
        for (position, image) in open {
            if kinds.contains(.frames) {
                let numbers = channels.read
                for number in numbers {
                    let name = image.name.stem(channel: numbers.count == 1 ? nil : number)
                    try plane(number, position).writeTIFF(to: "\(folder)/\(name).tif")
                }
            }
            if kinds.contains(.masks), let nuclei = image.nuclei {
                try TIFFWriter.write(labels: nuclei.labels, to: "\(folder)/\(image.name.stem)\(Intermediate.labels)")
                try AtomicFile.write(Array(image.savedLocations.csv.utf8), to: "\(folder)/\(image.name.stem)\(Intermediate.locations)")
            }
        }
    }
}
