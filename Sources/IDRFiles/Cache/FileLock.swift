package import IDRPlan
import Foundation

/// A lock on a place that processes share. The kernel drops it when its holder ends, however that ends.
///
/// It belongs to an open file (`flock`), so that it keeps tasks of one process apart as well.
package final class FileLock: Sendable {
    package enum Kind: Sendable { case shared, exclusive }

    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The lock of `folder`, which is made where it is missing; nil while another holds it.
    package static func attempt(_ kind: Kind, folder: String) throws(IDRError) -> FileLock? {
        let path = folder + "/lock"
        var code: Int32 = ENOENT
        // Whoever clears a folder takes its lock file along: a lock on that one keeps nobody out.
        for _ in 0..<100 {
            mkdir(folder, 0o777)
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
            if descriptor < 0 {
                code = errno
                if code == ENOENT { continue }
                break
            }
            let lock = FileLock(descriptor)
            guard flock(descriptor, (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
                code = errno
                if code == EWOULDBLOCK { return nil }
                if code == EINTR { continue }
                break
            }
            var (mine, current) = (stat(), stat())
            if fstat(descriptor, &mine) == 0, stat(path, &current) == 0, mine.st_ino == current.st_ino, mine.st_dev == current.st_dev { return lock }
        }
        throw SystemFailure.error("\(path) cannot be locked", at: path, errno: code)
    }

    /// Waits for the lock without holding up a thread; cancelling the task ends the waiting.
    package static func acquire(_ kind: Kind, folder: String) async throws -> FileLock {
        var wait = 2.0
        while true {
            if let lock = try attempt(kind, folder: folder) { return lock }
            try await Task.sleep(for: .milliseconds(wait))
            wait = min(wait * 1.5, 200)
        }
    }

    /// Lets readers in. Another may hold it exclusively for a moment before this has it again.
    package func share() -> Bool { flock(descriptor, LOCK_SH) == 0 }
}
