/// What was transferred, as records keep it.
public struct TransferCounts: Sendable, Hashable, Codable {
    public var requests = 0
    public var retries = 0
    /// Of bodies, as received.
    public var bytes = 0

    public init() {}
}
