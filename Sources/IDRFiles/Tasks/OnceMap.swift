import Synchronization

/// Values that several tasks need and one of them makes: a plate's metadata, a listing of a folder, a diameter that wells share.
///
/// Who asks first for a key starts a task that makes its value; who asks meanwhile waits for the same task and shares how it ends. A value is
/// kept for good, a failure is told to those who wait and then forgotten, so that whoever asks later begins anew. The task belongs to none of
/// them: who is cancelled leaves at once and disturbs nobody, and only when all have left is the task cancelled, too. It is known by a number of
/// its own, so that one which ends late never touches what a newer one of the same key does.
package final class OnceMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Value, any Error>

    private enum Entry {
        case made(Value)
        case making(Making)
    }

    private struct Making {
        let number: Int
        var task: Task<Void, Never>?
        var waiters: [Int: Waiter] = [:]
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// Tasks and waiters are numbered as they come.
        var last = 0

        mutating func next() -> Int {
            last += 1
            return last
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// The value of `key`, made by `make` where nobody has made it yet.
    /// - Throws: what `make` throws; `CancellationError` where the task that asks is cancelled.
    package func value(of key: Key, make: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let waiter = state.withLock { $0.next() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { join(waiter, $0, key, make) }
        } onCancel: {
            leave(waiter, key)
        }
    }

    /// How many wait for the value of `key`.
    package func waiters(for key: Key) -> Int {
        state.withLock { state in if case .making(let making) = state.entries[key] { making.waiters.count } else { 0 } }
    }

    /// Cancellation is looked at under the lock: before it, `leave` would find nobody; after it, it finds the waiter.
    private func join(_ waiter: Int, _ continuation: Waiter, _ key: Key, _ make: @escaping @Sendable () async throws -> Value) {
        let outcome = state.withLock { state -> Result<Value, any Error>? in
            var making: Making
            switch state.entries[key] {
            case .made(let value): return .success(value)
            case _ where Task.isCancelled: return .failure(CancellationError())
            case .making(let known): making = known
            case nil: making = Making(number: state.next())
            }
            making.waiters[waiter] = continuation
            if making.task == nil {
                let number = making.number
                making.task = Task {
                    do {
                        finish(number, key, .success(try await make()))
                    } catch {
                        finish(number, key, .failure(error))
                    }
                }
            }
            state.entries[key] = .making(making)
            return nil
        }
        if let outcome { continuation.resume(with: outcome) }
    }

    private func finish(_ number: Int, _ key: Key, _ result: Result<Value, any Error>) {
        let waiters = state.withLock { state -> [Waiter] in
            guard case .making(let making) = state.entries[key], making.number == number else { return [] }
            if case .success(let value) = result { state.entries[key] = .made(value) } else { state.entries[key] = nil }
            return Array(making.waiters.values)
        }
        for waiter in waiters { waiter.resume(with: result) }
    }

    private func leave(_ waiter: Int, _ key: Key) {
        let (continuation, task) = state.withLock { state -> (Waiter?, Task<Void, Never>?) in
            guard case .making(var making) = state.entries[key], let continuation = making.waiters.removeValue(forKey: waiter) else {
                return (nil, nil)
            }
            state.entries[key] = making.waiters.isEmpty ? nil : .making(making)
            return (continuation, making.waiters.isEmpty ? making.task : nil)
        }
        task?.cancel()
        continuation?.resume(throwing: CancellationError())
    }
}
