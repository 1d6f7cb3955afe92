import Foundation
package import IDRPlan

/// Bytes of files on this machine.
package enum FileBytes {
    /// The file's bytes, or a part of them; nil where there is no such file.
    package static func read(_ path: String, _ part: ObjectPart = .all, limit: Int) throws(IDRError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemFailure.error("\(path) cannot be read", at: path, errno: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw IDRError(.invalidInput, "\(path) is not a file")
        }
        let length = Int(status.st_size)
        let range: Range<Int> =
            switch part {
            case .all: 0..<length
            case .range(let range): range
            case .suffix(let count): max(0, length - count)..<length
            }
        guard range.lowerBound >= 0, range.upperBound <= length else {
            throw IDRError(.invalidInput, "\(path) is truncated", because: "it has \(length) bytes, and bytes up to \(range.upperBound) are needed")
        }
        guard range.count <= limit else {
            throw IDRError(.refused, "\(path) is too large", because: "it has \(range.count) bytes, and at most \(limit) are read")
        }
        var bytes = [UInt8](repeating: 0, count: range.count)
        var rest = range.lowerBound
        while rest < range.upperBound {
            let count = bytes.withUnsafeMutableBytes { buffer in
                let target = buffer[(rest - range.lowerBound)...]
                return pread(descriptor, UnsafeMutableRawBufferPointer(rebasing: target).baseAddress, target.count, off_t(rest))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw SystemFailure.error("\(path) cannot be read", at: path, errno: count < 0 ? errno : EIO) }
            rest += count
        }
        return bytes
    }

    /// Why the machine does not give the bytes of the file at `path`; nil where it gives all of them, or there is no such file.
    package static func refusal(of path: String) -> IDRError? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            return errno == ENOENT || errno == ENOTDIR ? nil : SystemFailure.error("\(path) cannot be read", at: path, errno: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? nil : SystemFailure.error("\(path) cannot be read", at: path, errno: errno) }
        }
    }
}
