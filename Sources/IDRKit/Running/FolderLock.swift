import Foundation
import IDRData
import IDRPlan
import Foundation
import Synchronization

/// Keeps a second process out of a run's folder until it is released. The kernel drops it when the process ends, however it ends.
final class FolderLock: Sendable {
    static let name = ".lock"
    /// nil when released.
    private let descriptor: Mutex<Int32?>
    private let placing = Mutex(())

    init(folder: String) throws(IDRError) {
        let opened = open("\(folder)/\(Self.name)", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard opened >= 0 else {
            let reason = SystemFailure.reason(errno)
            throw IDRError(
                .system, "the output folder cannot be written to", at: [folder], because: reason,
                fix: "choose another folder with --output")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            Foundation.close(opened)
            throw IDRError(
                .invalidPlan, "another process is running in the output folder", at: [folder],
                fix: "wait for it, or choose another folder with --output")
        }
        descriptor = Mutex(opened)
    }

    /// Keeps the process's own threads apart where they put files in place.
    func whilePlacing<Value>(_ body: () throws -> Value) rethrows -> Value { try placing.withLock { _ in try body() } }

    /// Lets others in.
    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { Foundation.close(open) }
            descriptor = nil
        }
    }

    deinit { release() }
}
