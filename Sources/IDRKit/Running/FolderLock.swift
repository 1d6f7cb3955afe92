import Foundation
import IDRFiles
import IDRPlan
import Synchronization

/// Keeps a second process out of a run's folder until it is released, and this one's threads apart where they put files in place.
final class FolderLock: Sendable {
    private let lock: FileLock
    private let placing = Mutex(())

    init(folder: String) throws(IDRError) {
        let found: FileLock?
        do {
            found = try FileLock.attempt(.exclusive, file: "\(folder)/\(FileLock.name)")
        } catch {
            throw IDRError(
                .system, "the output folder cannot be written to", at: [folder], because: error.reason,
                fix: error.advice ?? "choose another folder with --output")
        }
        guard let found else {
            throw IDRError(
                .invalidPlan, "another process is running in the output folder", at: [folder],
                fix: "wait for it, or choose another folder with --output")
        }
        lock = found
    }

    /// Keeps the process's own threads apart where they put files in place.
    func whilePlacing<Value>(_ body: () throws -> Value) rethrows -> Value { try placing.withLock { _ in try body() } }

    /// Lets others in.
    func release() { lock.release() }
}
