import Foundation

/// Says what becomes of a run that is stopped by Ctrl-C or by a request to end, and ends the process.
///
/// Nothing needs to be undone: a batch counts only when its folder has its name, and the next run sweeps what was staged.
final class Interruption: Sendable {
    private static let signals = [SIGINT, SIGTERM]
    // Dispatch sources may be cancelled from any thread.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// Takes over the signals until ``end()``.
    init(_ progress: Progress) {
        sources = Self.signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
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
