import Foundation
import IDRRecord
import Synchronization

/// What a session notes of itself: at first kept back, for it may turn out to change nothing; then written at once; at last nothing more.
final class SessionNotes: Sendable {
    private enum State {
        case waiting([Journal.Event])
        case writing
        case ended
        /// A signal ends the process.
        case processEnds
    }

    private let state = Mutex(State.waiting([]))

    /// Whether nothing has been changed so far.
    var isWaiting: Bool { state.withLock { if case .waiting = $0 { true } else { false } } }

    /// Whether the record is closed.
    var hasEnded: Bool {
        state.withLock { state in
            switch state {
            case .ended, .processEnds: true
            case .waiting, .writing: false
            }
        }
    }

    /// What is still under way when the record is closed belongs to no record. Where a signal ends the process this does not return: nothing is to be
    /// said of a run that goes wrong because it ends.
    func requireOpen() throws {
        guard hasEnded else { return }
        while state.withLock({ if case .processEnds = $0 { true } else { false } }) { sleep(1) }
        throw CancellationError()
    }

    /// Keeps `event` for later.
    /// - Returns: whether it waits; false: it is to be noted now.
    func keep(_ event: Journal.Event) -> Bool {
        state.withLock { state in
            guard case .waiting(let events) = state else { return false }
            state = .waiting(events + [event])
            return true
        }
    }

    /// Ends the waiting.
    /// - Returns: what waited; nil where it had ended.
    func take() -> [Journal.Event]? {
        state.withLock { state in
            guard case .waiting(let events) = state else { return nil }
            state = .writing
            return events
        }
    }

    func end(withProcess: Bool = false) { state.withLock { $0 = withProcess ? .processEnds : .ended } }
}
