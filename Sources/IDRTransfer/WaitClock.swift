import Dispatch

/// The time by which requests wait. Tests put their own in its place.
package struct WaitClock: Sendable {
    /// Seconds of a clock that only goes forward.
    package var now: @Sendable () -> Double
    /// Waits so many seconds; cancelling the task ends the waiting.
    package var sleep: @Sendable (Double) async throws -> Void

    package init(now: @escaping @Sendable () -> Double, sleep: @escaping @Sendable (Double) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    package static let system = WaitClock(
        now: { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }, sleep: { try await Task.sleep(for: .seconds($0)) })
}
