import IDRRecord
import Synchronization

/// What a session notes of itself: at first kept back, for it may turn out to change nothing; then written at once; at last nothing more.
final class SessionNotes: Sendable {
    private enum State {
        case waiting([Journal.Event])
        case writing
        case ended
    }

    private let state = Mutex(State.waiting([]))

    /// Whether nothing has been changed so far.
    var isWaiting: Bool { state.withLock { if case .waiting = $0 { true } else { false } } }

    /// Whether the record is closed: what is still under way belongs to no record.
    var hasEnded: Bool { state.withLock { if case .ended = $0 { true } else { false } } }

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

    func end() { state.withLock { $0 = .ended } }
}
