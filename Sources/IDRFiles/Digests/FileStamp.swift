import Foundation
package import IDRPlan

/// What the file system says of a file's bytes. Whoever changes them, in place or by putting another file there, changes this too: the time of
/// the last change (`ctime`) is the kernel's and nobody else's.
package struct FileStamp: Sendable, Hashable {
    private let device: UInt64
    private let file: UInt64
    private let bytes: Int
    private let modified: [Int]

    /// nil where there is no such file.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        file = UInt64(status.st_ino)
        bytes = Int(status.st_size)
        modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }

    /// - Parameter name: what people call the file.
    /// - Throws: an ``IDRError`` where the file at `path` is not what it was when this was taken.
    package func check(_ path: String, called name: String) throws(IDRError) {
        guard FileStamp(of: path) == self else {
            throw IDRError(.transfer, "the file changed while it was read", at: [name], fix: "run again when nobody writes to it")
        }
    }
}
