import Synchronization

/// How often something has happened, on any thread.
package final class Count: Sendable {
    private let count = Atomic(0)

    package init() {}

    package var now: Int { count.load(ordering: .relaxed) }

    package func add() { count.add(1, ordering: .relaxed) }
}
