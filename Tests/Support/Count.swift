import Synchronization

/// How often something has happened, on any thread.
package final class Count: Sendable {
    private let count = Atomic(0)

    package init() {}

    package var now: Int { count.load(ordering: .relaxed) }

    /// - Returns: how often it has happened by now, this time included.
    @discardableResult
    package func add() -> Int { count.add(1, ordering: .relaxed).newValue }
}
