package import IDRFiles
package import IDRPlan

/// What everything that asks servers shares: one client, one cache.
package struct Network: Sendable {
    package let client: RemoteClient
    package let cache: FileCache

    /// - Parameter access: complete, as ``Access/configured(environment:)`` gives it.
    package init(access: Access) throws(IDRError) {
        for (number, name) in [(access.connectionsPerHost, "connectionsPerHost"), (access.cacheBytes, "cacheBytes")] {
            guard let number, number < 1 else { continue }
            throw IDRError(
                .invalidPlan, "\(name) cannot be \(number)", because: "it must be a whole number from 1",
                fix: "correct it in the configuration or the script's access")
        }
        var pause = NetworkPause()
        if let seconds = access.networkPatience {
            guard seconds >= 0 else {
                throw IDRError(
                    .invalidPlan, "networkPatience cannot be \(seconds)", because: "it must be seconds, from 0",
                    fix: "correct it in the configuration or the script's access")
            }
            pause.patience = Double(seconds)
        }
        CurlEngine.shared.set(connectionsPerHost: access.connectionsPerHost ?? CurlEngine.politeConnections, netrc: access.netrc)
        try self.init(access: access, client: RemoteClient(pause: pause))
    }

    package init(access: Access, client: RemoteClient) throws(IDRError) {
        cache = try FileCache(folder: access.cache, limit: access.cacheBytes ?? 50 << 30)
        self.client = client
    }
}
