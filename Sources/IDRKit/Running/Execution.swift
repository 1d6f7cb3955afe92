import Foundation
import IDRFiles
import IDRModels
import IDRPlan
import IDRRecord
import IDRTables
import Synchronization

/// One run: batches one after another, wells of a batch side by side.
struct Execution: Sendable {
    private let resolution: Resolution
    private let batches: [Batch]
    private let batchSize: Int
    private let folder: RunFolder
    private let threads: Int
    private let fetcher: any FrameFetcher
    private let runner: BatchRunner
    private let environment: RunEnvironment
    private let isRerun: Bool
    private let progress: Progress

    /// Loads the models, then opens the run's folder: a run that cannot begin claims no folder.
    /// - Parameter file: the source file of the call that began the run.
    init(resolution: Resolution, batchSize: Int, name: String?, file: String, options: RunOptions, recorded: RecordedRun?) async throws {
        let plan = resolution.plan
        let stages = try await StageLoader.load(resolution)
        let facts = try SessionFacts(resolution, file: file)
        if let lock = options.lock { try facts.session.lock.check(against: lock) }
        batches = try Batch.chosen(of: plan.wells, size: batchSize, options: options)
        self.resolution = resolution
        self.batchSize = batchSize
        environment = facts.session.environment
        isRerun = recorded != nil
        threads = options.threads ?? ProcessInfo.processInfo.activeProcessorCount
        let run = RunRecord(
            run: resolution.identity, name: name, batchSize: batchSize, batches: (plan.wells.count + batchSize - 1) / batchSize, script: facts.script,
            author: resolution.author)
        folder = try RunFolder(
            path: Self.folderPath(resolution, name: name, options: options), resolution: resolution, run: run, session: facts.session)
        let reader = resolution.fetcher
        let numbers = batches.map(\.number)
        fetcher = try recorded.map { run throws(IDRError) in try RecordedInputs(reader, run.record, batches: numbers) } ?? reader
        progress = Progress(total: batches.reduce(0) { $0 + $1.wells.count } * plan.plan.imagesPerWell, isQuiet: options.isQuiet ?? false)
        let stageRunner = StageRunner(
            cache: try StageCache(options.stages ?? .configured), keys: StageKeys(plan: plan, environment: facts.session.environment),
            queue: ComputeQueue(threads: threads),
            progress: progress)
        let shared = SharedValues(
            resolution, stages: stages, fetcher: fetcher, folder: folder, runner: stageRunner, threads: threads)
        runner = BatchRunner(
            plan: plan, channels: resolution.channels, stages: stages, shared: shared, folder: folder, runner: stageRunner, threads: threads,
            keep: options.keep,
            progress: progress, environment: try folder.environmentDigest(), catalog: resolution.catalog,
            warnings: resolution.warnings)
    }

    /// `--output`, or `runs/<screen>-<identity>`; a named run gets a folder below it.
    private static func folderPath(_ resolution: Resolution, name: String?, options: RunOptions) throws -> String {
        let base = options.output ?? "runs/\(resolution.plan.plan.screen)-\(resolution.identity.short)"
        guard let name else { return base }
        return "\(base)/\(try PathPart.checked(name, called: "the run's name"))"
    }

    var folderPath: String { folder.path }

    /// Runs the chosen batches that are not complete, or that lack images.
    /// - Throws: where the run was ended by more than its images, and where no image could be had.
    func run() async throws -> ProfileRun {
        defer { folder.release() }
        if !isRerun { try await runner.shared.renew(asksForAbsent: resolution.asksForAbsent, where: allAreChosen) }
        var records: [Int: BatchRecord] = [:]
        var open: [Batch] = []
        let found = Mutex<[Int: Result<BatchRecord?, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: batches.count) { position in
            let number = batches[position].number
            let complete = Result { try completed(number) }
            found.withLock { $0[number] = complete }
        }
        for var batch in batches {
            let complete = try found.withLock { $0[batch.number] }?.get()
            batch.earlier = try complete.flatMap(earlier)
            if batch.earlier == nil, let complete { records[batch.number] = complete } else { open.append(batch) }
        }
        try folder.seal.check(records.keys.sorted())
        for file in folder.mended { progress.say("\(file) of the record was damaged, and is written anew") }
        for warning in resolution.warnings { progress.say("warning: \(warning)") }
        if let note = Processor.slowness(resolution.plan.plan.segmentation?.precision) { progress.say("note: \(note)") }
        report(skipped: batches.filter { records[$0.number] != nil })
        var ended: [BatchRecord] = []
        // A record that is whole stays as it is, and with it what was said and signed of its digest.
        var digest = open.isEmpty && runner.shared.renewed.all.isEmpty ? try folder.digest() : nil
        if digest == nil {
            ended = try await run(open, complete: records.values.sorted { $0.batch < $1.batch })
            let closed = try folder.close()
            digest = closed.digest
            for damage in closed.damages { progress.say("warning: \(damage)") }
        }
        for record in ended where record.failure == nil { records[record.batch] = record }
        var account = RunAccount(
            batches.compactMap { records[$0.number] }, failures: ended.filter { $0.failure != nil }, of: batches.count, folder: folder.path)
        account.range = runner.shared.range
        if let fatal = account.fatal { throw fatal }
        account.tell(progress)
        if let digest { progress.tell("record \(digest)") }
        return ProfileRun(state: .executed(folder: folder.path, batches: account.batches, resolution), failure: account.failure)
    }

    /// The records of `open`, as far as the run came.
    private func run(_ open: [Batch], complete: [BatchRecord]) async throws -> [BatchRecord] {
        try folder.begin(complete: complete)
        try runner.shared.keepRenewed()
        let interruption = Interruption(progress, folder)
        defer { interruption.end() }
        var ended: [BatchRecord] = []
        let executor = InProcessBatches(
            runner: runner, fetcher: fetcher, requests: { [resolution] in $0.requests(of: resolution.plan, channels: resolution.channels) },
            lookahead: threads)
        do {
            try await executor.run(open) { ended.append($0) }
        } catch let error as CancellationError {
            // A run that is cancelled closes its record, which says so: complete batches count, and nothing has failed.
            try folder.stop()
            throw error
        }
        return ended
    }

    /// - Returns: nil too where a rerun was stopped and goes on with another program or machine: all of it is judged as one.
    private func completed(_ number: Int) throws -> BatchRecord? {
        let complete = try folder.completed(number)
        guard isRerun, complete != nil else { return complete }
        let own = try RecordFolder.value(RunEnvironment.self, "\(folder.path)/\(RecordLayout.batch(number))/\(RecordLayout.environment)")
        return own.computes(as: environment) ? complete : nil
    }

    private func holdsWhatIsKept(_ record: BatchRecord) -> Bool { resolution.options.keep.allSatisfy { record.kept.contains($0.rawValue) } }

    /// `record` as what is to be completed or computed anew; nil where it stands on the run's values, and lacks nothing that this run tries and no
    /// file that it keeps.
    private func earlier(_ record: BatchRecord) throws -> EarlierBatch? {
        let asksForAbsent = resolution.asksForAbsent
        let isOutdated = try !isRerun && runner.shared.differ(from: record)
        let lacks = !record.failedImages.isEmpty || asksForAbsent && !record.absentImages.isEmpty
        guard isOutdated || lacks || !holdsWhatIsKept(record) else { return nil }
        let own = try? RecordFolder.value(RunEnvironment.self, "\(folder.path)/\(RecordLayout.batch(record.batch))/\(RecordLayout.environment)")
        return EarlierBatch(
            record: record, folder: "\(folder.path)/\(RecordLayout.batch(record.batch))",
            isTakenOver: !isOutdated && own?.computes(as: environment) == true && holdsWhatIsKept(record), asksForAbsent: asksForAbsent,
            isOutdated: isOutdated)
    }

    /// Whether each batch that is there and has a well of `plate`, or any well, is one of this run's: no other may be left on a former value.
    private func allAreChosen(_ plate: String?) -> Bool {
        let chosen = Set(batches.map(\.number))
        return Batch.cut(resolution.plan.wells, size: batchSize).allSatisfy { batch in
            chosen.contains(batch.number) || !FileManager.default.fileExists(atPath: "\(folder.path)/\(RecordLayout.batch(batch.number))")
                || plate.map { plate in !batch.wells.contains { $0.plate == plate } } == true
        }
    }

    private func report(skipped: [Batch]) {
        guard !skipped.isEmpty else { return }
        progress.skip(skipped.reduce(0) { $0 + $1.wells.count } * resolution.plan.plan.imagesPerWell)
        progress.tell(
            "skipping \(skipped.count.counted("batch that is complete", "batches that are complete")): \(skipped.map { String($0.number) }.joined(separator: ", "))"
        )
    }
}

extension Plan {
    var imagesPerWell: Int { frames.count * fields.count }
}
