import Foundation
import IDRFiles
import Synchronization

/// What becomes of a script that is stopped by Ctrl-C, by a request to end or by the end of its terminal: its run's record is closed and says so, what it printed reaches
/// its reader, the report shows what there is, and the process ends with 128 and the signal's number.
///
/// Nothing needs to be undone: a batch counts only when its folder has its name, and the next run sweeps what was staged.
final class Interruption: Sendable {
    private static let names: [Int32: String] = [
        SIGINT: "Ctrl-C (SIGINT)", SIGTERM: "a request to end (SIGTERM)", SIGHUP: "the end of its terminal (SIGHUP)",
    ]
    /// For so many seconds a terminal that takes no text, or a slow disk, may hold up the end.
    private static let patience = 10.0
    private static let shared = Mutex(State())

    private struct State {
        var runs: [ObjectIdentifier: Interruption] = [:]
        /// Kept to the end of the process.
        var signals: StopSignals?
    }

    private let progress: Progress
    private let folder: RunFolder

    /// Takes over the signals, for this run until ``end()``, and for the script until it ends.
    init(_ progress: Progress, _ folder: RunFolder) {
        self.progress = progress
        self.folder = folder
        Self.watch(always: true)
        Self.shared.withLock { $0.runs[ObjectIdentifier(self)] = self }
    }

    func end() { Self.shared.withLock { $0.runs[ObjectIdentifier(self)] = nil } }

    /// Takes over the signals for a script that has given something out.
    /// - Parameter always: also those that the program has made an arrangement of its own for: a run's record has to be closed.
    static func watch(always: Bool = false) {
        shared.withLock { state in
            guard state.signals == nil else { return }
            guard always || names.keys.allSatisfy(isUsual) else { return }
            state.signals = StopSignals { number in stop(number, names[number] ?? "signal \(number)") }
        }
    }

    /// Whether `number` would end the process, or is the hang-up that `nohup` has ignored.
    private static func isUsual(_ number: Int32) -> Bool {
        if number == SIGHUP, StopSignals.isIgnored(number) { return true }
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return action.__sigaction_handler.sa_handler == nil
    }

    private static func stop(_ number: Int32, _ name: String) {
        let runs = shared.withLock { Array($0.runs.values) }
        for run in runs {
            do {
                try run.folder.stop(endsProcess: true)
            } catch {
                within(patience) { run.progress.say("the record could not be closed: \(error)") }
            }
        }
        within(patience) { fflush(nil) }
        within(patience) {
            NotebookRecorder.shared.stop("stopped by \(name)" + (runs.isEmpty ? "" : "; complete batches are kept: run again to continue"))
        }
        for run in runs { within(patience) { run.progress.say("stopped; complete batches are kept: run again to continue") } }
        _exit(128 + number)
    }

    /// Whoever holds a lock that `body` wants may be waiting for a reader that will never come.
    private static func within(_ seconds: Double, _ body: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            body()
            done.signal()
        }
        _ = done.wait(timeout: .now() + seconds)
    }
}
