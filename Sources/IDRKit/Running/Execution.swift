import Foundation
import IDRFiles
import IDRModels
import IDRPlan
import IDRRecord
import IDRTables

/// One run: batches one after another, wells of a batch side by side.
struct Execution: Sendable {
    private let resolution: Resolution
    private let batches: [Batch]
    private let folder: RunFolder
    private let threads: Int
    private let fetcher: any FrameFetcher
    private let runner: BatchRunner
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
            queue: ComputeQueue(),
            progress: progress)
        let shared = SharedValues(resolution, stages: stages, fetcher: fetcher, folder: folder.path + "/shared", runner: stageRunner)
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

    /// Runs the chosen batches that are not complete yet.
    func run() async throws -> ProfileRun {
        defer { folder.release() }
        var records: [Int: BatchRecord] = [:]
        for batch in batches { records[batch.number] = try folder.completed(batch.number, keeping: resolution.options.keep) }
        for warning in resolution.warnings { progress.say("warning: \(warning)") }
        report(skipped: batches.filter { records[$0.number] != nil })
        let open = batches.filter { records[$0.number] == nil }
        // A record that is whole stays as it is, and with it what was said and signed of its digest.
        if open.isEmpty, let seal = try folder.seal() { return result(batches.compactMap { records[$0.number] }, record: seal) }
        try folder.begin()
        let interruption = Interruption(progress, folder)
        defer { interruption.end() }
        var failures: [BatchRecord] = []
        let executor = InProcessBatches(
            runner: runner, fetcher: fetcher, requests: { [resolution] in $0.requests(of: resolution.plan, channels: resolution.channels) },
            lookahead: threads)
        do {
            try await executor.run(open) { record in
                if record.failure == nil { records[record.batch] = record } else { failures.append(record) }
            }
        } catch let error as CancellationError {
            // A run that is cancelled closes its record, which says so: complete batches count, and nothing has failed.
            try folder.stop()
            throw error
        }
        let digest = Result { try folder.close() }
        try throwIfFailed(failures, of: open.count)
        return result(batches.compactMap { records[$0.number] }, record: try digest.get())
    }

    private func result(_ done: [BatchRecord], record digest: Digest) -> ProfileRun {
        let cells = done.reduce(0) { $0 + $1.images.reduce(0) { $0 + $1.cells } }
        progress.tell("\(done.count.counted("batch", "batches")), \(cells.counted("nucleus", "nuclei")): results in \(folder.path)")
        progress.tell("record \(digest)")
        return ProfileRun(state: .executed(folder: folder.path, batches: done, resolution))
    }

    private func report(skipped: [Batch]) {
        guard !skipped.isEmpty else { return }
        progress.skip(skipped.reduce(0) { $0 + $1.wells.count } * resolution.plan.plan.imagesPerWell)
        progress.tell(
            "skipping \(skipped.count.counted("batch that is complete", "batches that are complete")): \(skipped.map { String($0.number) }.joined(separator: ", "))"
        )
    }

    private func throwIfFailed(_ failures: [BatchRecord], of count: Int) throws(IDRError) {
        guard let first = failures.first, let failure = first.failure else { return }
        throw IDRError(
            failure.code == .system ? .system : .batchesFailed,
            "\(failures.count) of \(count.counted("batch", "batches")) failed: \(failures.map { String($0.batch) }.joined(separator: ", "))",
            at: ["batch \(first.batch)"] + failure.subject, because: [failure.problem, failure.reason].compactMap(\.self).joined(separator: ": "),
            fix: "\(failure.advice.map { $0 + "; then run" } ?? "run") again: complete batches are skipped (records: \(folder.path)/failures)")
    }
}

extension Plan {
    var imagesPerWell: Int { frames.count * fields.count }
}

/// Wells that are computed and committed together.
struct Batch: Sendable {
    /// Counted from 0, as the published pipeline does.
    let number: Int
    let wells: [WellReference]

    static func cut(_ wells: [WellReference], size: Int) -> [Batch] {
        stride(from: 0, to: wells.count, by: size).enumerated().map { number, start in
            Batch(number: number, wells: Array(wells[start..<min(start + size, wells.count)]))
        }
    }
    /// The batches that the options ask for, in order.
    static func chosen(of wells: [WellReference], size: Int, options: RunOptions) throws(IDRError) -> [Batch] {
        let all = cut(wells, size: size)
        let wanted = options.batches ?? Array((options.startBatch ?? 0)..<max(all.count, options.startBatch ?? 0))
        if let wrong = wanted.first(where: { $0 < 0 || $0 >= all.count }) ?? (wanted.isEmpty ? options.startBatch : nil) {
            throw IDRError(
                .invalidPlan, "batch \(wrong) does not exist",
                because: "\(wells.count) wells make \(all.count) batches of \(size), numbered 0...\(all.count - 1)",
                fix: "choose batches in that range")
        }
        return Set(wanted).sorted().map { all[$0] }
    }
}
