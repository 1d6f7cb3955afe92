import Foundation
package import IDRPlan

/// A file that appears under its name only when it is complete.
///
/// The bytes go to a hidden file in the same folder. ``commit()`` brings them to the disk, renames the file to its final name
/// (replacing what was there) and brings the folder's entry to the disk. A value that goes away uncommitted removes its hidden file,
/// so after any failure the folder is as it was. In an ``AtomicFolder`` under way it is the folder that brings all to the disk, at its own commit.
package struct AtomicFile: ~Copyable {
    /// The final name.
    package let path: String
    /// Where the bytes are until the commit. A C library may write to this path itself, as long as it does not replace the file.
    package let partialPath: String
    private let descriptor: Int32
    private var isCommitted = false

    /// Starts the file that will be called `path`. Its folder must exist.
    package init(_ path: String) throws(IDRError) {
        let made = try UnderWay.make(path, in: AtomicFile.folder(of: path)) { open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
        self.path = path
        (partialPath, descriptor) = (made.path, made.descriptor)
    }

    deinit {
        close(descriptor)
        if !isCommitted { unlink(partialPath) }
    }

    /// Writes `bytes` after those already written.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(IDRError) {
        if let code = WholeWrite.write(bytes, to: descriptor).failure {
            throw SystemFailure.error("\(path) cannot be written", at: path, errno: code)
        }
    }

    /// Writes `bytes` after those already written.
    package mutating func append(_ bytes: [UInt8]) throws(IDRError) {
        try bytes.withUnsafeBufferPointer { buffer throws(IDRError) in try append(UnsafeRawBufferPointer(buffer)) }
    }

    /// Gives the file its final name. Nothing is left of it where this throws before the rename.
    package consuming func commit() throws(IDRError) {
        let isPart = UnderWay.holds(path)
        guard isPart || fsync(descriptor) == 0 else { throw SystemFailure.error("\(path) cannot be brought to the disk", at: path, errno: errno) }
        guard rename(partialPath, path) == 0 else { throw SystemFailure.error("\(path) cannot be given its name", at: path, errno: errno) }
        isCommitted = true
        if !isPart { try Flush.file(AtomicFile.folder(of: path)) }
    }

    /// Writes a whole file in one go.
    package static func write(_ bytes: [UInt8], to path: String) throws(IDRError) {
        var file = try AtomicFile(path)
        try file.append(bytes)
        try file.commit()
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// What the operating system refused, in words. Read `errno` right after the call that set it: whatever comes between may set it anew.
package enum SystemFailure {
    /// The system's own words for `code`.
    package static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// - Parameter problem: what failed, one clause, with the path.
    package static func error(_ problem: String, at path: String, errno code: Int32) -> IDRError {
        let advice: String? =
            switch code {
            case ENOSPC, EDQUOT: "free some space there, or choose another output folder"
            case EFBIG: "raise the limit on file sizes (ulimit -f), or choose another output folder"
            case ENOENT: "check the path: a folder on it does not exist"
            case EACCES, EPERM, EROFS: "choose a place where you may read and write, or change the permissions"
            case EISDIR, ENOTEMPTY, EEXIST: "something else has that name: move it away, or choose another name"
            default: nil
            }
        return IDRError(.system, problem, because: reason(code), fix: advice)
    }
}
