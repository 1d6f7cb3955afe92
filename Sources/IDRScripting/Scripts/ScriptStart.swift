import Foundation
import IDRFiles
package import IDRKit
package import IDRPlan
import IDRRecord

/// A script as a person starts it: what to compile, with what, and what to hand it.
package struct ScriptStart: Sendable {
    /// The script's path as the person wrote it.
    package let path: String
    /// For the script itself.
    package var arguments: [String] = []
    /// What the person adds to the compiler's flags; see ``CompilerFlags``.
    package var compilerFlags: [String] = []
    /// An OpenSSH allowed-signers file: who may have signed a script from elsewhere.
    package var allowedSigners: String?
    /// Whether packages of the script's must be here already.
    package var isOffline = false
    /// Whether it is compiled and run without network, home and files of the person's.
    package var isSandboxed = false
    /// Files in the script's folder that it may read in the sandbox.
    package var exposed: [String] = []

    package init(_ path: String) { self.path = path }

    /// The lock beside the script.
    /// - Throws: an ``IDRError`` where there is none.
    package func lock() throws(IDRError) -> String {
        let lock = URL(fileURLWithPath: path).deletingLastPathComponent().appending(path: RecordLayout.lock).path
        guard FileManager.default.fileExists(atPath: lock) else {
            throw IDRError(
                .missing, "there is no lock beside the script", at: [lock],
                fix: "copy the \(RecordLayout.lock) of a run's folder to that place, or leave out --locked")
        }
        return lock
    }

    /// Compiles the script where needed and becomes it: this function returns only for a script in the sandbox.
    /// - Returns: the exit status of the script in the sandbox.
    /// - Throws: an ``IDRError``; ``NotCompiled`` where the compiler has said why.
    package func execute(_ options: RunOptions) async throws -> Int32 {
        let source = try ScriptCompiler.source(of: path)
        if isSandboxed {
            let flags = try CompilerFlags(compilerFlags)
            return try await SandboxedScript(source: source, path: path, arguments: arguments, flags: flags, exposed: exposed).run(options)
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
        let trust = try ScriptTrust(allowedSigners: allowedSigners).decide(source, path: path)
        let support = try ScriptSupport.find()
        let flags = try CompilerFlags(compilerFlags)
        let pins = try options.lock.flatMap { path throws(IDRError) in try Lock(reading: path).packages }
        var compiler = ScriptCompiler(support: support, cache: .standard, flags: flags, pins: pins)
        compiler.isOffline = isOffline
        compiler.isQuiet = options.isQuiet ?? false
        let compiled = try await compiler.compiled(source, path: path)
        var options = options
        options.script = StartedScript(
            source: compiled.source, name: URL(fileURLWithPath: path).lastPathComponent, arguments: arguments, compiler: compiled.compiler ?? "",
            compilerFlags: flags.all, packages: compiled.packages, trust: trust)
        return (ScriptRun(script: compiled, path: path, arguments: arguments, symbolizer: support.toolchain.symbolizer), options)
    }
}

/// A script does not compile; the compiler has said why, on stderr.
package struct NotCompiled: Error {
    package init() {}
}
