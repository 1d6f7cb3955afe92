import Dispatch

/// Where kernels run: threads of their own, so that minutes of computing never hold up the tasks that fetch the next well.
struct ComputeQueue: Sendable {
    private let queue = DispatchQueue(label: "idrkit.compute", qos: .userInitiated, attributes: .concurrent)

    /// Runs `body` on a thread of the queue. How many run at once is the caller's choice.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
