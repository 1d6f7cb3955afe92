import Foundation
import IDRFiles
package import IDRKit
import IDRNotebook
import IDRPlan

/// Runs a script each time that it is saved.
package struct WatchedScript {
    package let script: ScriptStart
    package let options: RunOptions
    /// Where the live page is written.
    package let page: String

    package init(script: ScriptStart, options: RunOptions, page: String) {
        self.script = script
        self.options = options
        self.page = page
    }

    /// Runs until the task is cancelled. A run that is under way when the script is saved is stopped: complete batches are kept.
    package func watch() async throws {
        var last: [UInt8]?
        var running: Task<Void, Never>?
        while !Task.isCancelled {
            if let source = try? ScriptCompiler.source(of: script.path), last != [UInt8](source) {
                last = [UInt8](source)
                running?.cancel()
                await running?.value
                running = Task { await run(source) }
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        running?.cancel()
        await running?.value
    }

    private func run(_ source: Data) async {
        do {
            let isDone = try await script.child(source, options)
            say(isDone ? "done; waiting for the next save" : "the script ended with an error; waiting for the next save")
        } catch is CancellationError {
            say("saved: running again")
        } catch {
            // Also where it does not compile: the compiler has said why.
            let text = error is IDRError ? "\(error)" : "the script does not compile; what the compiler says is on the terminal"
            show(source, text)
            say(text)
        }
    }

    private func say(_ text: String) { StandardError.write("watch: \(text)\n") }

    private func show(_ source: Data, _ error: String) {
        let name = URL(fileURLWithPath: script.path).lastPathComponent
        let notebook = Notebook(
            name: name, source: String(decoding: source, as: UTF8.self), events: [Notebook.Event(line: nil, output: .error(error), seconds: 0)],
            startedAt: Date(), seconds: 0, state: .failed)
        try? AtomicFile.write(Array(ReportPage(notebook).html.utf8), to: page)
    }
}
