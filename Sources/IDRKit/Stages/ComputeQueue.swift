import Dispatch
import IDRFiles

/// Where kernels run: threads of their own, so that minutes of computing never hold up the tasks that fetch the next well.
struct ComputeQueue: Sendable {
    private let cores: Cores
    private let queue = DispatchQueue(label: "idrkit.compute", qos: .userInitiated, attributes: .concurrent)

    /// - Parameter threads: cores that are used: what runs has one each, and parts of it take those that are free.
    init(threads: Int) { cores = Cores(threads) }

    /// Runs `body` on a thread of the queue. How many run at once is the caller's choice.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [cores] in continuation.resume(with: Result { try cores.occupying(body) }) }
        }
    }
}
