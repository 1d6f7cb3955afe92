package import IDRTransfer

extension RemoteClient {
    /// Seven repetitions as in use, but within milliseconds. Who tests no stall is patient: beside other tests a server may answer late.
    /// A network that is gone is waited for only where `pause` says so.
    package static func impatient(
        stall: Double = 60, clock: WaitClock = .system, pause: NetworkPause? = nil, notice: @escaping @Sendable (String) -> Void = { _ in }
    ) -> RemoteClient {
        var none = NetworkPause()
        none.patience = 0
        var policy = RetryPolicy()
        policy.firstWait = 0.001
        policy.longestBackOff = 0.01
        policy.longestWait = 60
        var limits = ExchangeLimits()
        limits.stall = stall
        return RemoteClient(policy: policy, limits: limits, clock: clock, pause: pause ?? none, notice: notice)
    }
}
