import Foundation
import IDRFiles
package import IDRNotebook
import IDRPlan
import IDRRecord
import Synchronization

/// What the cells of this process's script have given out. Writes the report into the folder of each run, when a run ends and when the script does.
package final class NotebookRecorder: Sendable {
    package static let shared = NotebookRecorder()

    fileprivate struct State {
        var events: [Notebook.Event] = []
        var textBytes = 0
        /// Path and text of the script.
        var source: (path: String, text: String)?
        var folders: [String] = []
        /// Runs that have begun and not ended: the folder's path, and the call.
        var running: [String: (file: String, line: Int)] = [:]
        var watchesExit = false
        var end = Notebook.State.finished
        var wroteLive = 0.0
        var warned: Set<String> = []
    }

    /// More is on the terminal only.
    private static let mostText = 2 << 20

    private let startedAt: Date
    private let start: Double
    private let state = Mutex(State())
    private let options = try? RunOptions.fromEnvironment()

    private init() {
        let age = ResourceMeter.processAgeSeconds()
        startedAt = Date(timeIntervalSinceNow: -age)
        start = ResourceMeter.wallSeconds() - age
    }

    /// Keeps what a line of the script gave out.
    package func note(_ output: CellOutput, file: String, line: Int) {
        guard options?.mode ?? .run == .run else { return }
        let seconds = ResourceMeter.wallSeconds() - start
        state.withLock { state in
            begin(&state, file)
            guard let output = limited(output, &state) else { return }
            let isScript = state.source.map { SourcePlace.name($0.path) == SourcePlace.name(file) } ?? false
            state.events.append(Notebook.Event(line: isScript ? line : nil, output: output, seconds: seconds))
        }
        writeLive()
    }

    /// The file name of the script that idrscript started; nil for executables that were built elsewhere.
    package var scriptName: String? { options?.script?.name }

    /// Keeps the error that ends the script.
    /// - Parameters:
    ///   - file: the source file that threw it, and the line there; nil where they are not known.
    /// - Returns: the script's line that it came from, with its number.
    package func fail(_ message: String, file: String?, line: Int?) -> String? {
        let seconds = ResourceMeter.wallSeconds() - start
        return state.withLock { state in
            begin(&state, file)
            state.end = .failed
            let name = state.source.map { SourcePlace.name($0.path) } ?? "script.swift"
            // A line of a package's file is none of the script's. Errors of runs and results name the line themselves.
            let own = file.map { SourcePlace.name($0) == name } ?? false
            let line = (own ? line : nil) ?? message.firstRange(of: name + ":").flatMap { Int(message[$0.upperBound...].prefix(while: \.isNumber)) }
            state.events.append(Notebook.Event(line: line, output: .error(message), seconds: seconds))
            let lines = (state.source?.text ?? "").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            return line.flatMap { lines.indices.contains($0 - 1) ? "\($0) | \(lines[$0 - 1])" : nil }
        }
    }

    /// A run begins: where it is stopped, its folder gets the report of what there is.
    package func began(_ folder: String, file: String, line: Int) {
        state.withLock { state in
            begin(&state, file)
            state.running[URL(fileURLWithPath: folder).path] = (file, line)
        }
    }

    /// A run has ended, however it did.
    package func ended(_ folder: String) { state.withLock { $0.running[URL(fileURLWithPath: folder).path] = nil } }

    /// The script is stopped: the report says so, with all that was given out until then.
    func stop(_ message: String) {
        let running = state.withLock { state in
            state.end = .stopped
            return state.running.sorted { $0.key < $1.key }
        }
        for (folder, call) in running { ran(folder, file: call.file, line: call.line) }
        note(.warning(message), file: running.first?.value.file ?? "", line: running.first?.value.line ?? 0)
        writeLast()
    }

    /// A run has ended: its folder gets the report as it is now, and that of the whole script when it ends.
    package func ran(_ folder: String, file: String, line: Int) {
        let path = URL(fileURLWithPath: folder).path
        state.withLock { if !$0.folders.contains(path) { $0.folders.append(path) } }
        do {
            note(.run(try RunSummary(of: RecordFolder(reading: folder))), file: file, line: line)
        } catch {
            note(.warning("the run's record cannot be read: \(error)"), file: file, line: line)
        }
        write(state.withLock { $0.notebook(startedAt, start, .running) }, to: [path])
    }

    /// The script has ended.
    private func writeLast() {
        let (notebook, folders) = state.withLock { ($0.notebook(startedAt, start, nil), $0.folders) }
        // The script may have moved one of them.
        write(notebook, to: folders.filter(FileManager.default.fileExists))
        writeLive(isLast: true)
    }

    /// A report that cannot be written harms nothing else: the record was closed before. What lies there of an older one would pass for this
    /// one's, and is removed.
    private func write(_ notebook: Notebook, to folders: [String]) {
        for folder in folders {
            do {
                try notebook.write(to: folder)
            } catch {
                var reasons = [Self.words(error)]
                do { try Notebook.remove(from: folder) } catch { reasons.append("an older one stays there: \(Self.words(error))") }
                let reason = reasons.joined(separator: "; ")
                let warning = IDRError(
                    .system, "there is no report of this run; its record is whole", at: [folder], because: reason,
                    fix: "when that is mended, run the script again: complete batches are skipped")
                state.withLock { warnOnce("\(warning)", &$0) }
            }
        }
    }

    private static func words(_ error: any Error) -> String {
        (error as? IDRError).map { [$0.problem, $0.reason].compactMap(\.self).joined(separator: ": ") } ?? "\(error)"
    }

    private func warnOnce(_ text: String, _ state: inout State) {
        guard state.warned.insert(text).inserted else { return }
        StandardError.write("warning: \(text)\n")
    }

    /// The page of `idrscript watch`, at most five times a second.
    private func writeLive(isLast: Bool = false) {
        guard let path = options?.livePage else { return }
        let now = ResourceMeter.wallSeconds()
        let notebook: Notebook? = state.withLock { state in
            guard isLast || now - state.wroteLive > 0.2 else { return nil }
            state.wroteLive = now
            return state.notebook(startedAt, start, isLast ? nil : .running)
        }
        guard let notebook else { return }
        do {
            try AtomicFile.write(Array(ReportPage(notebook).html.utf8), to: path)
        } catch {
            state.withLock { warnOnce("the page in the browser is an older one: \(error)", &$0) }
        }
    }

    private func begin(_ state: inout State, _ file: String?) {
        if state.source == nil {
            if let script = options?.script {
                state.source = (script.name, text(of: script.source, &state))
            } else if let file, let text = try? String(contentsOfFile: file, encoding: .utf8) {
                state.source = (file, text)
            }
            if let source = state.source {
                for warning in ScriptCells(source.text).warnings { warnOnce("\(SourcePlace.name(source.path)), \(warning)", &state) }
            }
        }
        guard !state.watchesExit else { return }
        state.watchesExit = true
        Interruption.watch()
        ScriptEnd.watchStatus()
        atexit { NotebookRecorder.shared.writeLast() }
    }

    private func text(of source: String, _ state: inout State) -> String {
        do {
            if let bytes = try OnDisk.bytes(of: source, limit: 1 << 26) { return String(decoding: bytes, as: UTF8.self) }
            warnOnce("the report lacks the script's text: \(source) is gone", &state)
        } catch {
            warnOnce("the report lacks the script's text: \(Self.words(error))", &state)
        }
        return ""
    }

    private func limited(_ output: CellOutput, _ state: inout State) -> CellOutput? {
        guard case .text(let text) = output else { return output }
        guard state.textBytes <= Self.mostText else { return nil }
        state.textBytes += text.utf8.count
        return state.textBytes <= Self.mostText
            ? output : .warning("more was printed than the report holds (\(Self.mostText) bytes); the rest was on the terminal only")
    }

}

extension NotebookRecorder.State {
    fileprivate func notebook(_ startedAt: Date, _ start: Double, _ fixed: Notebook.State?) -> Notebook {
        Notebook(
            name: source.map { SourcePlace.name($0.path) } ?? "script", source: source?.text ?? "", events: events,
            startedAt: startedAt, seconds: ResourceMeter.wallSeconds() - start, state: fixed ?? end)
    }
}
