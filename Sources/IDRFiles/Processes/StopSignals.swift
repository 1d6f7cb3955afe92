import Foundation
import Synchronization

/// Takes Ctrl-C and requests to end over, until it is told to end or goes away: they then do again what they do by themselves.
///
/// Programs that are started by ``ChildProcess`` inherit nothing of this.
package final class StopSignals: Sendable {
    private let numbers: [Int32]
    private let hasEnded = Atomic(false)
    // Dispatch sources may be cancelled from any thread.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// From the return on, `body` is called with the number of every signal that comes, `SIGINT` or `SIGTERM`, on a thread of its own.
    /// - Parameter includingHangUp: whether the end of the terminal counts too, as `SIGHUP`.
    package init(includingHangUp: Bool = false, _ body: @escaping @Sendable (Int32) -> Void) {
        numbers = [SIGINT, SIGTERM] + (includingHangUp ? [SIGHUP] : [])
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

    /// Gives the signals back, once.
    package func end() {
        guard hasEnded.exchange(true, ordering: .relaxed) == false else { return }
        for source in sources { source.cancel() }
        for number in numbers { signal(number, SIG_DFL) }
    }

    deinit { end() }
}
