import Foundation
import IDRPlan

/// Where people are told things. What cannot be written there (a full disk, a reader that is gone) is dropped: it ends nothing.
package enum StandardError {
    /// Programs whose readers may be gone go on without them. Called before anything is given out or opened; a handler of somebody else's stays.
    package static func outliveReaders() { _ = isOutlivingReaders }

    private static let isOutlivingReaders: Bool = {
        // Where one is closed, the next file that is opened would have its number, and take what people are told.
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 { _ = open("/dev/null", O_RDWR) }
        var action = sigaction()
        guard sigaction(SIGPIPE, nil, &action) == 0, action.__sigaction_handler.sa_handler == nil else { return false }
        signal(SIGPIPE, SIG_IGN)
        return true
    }()

    package static func write(_ text: String) {
        outliveReaders()
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let (count, failure) = bytes.withUnsafeBytes { WholeWrite.write($0, to: STDERR_FILENO) }
            bytes = bytes.dropFirst(count)
            guard failure == EAGAIN else { return }
            // Somebody else made it one that does not wait.
            var ready = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, 10_000) > 0 else { return }
        }
    }
}
