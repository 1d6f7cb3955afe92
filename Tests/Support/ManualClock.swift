package import IDRTransfer
import Synchronization

/// A clock that a test moves on by hand.
package final class ManualClock: Sendable {
    private struct Sleeper {
        let until: Double
        let wake: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var now = 1000.0
        var number = 0
        var sleepers: [Int: Sleeper] = [:]
    }
    private let state = Mutex(State())

    package init() {}

    package var clock: WaitClock {
        WaitClock(now: { self.state.withLock { $0.now } }, sleep: { try await self.sleep($0) })
    }

    /// For how long those who wait have to wait still, in seconds, shortest first.
    package var waits: [Double] { state.withLock { state in state.sleepers.values.map { $0.until - state.now }.sorted() } }

    package func advance(by seconds: Double) {
        let woken = state.withLock { state in
            state.now += seconds
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.wake)
        }
        for wake in woken { wake.resume() }
    }

    private func sleep(_ seconds: Double) async throws {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (wake: CheckedContinuation<Void, any Error>) in
                let isOver = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers[number] = Sleeper(until: state.now + seconds, wake: wake)
                    return false
                }
                if isOver { wake.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.wake.resume(throwing: CancellationError())
        }
    }
}
