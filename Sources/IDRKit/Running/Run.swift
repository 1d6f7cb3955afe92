import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

extension Pipeline where Stage: HasRows {
    /// Wells in a batch of the published run.
    public static var publishedBatchSize: Int { 10 }

    /// Executes the pipeline: resolves it, then takes batch after batch through its stages.
    ///
    /// An image that cannot be read or computed costs its own rows: the batch's record names it with the cause, and running again tries it again.
    /// A run that was interrupted continues where it stopped.
    /// - Parameters:
    ///   - batchSize: wells a batch; decides memory and disk, and how the tables are cut, never a number in them.
    ///   - name: a folder of its own below the output folder, for scripts with several runs.
    ///   - onFailure: what happens where images failed: the script goes on and its process ends with status 3, or this throws.
    ///   - file: the script's source, which the record keeps; leave it out.
    ///   - line: the call's line, which errors name; leave it out.
    /// - Returns: the run's results on disk. Under `idrscript plan` nothing is run; see ``ProfileRun``.
    /// - Throws: an ``IDRError``; of code `batchesFailed` where no image could be had, or where some could not and `onFailure` is `stop`. What the
    ///   machine refuses (a full disk, no memory) ends the run.
    public func run(
        batchSize: Int = publishedBatchSize, name: String? = nil, onFailure: FailureResponse = .continue, file: String = #filePath, line: Int = #line
    ) async throws -> ProfileRun {
        let options = try RunOptions.fromEnvironment()
        do {
            let run = try await run(batchSize: batchSize, name: name, onFailure: onFailure, file: file, line: line, options: options)
            // Of a rerun, a verdict says what it lacks; and of other runs of its script nobody asks.
            if run.failure != nil, options.reproducing == nil { ScriptEnd.hasFailures() }
            return run
        } catch let error as IDRError {
            if let report = options.failureReport { try AtomicFile.write(CanonicalJSON.encode(error), to: report) }
            throw error.at(SourcePlace.text(file, line))
        }
    }

    /// Executes the pipeline with options from elsewhere than the environment.
    package func run(
        batchSize: Int, name: String? = nil, onFailure: FailureResponse = .continue, file: String = #filePath, line: Int = #line, options: RunOptions
    ) async throws -> ProfileRun {
        StandardError.outliveReaders()
        try options.check()
        var options = options
        // A rerun that took anything over would prove nothing.
        if options.reproducing != nil { options.stages = .off }
        func done(_ run: ProfileRun) throws(IDRError) -> ProfileRun {
            if case .stop = onFailure, let failure = run.failure { throw failure }
            return run
        }
        guard let recorded = try RecordedRun(options) else {
            return try await done(execute(batchSize, name, file, line, options, recorded: nil))
        }
        guard recorded.isRepeated(by: plan, name: name) else {
            return try await done(execute(batchSize, name, file, line, recorded.optionsOfAnother(options, plan), recorded: nil))
        }
        let run = try await execute(batchSize, name, file, line, recorded.options(options), recorded: recorded)
        // What the script does with its results is no part of the run's record.
        if options.script != nil { ScriptEnd.successfully() }
        return run
    }

    private func execute(_ batchSize: Int, _ name: String?, _ file: String, _ line: Int, _ options: RunOptions, recorded: RecordedRun?) async throws
        -> ProfileRun
    {
        let batchSize = options.batchSize ?? batchSize
        try RunOptions.check(batchSize: batchSize)
        if options.mode == .run { try AddressSpace.check(threads: options.threads ?? ProcessInfo.processInfo.activeProcessorCount) }
        let resolution = try await Resolver.resolution(of: plan, access: access, options: options, recorded: recorded)
        switch options.mode {
        case .plan, .planJSON:
            PlanPrinter(resolution: resolution, batchSize: batchSize).print(asJSON: options.mode == .planJSON)
            return ProfileRun(state: .planned(resolution, endsScript: options.script != nil))
        case .run:
            let execution = try await Execution(
                resolution: resolution, batchSize: batchSize, name: name, file: file, options: options, recorded: recorded)
            NotebookRecorder.shared.began(execution.folderPath, file: file, line: line)
            defer { NotebookRecorder.shared.ended(execution.folderPath) }
            do {
                let run = try await execution.run()
                NotebookRecorder.shared.ran(execution.folderPath, file: file, line: line)
                return run
            } catch let error as IDRError {
                if error.code == .batchesFailed { NotebookRecorder.shared.ran(execution.folderPath, file: file, line: line) }
                throw error
            }
        }
    }
}

/// A line of a script, as errors name it.
enum SourcePlace {
    static func text(_ file: String, _ line: Int) -> String { "\(name(file)):\(line)" }

    /// The file's own name.
    static func name(_ file: String) -> String { String(file.split(separator: "/").last ?? "script") }
}
