package import IDRTransfer

extension RemoteClient {
    /// Seven repetitions as in use, but within milliseconds. Who tests no stall is patient: beside other tests a server may answer late.
    package static func impatient(stall: Double = 60, clock: WaitClock = .system) -> RemoteClient {
        var policy = RetryPolicy()
        policy.firstWait = 0.001
        policy.longestBackOff = 0.01
        policy.longestWait = 60
        var limits = ExchangeLimits()
        limits.stall = stall
        return RemoteClient(policy: policy, limits: limits, clock: clock)
    }
}
