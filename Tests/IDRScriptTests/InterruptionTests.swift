import Foundation
import TestSupport
import Testing

/// Runs that are stopped, share a folder, or cannot write.
@Suite(.serialized) struct InterruptionTests {
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGKILL])
    func aStoppedRunContinuesAndGivesTheSameBytes(signal: Int32) async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let whole = try await folder.idrscript("run", "script.swift", "--no-cache", "--output", "whole", "--threads", "1")
        #expect(whole.status == 0, "\(whole.errors)")
        let running = try folder.start("run", "script.swift", "--no-cache", "--output", "stopped", "--threads", "1")
        try await running.send(signal, onceThereIs: folder.scratch("stopped/batch_0/record.json"))
        let stopped = try await running.end()
        #expect(stopped.status == 128 + signal, "\(stopped.errors)")
        if signal != SIGKILL { #expect(stopped.errors.contains("run again to continue"), "\(stopped.errors)") }
        let again = try await folder.idrscript("run", "script.swift", "--no-cache", "--output", "stopped")
        #expect(again.status == 0 && again.errors.contains("skipping"), "\(again.errors)")
        #expect(try folder.contents(of: "stopped") == folder.contents(of: "whole"))
    }

    @Test func twoProcessesDoNotShareAFolder() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        try FileManager.default.createDirectory(atPath: folder.scratch("out"), withIntermediateDirectories: true)
        let lock = open(folder.scratch("out/.lock"), O_RDWR | O_CREAT, 0o644)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let second = try await folder.idrscript("run", "script.swift", "--output", "out")
        #expect(second.status == 1 && second.errors.contains("another process is running in the output folder"), "\(second.errors)")
    }

    @Test func aFolderThatCannotBeWrittenTo() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let result = try await folder.idrscript("run", "script.swift", "--output", "/proc/self/out")
        #expect(result.status == 1 && result.errors.contains("/proc/self/out") && result.errors.contains("--output"), "\(result.errors)")
    }

    /// The folder is a disk of its own, which has no room for the table.
    @Test(.enabled(if: Sandbox.works, "needs bubblewrap and user namespaces: apt-get install bubblewrap"))
    func aFullDiskStopsTheRunAndLeavesNothingHalfWritten() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        try FileManager.default.createDirectory(atPath: folder.scratch("out"), withIntermediateDirectories: false)
        let program = BuiltProgram.folder.appending(path: "idrscript").path
        let words = ["--dev-bind", "/", "/", "--size", "160000", "--tmpfs", folder.scratch("out"), "/bin/bash", "-c"]
        let full = "\"$0\" run script.swift --output out --threads 1; echo status $?; find out"
        let result = try await BuiltProgram.run("/usr/bin/bwrap", words + [full, program], in: folder.scratch.path, environment: folder.settings)
        #expect(result.output.contains("status 1\n") && result.errors.contains("batch_0"), "\(result.output) \(result.errors)")
        #expect(result.errors.contains("No space left on device") && result.errors.contains("free some space"), "\(result.errors)")
        let left = result.output.split(separator: "\n")
        #expect(!left.contains { $0.contains("csv.gz") || $0.contains("h5ad") || $0.contains("partial") }, "\(left)")
    }

    /// A limit on the sizes of files is said as what it is.
    @Test func aLimitOnFilesIsNoFaultOfAFile() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        #expect(try await folder.idrscript("plan", "script.swift").status == 0)
        let limited = "trap '' XFSZ; ulimit -f 40; exec \"$0\" run script.swift --output out --threads 1"
        let result = try await BuiltProgram.run(
            "/bin/bash", ["-c", limited, BuiltProgram.folder.appending(path: "idrscript").path], in: folder.scratch.path,
            environment: ["XDG_CACHE_HOME": folder.scratch("cache")])
        #expect(result.status == 1 && result.errors.contains("ulimit -f"), "\(result.status) \(result.errors)")
        let left = folder.scratch.files(below: "out")
        #expect(!left.contains { $0.contains("csv.gz") || $0.contains("h5ad") || $0.contains("partial") }, "\(left)")
        let repaired = try await folder.idrscript("run", "script.swift", "--output", "out")
        #expect(repaired.status == 0, "\(repaired.errors)")
    }
}
