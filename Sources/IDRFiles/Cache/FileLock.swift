import Foundation
package import IDRPlan

/// A lock on a place that processes share. The kernel drops it when its holder ends, however that ends.
///
/// It belongs to an open file (`flock`), so that it keeps tasks of one process apart as well.
package final class FileLock: Sendable {
    package enum Kind: Sendable { case shared, exclusive }

    /// The locked file, open for reading and writing as long as this value lives.
    package let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The hidden file in a folder that one process works in.
    package static let name = ".lock"

    /// The lock of `folder`, which is made where it is missing; nil while another holds it.
    package static func attempt(_ kind: Kind, folder: String) throws(IDRError) -> FileLock? {
        try attempt(kind, file: folder + "/lock") { mkdir(folder, 0o777) }
    }

    /// The lock of the file at `path`, which is made where it is missing; nil while another holds it.
    package static func attempt(_ kind: Kind, file path: String) throws(IDRError) -> FileLock? { try attempt(kind, file: path) {} }

    private static func attempt(_ kind: Kind, file path: String, _ prepare: () -> Void) throws(IDRError) -> FileLock? {
        var (code, problem) = (ENOENT, "locked")
        // Whoever clears a folder takes its lock file along: a lock on that one keeps nobody out.
        for _ in 0..<100 {
            prepare()
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
            if descriptor < 0 {
                (code, problem) = (errno, "created")
                if code == ENOENT || code == EINTR { continue }
                break
            }
            let lock = FileLock(descriptor)
            guard flock(descriptor, (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
                (code, problem) = (errno, "locked")
                if code == EWOULDBLOCK { return nil }
                if code == EINTR { continue }
                break
            }
            var (mine, current) = (stat(), stat())
            if fstat(descriptor, &mine) == 0, stat(path, &current) == 0, mine.st_ino == current.st_ino, mine.st_dev == current.st_dev { return lock }
        }
        throw failure("\(path) cannot be \(problem)", at: path, errno: code)
    }

    /// Some file systems on other machines have no locks. Two processes that wrote to the same place without knowing of each other would destroy
    /// it, so that nothing is written there.
    package static func failure(_ problem: String, at path: String, errno code: Int32) -> IDRError {
        guard [ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL].contains(code) else { return SystemFailure.error(problem, at: path, errno: code) }
        return IDRError(
            .system, problem, because: "its file system has no locks (flock): \(SystemFailure.reason(code))",
            fix: "choose a folder on a disk of this machine (--output for results; \"cache\" and \"stageCache\" of the configuration, or "
                + "XDG_CACHE_HOME, for caches), or have the file system mounted with locks")
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

    /// Lets others in, while the file stays open.
    package func release() { flock(descriptor, LOCK_UN) }
}
