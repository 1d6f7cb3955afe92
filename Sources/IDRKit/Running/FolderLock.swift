import Foundation
import IDRPlan

/// Keeps a second process out of a run's folder for as long as the value lives. The kernel drops it when the process ends, however it ends.
final class FolderLock: Sendable {
    static let name = ".lock"
    private let descriptor: Int32

    init(folder: String) throws(IDRError) {
        descriptor = open("\(folder)/\(Self.name)", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw IDRError(
                .system, "the output folder cannot be written to", at: [folder], because: String(cString: strerror(errno)),
                fix: "choose another folder with --output")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Foundation.close(descriptor)
            throw IDRError(
                .invalidPlan, "another process is running in the output folder", at: [folder],
                fix: "wait for it, or choose another folder with --output")
        }
    }

    deinit { Foundation.close(descriptor) }
}
