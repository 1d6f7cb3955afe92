public import IDRPlan

/// What everything that asks servers shares: one client, one cache, one count.
public struct Network: Sendable {
    public let client: RemoteClient
    public let cache: FileCache
    /// Counts what is not counted for a well of its own: metadata.
    public let tally = TransferTally()

    /// - Parameter access: complete, as ``Access/configured(environment:)`` gives it.
    public init(access: Access) throws(IDRError) {
        cache = try FileCache(folder: access.cache ?? FileCache.standardFolder, limit: access.cacheBytes ?? 50 << 30)
        client = RemoteClient()
        client.configure(connectionsPerHost: access.connectionsPerHost ?? 4, netrc: access.netrc)
    }
}
