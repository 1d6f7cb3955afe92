package import IDRPlan
import Synchronization

/// Counts the transfers of whoever it is handed to. A reference: many tasks count into one.
package final class TransferTally: Sendable {
    private let state = Mutex(TransferCounts())

    package init() {}

    package var counts: TransferCounts { state.withLock { $0 } }

    func add(_ change: (inout TransferCounts) -> Void) { state.withLock { change(&$0) } }
}
