import Foundation
import IDRFiles
import IDRNotebook
import IDRPlan
import IDRRecord
import IDRTransfer
import TestSupport

/// What a person waits for who writes a script: its first line, the result of an edit, the report, the live page.
enum NotebookBenchmarks {
    static func run() async throws -> [Measurement] { try await [firstLine(), edit()] + manyBatches() + [livePage()] }

    private static func firstLine() async throws -> Measurement {
        let scratch = try ScratchFolder()
        let script = scratch("script.swift")
        try Data("import IDRKit\n\nprint(\"here\")\n".utf8).write(to: URL(fileURLWithPath: script))
        _ = try ChildProcess(running: "idrscript", ["run", script], cachesIn: scratch.path)
        let seconds = try await medianWallSeconds(5) { _ = try ChildProcess(running: "idrscript", ["run", script], cachesIn: scratch.path) }
        return Measurement(
            name: "an unchanged script to its first line", value: seconds, unit: "s", goal: .atMost(0.3), how: "whole process; median of 5")
    }

    /// The demo's script with another last line each time, after a run of it.
    private static func edit() async throws -> Measurement {
        let scratch = try ScratchFolder()
        let checkout = ExampleFrames.checkout
        try FileManager.default.createSymbolicLink(
            at: URL(fileURLWithPath: scratch("example_files")), withDestinationURL: checkout.appending(path: "example_files"))
        var text = try String(contentsOf: checkout.appending(path: "scripts/mitocheck-controls.swift"), encoding: .utf8)
        let words = ["-C", scratch.path, "run", "demo.swift", "--output", "out"]
        func runOnce() throws {
            text += "print(\"and a line\")\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: scratch("demo.swift")))
            _ = try ChildProcess(running: "idrscript", words, cachesIn: scratch.path)
        }
        try runOnce()
        let seconds = try await medianWallSeconds(5) { try runOnce() }
        return Measurement(
            name: "the demo after an edit of its last cell", value: seconds, unit: "s", goal: .atMost(2),
            how: "compiled and run again, with its aggregation, figures and report; median of 5")
    }

    private static func manyBatches() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        var sample = SampleRecord()
        sample.batches = 675
        try await sample.write(to: scratch.path)
        let seconds = try await medianWallSeconds(5) {
            let summary = try RunSummary(of: RecordFolder(reading: scratch.path))
            let event = Notebook.Event(line: 1, output: .run(summary), seconds: 1)
            try Notebook(name: "script.swift", source: "run()\n", events: [event], startedAt: Date(), seconds: 1, state: .finished).write(
                to: scratch.path)
        }
        let bytes = try scratch.bytes("report.html").count
        return [
            Measurement(
                name: "report of 675 batches", value: seconds, unit: "s", goal: .atMost(2), how: "reading the batches' records included; median of 5"),
            Measurement(name: "report of 675 batches, size", value: Double(bytes) / 1e6, unit: "MB", goal: .atMost(5), how: "report.html"),
        ]
    }

    /// From a line's output in a watched script to the page that a browser which asks as the page does has then.
    private static func livePage() async throws -> Measurement {
        let scratch = try ScratchFolder()
        let script = """
            import Foundation
            import IDRKit

            for _ in 0..<20 {
                print("now \\(Date().timeIntervalSince1970)")
                try await Task.sleep(for: .milliseconds(730))
            }
            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: scratch("script.swift")))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "idrscript")
        process.arguments = ["watch", scratch("script.swift")]
        process.environment = ProcessInfo.processInfo.environment.merging(["XDG_CACHE_HOME": scratch("cache"), "XDG_CONFIG_HOME": scratch("config")])
        { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { process.interrupt() }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let address = try RemoteURL(line.replacing("report  ", with: "").trimmingCharacters(in: .newlines))
        let client = RemoteClient()
        var (known, delays) = ("", [Double]())
        while delays.count < 10 {
            try await Task.sleep(for: .milliseconds(300))
            let version = String(decoding: try await client.get(address.appending("version"), limit: 1 << 10).body, as: UTF8.self)
            guard version != known else { continue }
            known = version
            let page = String(decoding: try await client.get(address, limit: 1 << 24).body, as: UTF8.self)
            guard let said = page.matches(of: /now ([0-9.]+)/).last.flatMap({ Double($0.1) }) else { continue }
            delays.append(Date().timeIntervalSince1970 - said)
        }
        return Measurement(
            name: "live page after an output", value: delays.max() ?? .infinity, unit: "s", goal: .atMost(1),
            how: "longest of \(delays.count), asked for every 0.3 s as the page does")
    }
}
