import CLinux
import Foundation
package import IDRPlan
import Synchronization

/// An open file, socket or end of a pipe: closed with this value, or before.
package final class OpenDescriptor: Sendable {
    package let number: Int32
    private let isOpen = Atomic(true)

    /// Takes `number` over.
    package init(_ number: Int32) { self.number = number }

    deinit { close() }

    package func close() {
        if isOpen.exchange(false, ordering: .acquiringAndReleasing) { Foundation.close(number) }
    }

    /// The two ends of a new pipe; no program inherits them that is not given them.
    package static func pipe() throws(IDRError) -> (reading: OpenDescriptor, writing: OpenDescriptor) {
        var ends: [Int32] = [-1, -1]
        guard idr_pipe(&ends) == 0 else { throw failure("a pipe cannot be made", errno) }
        return (OpenDescriptor(ends[0]), OpenDescriptor(ends[1]))
    }

    /// A file in memory, without a name, from which `bytes` are read.
    package static func holding(_ bytes: [UInt8]) throws(IDRError) -> OpenDescriptor {
        let problem = "a file in memory cannot be made"
        let number = idr_memory_file("idrkit")
        guard number >= 0 else { throw failure(problem, errno) }
        let file = OpenDescriptor(number)
        if let code = bytes.withUnsafeBytes({ WholeWrite.write($0, to: number) }).failure { throw failure(problem, code) }
        guard lseek(number, 0, SEEK_SET) == 0 else { throw failure(problem, errno) }
        return file
    }

    /// The same file by a number from `lowest` on.
    /// - Returns: nil where it is not open.
    static func copy(of number: Int32, from lowest: Int32) throws(IDRError) -> OpenDescriptor? {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, lowest)
        if copy >= 0 { return OpenDescriptor(copy) }
        let code = errno
        if code == EBADF { return nil }
        throw failure("a file cannot be handed to a program", code)
    }

    private static func failure(_ problem: String, _ code: Int32) -> IDRError {
        IDRError(
            .system, problem, because: String(cString: strerror(code)), fix: "close other programs, or raise the limit on open files (ulimit -n)")
    }
}
