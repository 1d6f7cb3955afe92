import Synchronization

/// How often something has happened, or how much of it, on any thread.
package final class Count: Sendable {
    private let count = Atomic(0)

    package init() {}

    package var now: Int { count.load(ordering: .relaxed) }

    /// - Returns: how much it is by now, this included.
    @discardableResult
    package func add(_ amount: Int = 1) -> Int { count.add(amount, ordering: .relaxed).newValue }
}
