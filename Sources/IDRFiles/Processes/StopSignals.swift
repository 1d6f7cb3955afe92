import Foundation
import Synchronization

/// Takes Ctrl-C, requests to end and the end of the terminal over, until it is told to end or goes away: they then do again what they do by themselves.
///
/// Programs that are started by ``ChildProcess`` inherit nothing of this.
package final class StopSignals: Sendable {
    private let numbers: [Int32]
    private let hasEnded = Atomic(false)
    // Dispatch sources may be cancelled from any thread.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// From the return on, `body` is called with the number of every signal that comes, `SIGINT`, `SIGTERM` or `SIGHUP`, on a thread of its own.
    /// A `SIGHUP` that is ignored (`nohup`) stays so.
    package init(_ body: @escaping @Sendable (Int32) -> Void) {
        numbers = [SIGINT, SIGTERM] + (Self.isIgnored(SIGHUP) ? [] : [SIGHUP])
        let isInPlace = DispatchSemaphore(value: 0)
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler { body(number) }
            source.setRegistrationHandler { isInPlace.signal() }
            source.resume()
            return source
        }
        // What comes before a source is in place is lost.
        for _ in sources { isInPlace.wait() }
    }

    /// Whether `number` is ignored.
    package static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0, let handler = action.__sigaction_handler.sa_handler else { return false }
        // SIG_IGN is a number in a pointer's clothes.
        return unsafeBitCast(handler, to: Int.self) == 1
    }

    /// Gives the signals back, once.
    package func end() {
        guard hasEnded.exchange(true, ordering: .relaxed) == false else { return }
        for source in sources { source.cancel() }
        for number in numbers { signal(number, SIG_DFL) }
    }

    deinit { end() }
}
