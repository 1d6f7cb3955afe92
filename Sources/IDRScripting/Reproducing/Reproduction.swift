import Foundation
package import IDRComparison
import IDRFiles
import IDRKit
package import IDRPlan
import IDRRecord
import IDRScreens
import Synchronization

/// Runs a record's script again, from the record alone, and judges what comes out.
package struct Reproduction {
    /// What the person who repeats a run decides.
    package struct Choices {
        /// Only these batches; nil: all that the record has.
        package var batches: [Int]?
        package var threads: Int?
        package var access: Access?
        /// Whether another toolchain, library or model ends it.
        package var isLocked = false
        /// Whether the script is compiled and run in the sandbox, where it needs no trust.
        package var isSandboxed = false
        /// The record's digest as it was published.
        package var digest: String?
        package var allowedSigners: String?

        package init() {}
    }

    /// A record's folder.
    package let folder: String
    package let choices: Choices
    /// A folder for the rerun.
    package let output: String

    package init(folder: String, choices: Choices, output: String) {
        self.folder = folder
        self.choices = choices
        self.output = output
    }

    /// - Throws: where the script may not run, or this machine fails; what a record lacks is part of the verdict.
    package func run() async throws -> Verdict {
        let check = RecordVerification(of: folder, digest: choices.digest, allowedSigners: choices.allowedSigners)
        let record = try RecordFolder(reading: folder)
        let wanted = try wanted(of: record)
        guard check.isIntact else {
            let reasons = check.problems.prefix(5).map(\.description) + (check.problems.count > 5 ? ["and \(check.problems.count - 5) more"] : [])
            return verdict(record, check, wanted, refusal: "the record is not intact: " + reasons.joined(separator: "; "))
        }
        guard let script = record.script else {
            return verdict(record, check, wanted, refusal: "the record has no script: it was a program's, and its source was not at hand")
        }
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        let report = output + "/failure.json"
        // One that stayed would pass for this rerun's.
        try OnDisk.remove(report)
        let runnable = record.completeBatches.filter(wanted.contains)
        var unavailable: IDRError?
        do {
            if !runnable.isEmpty { try await rerun(script, record, batches: runnable, report: report) }
        } catch let error as IDRError {
            guard error.code == .packages else { throw error }
            unavailable = error
        }
        let failure = unavailable ?? Self.failure(at: report)
        return verdict(record, check, wanted, refusal: failure.map { "\($0)" })
    }

    /// What the script reported that ended it; nil where it reported nothing.
    private static func failure(at report: String) -> IDRError? {
        do throws(IDRError) {
            return try OnDisk.bytes(of: report, limit: 1 << 20).map { bytes throws(IDRError) in
                try CanonicalJSON.decode(IDRError.self, from: Data(bytes), path: report)
            }
        } catch {
            return error
        }
    }

    private func wanted(of record: RecordFolder) throws(IDRError) -> [Int] {
        guard let batches = choices.batches else {
            // Those that the run came to; that others were not run is a note of the verdict.
            let begun = Set(record.journal.compactMap(\.batch)).union(record.completeBatches).union(record.failedBatches)
            return begun.isEmpty ? Array(0..<record.run.batches) : begun.sorted()
        }
        if let wrong = batches.first(where: { $0 >= record.run.batches }) {
            throw IDRError(
                .invalidPlan, "the record has no batch \(wrong)", at: [folder], because: "it has \(record.run.batches), numbered from 0",
                fix: "choose among them")
        }
        return Set(batches).sorted()
    }

    private func rerun(_ path: String, _ record: RecordFolder, batches: [Int], report: String) async throws {
        let source = try ScriptCompiler.source(of: path)
        let flags = try CompilerFlags(recorded: record.run.script.compilerFlags)
        var options = RunOptions()
        options.output = rerunFolder
        options.threads = choices.threads
        options.batches = batches
        options.access = choices.access
        options.lock = choices.isLocked ? "\(folder)/\(RecordLayout.lock)" : nil
        options.reproducing = folder
        options.failureReport = report
        let isDone =
            choices.isSandboxed
            ? try await runSandboxed(source, path, record, flags, options) : try await runAsChild(source, path, record, flags, options)
        guard isDone || FileManager.default.fileExists(atPath: report) else {
            throw IDRError(
                .system, "the script ended before the recorded run did", at: [record.run.script.name], because: "what it said is above",
                fix: "run it with idrscript run, and see why")
        }
    }

    private func runSandboxed(
        _ source: Data, _ path: String, _ record: RecordFolder, _ flags: CompilerFlags, _ options: RunOptions
    ) async throws -> Bool {
        let script = record.run.script
        let status = try await SandboxedScript(
            source: source, path: path, name: script.name, arguments: script.arguments, flags: flags, output: STDERR_FILENO
        ).run(options)
        let signal = status - 128
        if [SIGINT, SIGTERM, SIGHUP].contains(signal) { throw ReproductionStopped(signal: signal) }
        return status == 0
    }

    private func runAsChild(_ source: Data, _ path: String, _ record: RecordFolder, _ flags: CompilerFlags, _ options: RunOptions) async throws
        -> Bool
    {
        let trust = try ScriptTrust(allowedSigners: choices.allowedSigners).decide(source, path: path, record: folder)
        let support = try ScriptSupport.find()
        // The report and messages call it what its author did.
        let name = try PathPart.checked(record.run.script.name, called: "the script's name")
        var compiler = ScriptCompiler(support: support, cache: .standard, flags: flags, pins: try packages(of: record, options.batches ?? []))
        compiler.isOffline = try (choices.access ?? Access()).over(.configured()).freshness == .offline
        let compiled = try await compiler.compiled(source, path: name)
        var options = options
        options.script = StartedScript(
            source: compiled.source, name: name, arguments: record.run.script.arguments, compiler: compiled.compiler ?? "",
            compilerFlags: flags.all, packages: compiled.packages, trust: trust)
        let run = ScriptRun(
            script: compiled, path: name, arguments: record.run.script.arguments, symbolizer: support.toolchain.symbolizer)
        let stop = ChildStop()
        let signal = Mutex(Int32?.none)
        // It closes its record first.
        let signals = StopSignals { number in
            signal.withLock { $0 = number }
            stop.ask(number)
        }
        defer { signals.end() }
        let isDone = try await run.runAsChild(options, stop: stop)
        if let number = signal.withLock({ $0 }) { throw ReproductionStopped(signal: number) }
        return isDone
    }

    /// The packages that the script was built with for these batches. A run that was continued may have been built anew in between.
    private func packages(of record: RecordFolder, _ batches: [Int]) throws(IDRError) -> [PackageRecord]? {
        var found: [[PackageRecord]?] = []
        for number in batches {
            let packages = try record.environment(of: number).packages
            if !found.contains(packages) { found.append(packages) }
        }
        guard found.count <= 1 else {
            throw IDRError(
                .packages, "batches of this run were built with different packages", at: [folder],
                because: found.map { $0?.map(\.text).joined(separator: ", ") ?? "none" }.joined(separator: "; "),
                fix: "repeat them apart, with --batches")
        }
        return found.first ?? nil
    }

    package var rerunFolder: String { "\(output)/\(Self.runName)" }

    /// Of the folder of the rerun.
    package static let runName = "run"

    /// - Parameter refusal: why batches that are not in the rerun cannot be judged.
    private func verdict(_ record: RecordFolder, _ check: RecordVerification, _ wanted: [Int], refusal: String?) -> Verdict {
        let rerun = try? RecordFolder(reading: rerunFolder)
        let batches = wanted.map { number in comparison(number, record, rerun, refusal) }
        let setup = setup(record, rerun, wanted)
        return Verdict(
            record: check.digest, rerun: rerun == nil ? nil : try? Manifest.digest(in: rerunFolder), judgedAt: Date(),
            declared: batches.map(\.declared).max() ?? .bit, agreement: record.run.agreement, batches: batches, setup: setup,
            notes: check.notes + kernelChanges(record, wanted) + missing(record, rerun, wanted))
    }

    private func comparison(_ number: Int, _ record: RecordFolder, _ rerun: RecordFolder?, _ refusal: String?) -> BatchComparison {
        guard record.completeBatches.contains(number) else {
            let wasCompleted = record.journal.contains { $0.event == .batchCompleted && $0.batch == number }
            let reason =
                if record.failedBatches.contains(number) {
                    "the batch failed in the record"
                } else if wasCompleted {
                    "the batch was completed and its folder is gone from the record"
                } else {
                    "the record has no such batch: it was never run"
                }
            return BatchComparison(batch: number, declared: .bit, unverifiable: reason)
        }
        do {
            guard let rerun, rerun.completeBatches.contains(number) else {
                let failure = try rerun.flatMap { rerun throws(IDRError) in
                    rerun.failedBatches.contains(number) ? try rerun.failure(number).failure : nil
                }
                return BatchComparison(
                    batch: number, declared: .bit, unverifiable: failure.map { "\($0)" } ?? refusal ?? "the rerun did not come to this batch")
            }
            if let lacking = try lacking(number, record, rerun) { return BatchComparison(batch: number, declared: .bit, unverifiable: lacking) }
            let (ours, theirs) = (try record.environment(of: number), try rerun.environment(of: number))
            let models = record.plan.models
            let declared = AgreementClass.declared(
                ours.lock(models: models), theirs.lock(models: models),
                sameInstructionSets: ours.instructionSets == theirs.instructionSets && ours.openBLASCore == theirs.openBLASCore)
            return try BatchComparison(original: record, rerun: rerun, batch: number, declared: declared)
        } catch {
            return BatchComparison(batch: number, declared: .bit, unverifiable: "\(error)")
        }
    }

    /// Why an image that the record has could not be had here; nil where all were.
    private func lacking(_ number: Int, _ record: RecordFolder, _ rerun: RecordFolder) throws(IDRError) -> String? {
        let own = Set(try record.batch(number).images.map(ImageKey.init))
        return try rerun.batch(number).missing.first { own.contains(ImageKey($0)) }.map { "\(ImageKey($0)): \($0.cause)" }
    }

    /// Images that the record lacks, and what became of them here: they are no part of what is compared.
    private func missing(_ record: RecordFolder, _ rerun: RecordFolder?, _ wanted: [Int]) -> [String] {
        wanted.flatMap { number -> [String] in
            guard let missing = try? record.batch(number).missing, !missing.isEmpty else { return [] }
            let now = Dictionary(((try? rerun?.batch(number).missing) ?? []).map { (ImageKey($0), $0.cause) }) { first, _ in first }
            return missing.map { image in
                let tried = now[ImageKey(image)].map { ": \($0.problem)" } ?? ": it was not tried"
                return "batch \(number): the record lacks \(ImageKey(image)) (\(image.kind == .absent ? "it did not exist" : "it failed"))\(tried)"
            }
        }
    }

    /// Stages that compute other numbers here than where the batches were made.
    private func kernelChanges(_ record: RecordFolder, _ wanted: [Int]) -> [String] {
        let releases = Set(wanted.compactMap { try? record.environment(of: $0).idrkit.version }).sorted()
        return releases.flatMap { KernelChanges.of(record.plan.plan, since: $0) }
    }

    /// What the rerun stands on and the record does not.
    private func setup(_ record: RecordFolder, _ rerun: RecordFolder?, _ wanted: [Int]) -> [String] {
        guard let number = wanted.first(where: { record.completeBatches.contains($0) }), let ours = try? record.environment(of: number),
            let theirs = try? rerun?.environment(of: number)
        else { return [] }
        var lines = ours.lock(models: []).differences(from: theirs.lock(models: []))
        func compare(_ name: String, _ a: String, _ b: String) { if a != b { lines.append("\(name): \(a), not \(b)") } }
        compare("processor", ours.processor, theirs.processor)
        compare("instruction sets", ours.instructionSets.joined(separator: " "), theirs.instructionSets.joined(separator: " "))
        compare("OpenBLAS core", ours.openBLASCore, theirs.openBLASCore)
        compare("operating system", ours.operatingSystem, theirs.operatingSystem)
        return lines
    }
}
