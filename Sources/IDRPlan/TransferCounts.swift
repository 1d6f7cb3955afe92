/// What was transferred, as records keep it.
public struct TransferCounts: Sendable, Hashable, Codable {
    /// Requests that were sent, those that were tried again among them.
    public var requests = 0
    /// Requests that were tried again.
    public var retries = 0
    /// Bytes of bodies, as received.
    public var bytes = 0

    package init() {}
}
