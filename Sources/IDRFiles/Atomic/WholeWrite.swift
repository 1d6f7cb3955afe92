import Foundation
package import IDRPlan

/// Writing whole: the system may take a part only, or be interrupted by a signal.
package enum WholeWrite {
    /// Writes `bytes` to an open file.
    /// - Returns: how many were written; and the system's number for why not all of them were, nil where they were.
    package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> (count: Int, failure: Int32?) {
        repeated(bytes) { Foundation.write(descriptor, $0, $1) }
    }

    /// Writes `bytes` to a socket; there is no signal where its other side is gone.
    package static func send(_ bytes: UnsafeRawBufferPointer, to socket: Int32) -> (count: Int, failure: Int32?) {
        repeated(bytes) { Foundation.send(socket, $0, $1, Int32(MSG_NOSIGNAL)) }
    }

    /// Adds `line`, with its line end, to a file of lines, which is made where it is missing, and brings it to the disk.
    /// A line that somebody left open, as a killed process or an editor may, is ended first.
    /// - Parameters:
    ///   - permissions: of a new file.
    ///   - failure: the error for the system's number.
    package static func append(
        line: [UInt8], to path: String, permissions: UInt32, failure: (Int32) -> IDRError
    ) throws(IDRError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var last: UInt8 = 10
        let size = lseek(descriptor, 0, SEEK_END)
        let isOpen = size > 0 && pread(descriptor, &last, 1, size - 1) == 1 && last != 10
        // In one piece: another process may be adding a line too.
        if let code = ((isOpen ? [10] : []) + line).withUnsafeBytes({ write($0, to: descriptor) }).failure { throw failure(code) }
        guard fsync(descriptor) == 0 else { throw failure(errno) }
    }

    private static func repeated(
        _ bytes: UnsafeRawBufferPointer, _ write: (UnsafeRawPointer?, Int) -> Int
    ) -> (count: Int, failure: Int32?) {
        var done = 0
        while done < bytes.count {
            let count = write(bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count < 0, errno == EINTR { continue }
            // A file that takes nothing and says nothing is on a full disk.
            guard count > 0 else { return (done, count < 0 ? errno : ENOSPC) }
            done += count
        }
        return (done, nil)
    }
}
