import Foundation
import IDRData

/// What becomes of a script that is stopped by Ctrl-C or by a request to end: its run's record is closed and says so, what it printed reaches
/// its reader, the report shows what there is, and the process ends with 128 and the signal's number.
///
/// Nothing needs to be undone: a batch counts only when its folder has its name, and the next run sweeps what was staged.
final class Interruption: Sendable {
    private let signals: StopSignals

    private struct State {
        var runs: [ObjectIdentifier: Interruption] = [:]
        // Never cancelled: the process ends with them.
        var sources: [any DispatchSourceSignal] = []
    }

    private let progress: Progress
    private let folder: RunFolder

    /// Takes over the signals, for this run until ``end()``, and for the script until it ends.
    init(_ progress: Progress, _ folder: RunFolder) {
        signals = StopSignals { number in
            do {
                try folder.stop()
            } catch {
                progress.say("the record could not be closed: \(error)")
            }
            progress.say("stopped; complete batches are kept: run again to continue")
            _exit(128 + number)
        }
    }

    func end() { signals.end() }
}
