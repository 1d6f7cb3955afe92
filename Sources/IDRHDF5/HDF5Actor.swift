import Dispatch

/// The one place where HDF5 runs: the library's state and its error stack are per thread,
/// so every call happens on one serial queue.
@globalActor
package actor HDF5Actor {
    package static let shared = HDF5Actor()

    private let executor = QueueExecutor(label: "idrkit.hdf5")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` on the HDF5 queue.
    package static func run<T: Sendable>(_ body: @HDF5Actor () throws -> sending T) async rethrows -> sending T {
        try await body()
    }
}

private final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
