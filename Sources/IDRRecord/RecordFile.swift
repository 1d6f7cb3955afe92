import Foundation
import IDRFiles
import IDRPlan

/// Files of records as others may have left them: read whole, only where they are plain files of a size that they can have.
/// A link could lead anywhere, and a pipe would be waited for.
package enum RecordFile {
    /// A plan of a million wells has less.
    package static let largest = 1 << 28

    /// - Throws: `missing` where there is no such file, `refused` where it is none or too large.
    static func read(_ path: String, limit: Int = largest) throws(IDRError) -> Data {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            if code == ELOOP { throw IDRError(.refused, "the record holds a link", at: [path]) }
            throw IDRError(
                code == ENOENT || code == ENOTDIR ? .missing : .system, "the record lacks a file", at: [path],
                because: code == ENOENT ? nil : SystemFailure.reason(code), fix: "ask for the whole record")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw IDRError(.refused, "the record holds something that is no plain file", at: [path])
        }
        guard status.st_size <= limit else {
            throw IDRError(.refused, "a file is larger than one of a record can be", at: [path], because: "it has \(status.st_size) bytes")
        }
        do {
            // It may grow meanwhile.
            return try file.read(upToCount: limit) ?? Data()
        } catch {
            throw IDRError(.system, "a file of the record cannot be read", at: [path], because: error.localizedDescription)
        }
    }
}
