import IDRRecord
import Synchronization

/// What a session has to note and does not note yet, for it may turn out to change nothing.
final class PendingNotes: Sendable {
    private let events = Mutex<[Journal.Event]?>([])

    /// Whether nothing has been changed so far.
    var isWaiting: Bool { events.withLock { $0 != nil } }

    /// Keeps `event` for later.
    /// - Returns: whether it waits; false: it is to be noted now.
    func keep(_ event: Journal.Event) -> Bool {
        events.withLock { events in
            events?.append(event)
            return events != nil
        }
    }

    /// Ends the waiting.
    /// - Returns: what waited; nil where it had ended.
    func take() -> [Journal.Event]? {
        events.withLock { events in
            defer { events = nil }
            return events
        }
    }
}
