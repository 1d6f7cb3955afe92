import ArgumentParser
import Foundation
import IDRKit
import IDRPlan
import IDRProvenance

/// What every command that executes a script takes.
struct ScriptArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("The script, a .swift file.", valueName: "script"), completion: .file(extensions: ["swift"]))
    var script: String

    @Option(help: ArgumentHelp("Wells per batch; overrides the script's.", valueName: "n"))
    var batchSize: Int?

    @Option(
        name: .customLong("Xswiftc", withSingleDash: true), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Pass a flag to the compiler: -D<NAME>, -O, -Onone, -Osize, -Ounchecked.", valueName: "flag"))
    var compilerFlags: [String] = []

    @Flag(help: "Run only on what the idr.lock beside the script names: the same toolchain, libraries, models and packages.")
    var locked = false

    @Option(help: ArgumentHelp("Who may have signed a script from elsewhere.", valueName: "file"))
    var allowedSigners: String?

    @Flag(help: "Compile and run the script without network, home and files of yours (bubblewrap); images come through a broker. Needs no trust.")
    var sandbox = false

    @Option(help: ArgumentHelp("A file in the script's folder that it may read in the sandbox; may be repeated.", valueName: "file"))
    var expose: [String] = []

    @OptionGroup var sources: SourceArguments

    @Argument(parsing: .postTerminator, help: ArgumentHelp("Arguments for the script itself, after --.", valueName: "arguments"))
    var arguments: [String] = []

    func validate() throws {
        if let batchSize, batchSize < 1 { throw ValidationError("--batch-size takes a number from 1") }
        if !expose.isEmpty, !sandbox { throw ValidationError("--expose goes with --sandbox") }
    }

    func options() throws -> RunOptions {
        var options = RunOptions()
        if locked { options.lock = try lockFile() }
        options.batchSize = batchSize
        options.access = sources.access
        return options
    }

    private func lockFile() throws -> String {
        let path = URL(fileURLWithPath: script).deletingLastPathComponent().appending(path: RecordLayout.lock).path
        guard FileManager.default.fileExists(atPath: path) else {
            throw IDRError(
                .missing, "there is no lock beside the script", at: [path],
                fix: "copy the \(RecordLayout.lock) of a run's folder to that place, or leave out --locked")
        }
        return path
    }

    /// Compiles the script where needed and becomes it: this function does not return on success.
    func execute(_ options: RunOptions) async throws {
        let source = try ScriptCompiler.source(of: script)
        if sandbox {
            let flags = try CompilerFlags(compilerFlags)
            let status = try await SandboxedScript(source: source, path: script, arguments: arguments, flags: flags, exposed: expose).run(options)
            throw ExitCode(status)
        }
        let (run, options) = try await prepared(source, options)
        try options.exportToEnvironment()
        try run.become()
    }

    /// Compiles the script where needed and runs it as a child, which is interrupted where the task is cancelled.
    /// - Returns: whether it ended with status 0.
    func child(_ source: Data, _ options: RunOptions) async throws -> Bool {
        let (run, options) = try await prepared(source, options)
        return try await run.runAsChild(options)
    }

    private func prepared(_ source: Data, _ options: RunOptions) async throws -> (ScriptRun, RunOptions) {
        let trust = try ScriptTrust(allowedSigners: allowedSigners).decide(source, path: script)
        let support = try ScriptSupport.find()
        let flags = try CompilerFlags(compilerFlags)
        let pins = try options.lock.flatMap { path throws(IDRError) in try Lock(reading: path).packages }
        var compiler = ScriptCompiler(support: support, cache: .standard, flags: flags, pins: pins)
        compiler.isOffline = try sources.complete().freshness == .offline
        compiler.isQuiet = options.isQuiet ?? false
        let compiled = try await compiler.compiled(source, path: script)
        var options = options
        options.script = StartedScript(
            source: compiled.source, name: URL(fileURLWithPath: script).lastPathComponent, arguments: arguments, compiler: compiled.compiler ?? "",
            compilerFlags: flags.all, packages: compiled.packages, trust: trust)
        return (ScriptRun(script: compiled, path: script, arguments: arguments, symbolizer: support.toolchain.symbolizer), options)
    }
}
