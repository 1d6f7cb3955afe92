import Synchronization

/// What was transferred, as records keep it.
public struct TransferCounts: Sendable, Hashable, Codable {
    public var requests = 0
    public var retries = 0
    /// Of bodies, as received.
    public var bytes = 0

    public init() {}
}

/// Counts the transfers of whoever it is handed to. A reference: many tasks count into one.
public final class TransferTally: Sendable {
    private let state = Mutex(TransferCounts())

    public init() {}

    public var counts: TransferCounts { state.withLock { $0 } }

    func add(_ change: (inout TransferCounts) -> Void) { state.withLock { change(&$0) } }
}
