import Foundation

/// Says what becomes of a run that is stopped by Ctrl-C or by a request to end, and ends the process.
///
/// Nothing needs to be undone: a batch counts only when its folder has its name, and the next run sweeps what was staged. The record is
/// closed and says that the run was stopped.
final class Interruption: Sendable {
    private static let signals = [SIGINT, SIGTERM]
    // Dispatch sources may be cancelled from any thread.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// Takes over the signals until ``end()``.
    init(_ progress: Progress, _ folder: RunFolder) {
        sources = Self.signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
                do {
                    try folder.stop()
                } catch {
                    progress.say("the record could not be closed: \(error)")
                }
                progress.say("stopped; complete batches are kept: run again to continue")
                _exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    func end() {
        for source in sources { source.cancel() }
        for number in Self.signals { signal(number, SIG_DFL) }
    }
}
