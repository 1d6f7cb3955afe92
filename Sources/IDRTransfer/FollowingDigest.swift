import Foundation
import IDRFiles
import IDRPlan
import Synchronization

/// The SHA-256 of a file that grows: hashed on a thread of its own that follows the writer, so that the writer never waits for it.
///
/// It reads the file itself, while that is still in memory: what is hashed is what was written, from the first byte also of a resumed file.
final class FollowingDigest: Sendable {
    /// The writer's lead is let grow to this before the thread is woken.
    private static let step = 1 << 20

    private struct Position {
        var written = 0
        var hashed = 0
        var isRunning = false
        var failure: IDRError?
    }

    private let path: String
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "idrkit.digest")
    private let position = Mutex(Position())
    // Used on the queue alone, once it is made.
    nonisolated(unsafe) private var sum: SHA256?

    init(of path: String) throws(IDRError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure.error("\(path) cannot be read", at: path, errno: errno) }
        self.path = path
        sum = try SHA256()
    }

    deinit { close(descriptor) }

    /// The file has `count` bytes now.
    func follow(to count: Int) {
        let starts = position.withLock { position in
            position.written = count
            guard !position.isRunning, count - position.hashed >= Self.step else { return false }
            position.isRunning = true
            return true
        }
        if starts { queue.async { self.catchUp() } }
    }

    /// The digest of all `count` bytes.
    func finish(_ count: Int) async throws -> Digest {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                self.position.withLock { $0.written = count }
                self.catchUp()
                continuation.resume(with: Result { try self.end() })
            }
        }
    }

    private func end() throws(IDRError) -> Digest {
        if let failure = position.withLock({ $0.failure }) { throw failure }
        guard let sum = sum.take() else { throw IDRError(.system, "SHA-256 cannot be computed", at: [path]) }
        return try sum.finish()
    }

    private func catchUp() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let range = position.withLock { position -> Range<Int>? in
                guard position.hashed < position.written, position.failure == nil else {
                    position.isRunning = false
                    return nil
                }
                return position.hashed..<min(position.written, position.hashed + buffer.count)
            }
            guard let range else { return }
            do throws(IDRError) {
                let count = pread(descriptor, buffer.baseAddress, range.count, off_t(range.lowerBound))
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw SystemFailure.error("\(path) cannot be read", at: path, errno: count < 0 ? errno : EIO) }
                try sum?.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                position.withLock { $0.hashed += count }
            } catch {
                position.withLock { $0.failure = error }
            }
        }
    }
}
