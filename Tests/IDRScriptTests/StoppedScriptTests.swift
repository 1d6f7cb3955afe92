import Foundation
import TestSupport
import Testing

/// Scripts that are stopped while they run, and after: nothing that was printed is lost, and the report shows what there is.
@Suite(.serialized) struct StoppedScriptTests {
    private static let script = """
        import Foundation
        import IDRKit

        // %% Before
        print("printed before the run")

        // %% The run
        let cells = \(ScriptFolder.pipeline)

        // %% After
        print("printed after the run")
        try Data().write(to: URL(fileURLWithPath: "printed"))
        while true { try await Task.sleep(for: .seconds(3600)) }
        """

    @Test(arguments: [SIGINT, SIGTERM]) func whatWasPrintedIsNotLost(signal: Int32) async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        let running = try folder.start("run", "script.swift", "--no-cache", "--output", "out", "--threads", "1")
        try await running.send(signal, onceThereIs: folder.scratch("out/batch_0/record.json"))
        let stopped = try await running.end()
        #expect(stopped.status == 128 + signal && stopped.output == "printed before the run\n", "\(stopped.errors)")
        try expectReport(folder, says: ["script.swift was stopped", "printed before the run", "run again to continue", "record, SHA-256"])
    }

    /// The run is whole; its script goes on.
    @Test(arguments: [SIGINT, SIGTERM]) func aScriptIsStoppedAfterItsRun(signal: Int32) async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        let running = try folder.start("run", "script.swift", "--output", "out")
        try await running.send(signal, onceThereIs: folder.scratch("printed"))
        let stopped = try await running.end()
        #expect(stopped.status == 128 + signal, "\(stopped.errors)")
        #expect(stopped.output == "printed before the run\nprinted after the run\n")
        try expectReport(folder, says: ["script.swift was stopped", "printed after the run"])
        #expect(try await folder.idrscript("verify", "out").status == 0)
    }

    private func expectReport(_ folder: ScriptFolder, says texts: [String]) throws {
        let report = String(decoding: try folder.scratch.bytes("out/report.html"), as: UTF8.self)
        for text in texts { #expect(report.contains(text), "\(text)") }
    }
}
