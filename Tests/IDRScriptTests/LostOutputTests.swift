import Foundation
import TestSupport
import Testing

/// Runs whose words reach nobody: a full disk, a reader that has gone, a terminal that was closed.
@Suite(.serialized) struct LostOutputTests {
    private static let script = ScriptFolder.script + "\nprint(\"the last line\")\n"

    private func shell(_ command: String, in folder: ScriptFolder) throws -> BuiltProgram.Running {
        try BuiltProgram.start(
            "/bin/bash", ["-c", command, BuiltProgram.folder.appending(path: "idrscript").path], in: folder.scratch.path,
            environment: ["XDG_CACHE_HOME": folder.scratch("cache")])
    }

    @Test(arguments: [
        "exec \"$0\" run script.swift --no-cache --output out >/dev/full 2>/dev/full",
        "exec \"$0\" run script.swift --no-cache --output out >&- 2>&-",
        "set -o pipefail; \"$0\" run script.swift --no-cache --output out 2>&1 | true",
        "set -o pipefail; \"$0\" run script.swift --no-cache --output out 2>/dev/full | true",
    ])
    func aRunEndsWellAllTheSame(command: String) async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        let lost = try await shell(command, in: folder).end()
        #expect(lost.status == 0, "\(lost.status) \(lost.errors)")
        let whole = try await folder.idrscript("run", "script.swift", "--no-cache", "--output", "whole")
        #expect(whole.status == 0 && whole.output.contains("the last line"), "\(whole.errors)")
        #expect(try folder.contents(of: "out") == folder.contents(of: "whole"))
    }

    /// An error still ends the script with its status.
    @Test func anErrorKeepsItsStatus() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        let lost = try await shell("exec \"$0\" run script.swift --batches 99 --output out >/dev/full 2>/dev/full", in: folder).end()
        #expect(lost.status == 1)
    }

    @Test func nohupOutlivesTheTerminal() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        let running = try shell("trap '' HUP; exec \"$0\" run script.swift --no-cache --output out --threads 1", in: folder)
        try await running.send(SIGHUP, onceThereIs: folder.scratch("out/batch_0/record.json"))
        let ended = try await running.end()
        #expect(ended.status == 0 && ended.output.contains("the last line"), "\(ended.errors)")
    }

    @Test func aLimitOnMemoryIsSaidAtTheStart() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        #expect(try await folder.idrscript("plan", "script.swift").status == 0)
        let limited = try await shell("ulimit -v 500000; exec \"$0\" run script.swift --output out", in: folder).end()
        #expect(limited.status == 1 && limited.errors.contains("ulimit -v unlimited") && limited.errors.contains("500000 kB"), "\(limited.errors)")
    }
}
