package import Foundation
import IDRFiles
package import IDRKit
import IDRModels
import IDRPlan

/// A script that is compiled and run in the sandbox: without network, home, or any file that it does not need, and with a broker outside
/// that fetches what its plans name.
package struct SandboxedScript {
    /// The bytes that are compiled.
    package let source: Data
    /// Where they come from.
    package let path: String
    /// What records call it; nil: its file's name.
    package var name: String?
    package var arguments: [String] = []
    package var flags = CompilerFlags()
    /// Files in the script's folder that the person lets it have.
    package var exposed: [String] = []
    /// Where the script's standard output goes.
    package var output = STDOUT_FILENO

    /// Compiles the script where needed and runs it.
    /// - Parameter options: with paths of this machine.
    /// - Returns: the script's exit status.
    /// - Throws: an ``IDRError`` where the sandbox cannot be made, where the script tries what no script does, or where it leaves
    ///   other things than files in its folder. Where it does not compile, the compiler has said why.
    package func run(_ options: RunOptions) async throws -> Int32 {
        let support = try ScriptSupport.find()
        let sandbox = try await ScriptSandbox(support)
        let written = options.mode == .run ? try WrittenFolder.open(try outputFolder(options)) : nil
        let files = try files(sandbox, options, written: written?.path)
        let shown = try name.map { name throws(IDRError) in try PathPart.checked(name, called: "the script's name") } ?? path
        let compiled = try await ScriptCompiler(support: support, cache: .sandboxed, flags: flags, sandbox: sandbox).compiled(source, path: shown)
        let report = try options.failureReport.map { try SandboxReport(for: $0) }
        let status = try await run(compiled, sandbox, options, files.files, files.runtime, written: written?.path, report: report)
        try report?.deliver()
        if let written {
            try written.check("the script has left in its folder what no run leaves there")
            Self.say("sandbox: \(place(options)) is \(written.path)")
        }
        return status
    }

    private func run(
        _ compiled: CompiledScript, _ sandbox: ScriptSandbox, _ options: RunOptions, _ files: SandboxFiles, _ runtime: String?, written: String?,
        report: SandboxReport?
    ) async throws -> Int32 {
        var all = files
        all.add(compiled.binary, as: Inside.program)
        all.add(compiled.source, as: Inside.source)
        if let report { all.addWritable(report.folder, as: Inside.report) }
        let (socket, other) = try BrokerSocket.pair()
        let server = try BrokerServer(socket, options: options, files: all.models, say: Self.say)
        var settings = try inner(options, compiled).environment()
        settings["IDRKIT_SYMBOLIZER"] = "\(Inside.toolchain)/bin/llvm-symbolizer"
        settings["SWIFT_BACKTRACE"] = ScriptRun.backtrace
        settings[BrokerClient.variable] = "\(Inside.broker)"
        if let runtime { settings[ONNXLibrarySearch.setting] = runtime }
        var words = Bubblewrap.walls + Bubblewrap.system(compiling: false) + sandbox.parts
        // Runs that a script makes before the one that is repeated go beside it, and are gone with the sandbox.
        if options.reproducing != nil { words += ["--tmpfs", Inside.results] }
        if let written { words += ["--bind", written, place(options)] }
        words += all.words + ["--dir", Inside.current, "--remount-ro", "/", "--chdir", Inside.current] + Bubblewrap.environment(settings)
        let process = SandboxedProcess(
            program: sandbox.bubblewrap.program, setting: words, command: [Inside.program] + arguments, broker: OpenDescriptor(other),
            output: output)
        return try await Self.run(process, server)
    }

    private static func run(_ process: SandboxedProcess, _ server: BrokerServer) async throws -> Int32 {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        let stop = ChildStop()
        let signals = StopSignals { stop.ask($0 == SIGHUP ? SIGTERM : $0) }
        defer { signals.end() }
        let broker = Task { () -> (any Error)? in
            do {
                try await server.serve()
                return nil
            } catch {
                stop.end()
                return error
            }
        }
        let result: Result<Int32, any Error>
        do {
            result = .success(try await process.run(stop))
        } catch {
            result = .failure(error)
        }
        server.end()
        // That a message breaks off when its script ends is no offence.
        if let error = await broker.value as? IDRError, error.code == .refused { throw error.at("the script") }
        return try result.get()
    }

    /// `--output`, or a folder by the script's bytes below `runs`: the sandbox needs one before a plan is known.
    private func outputFolder(_ options: RunOptions) throws -> String {
        try options.output ?? "runs/sandbox-\(SHA256.digest(of: [UInt8](source)).short)"
    }

    /// The folder that the script writes to, as it sees it. Without `--output`, runs are below `runs` as outside.
    private func place(_ options: RunOptions) -> String {
        if options.reproducing != nil { return "\(Inside.results)/run" }
        return options.output == nil ? "\(Inside.current)/runs" : Inside.results
    }

    private func files(_ sandbox: ScriptSandbox, _ options: RunOptions, written: String?) throws -> (files: SandboxFiles, runtime: String?) {
        var files = SandboxFiles()
        files.addStore()
        for path in exposed { try files.expose(path, besides: self.path, written: written) }
        if let lock = options.lock { files.add(lock, as: Inside.lock) }
        if let record = options.reproducing { files.addRecord(record) }
        let runtime = try files.addRuntime(besides: sandbox.support.library)
        return (files, runtime)
    }

    /// The options as the script sees them: no path of this machine.
    private func inner(_ options: RunOptions, _ compiled: CompiledScript) throws -> RunOptions {
        var inner = options
        // A script from elsewhere shares nothing with the others, and would have no folder to keep it in.
        inner.stages = .off
        inner.access = nil
        inner.output = options.output == nil && options.reproducing == nil ? nil : place(options)
        inner.lock = options.lock.map { _ in Inside.lock }
        inner.reproducing = options.reproducing.map { _ in Inside.record }
        inner.failureReport = options.failureReport.map { _ in SandboxReport.inside }
        inner.script = StartedScript(
            source: Inside.source, name: name ?? URL(fileURLWithPath: path).lastPathComponent, arguments: arguments,
            compiler: compiled.compiler ?? "",
            compilerFlags: flags.all, trust: "sandbox")
        return inner
    }

    private static func say(_ text: String) { StandardError.write(text + "\n") }
}
