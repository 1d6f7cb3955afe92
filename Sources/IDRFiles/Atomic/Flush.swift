import CLinux
import Foundation
package import IDRPlan

/// Brings files and folders to the disk, past a power cut.
package enum Flush {
    /// Every file below `folder`, and every folder's entries. All files are begun before the first is waited for: the disk writes them at once, and
    /// the file system notes them together.
    static func tree(_ folder: String) throws(IDRError) {
        let paths = [folder] + (try OnDisk.tree(below: folder) ?? []).map { "\(folder)/\($0)" }
        for path in paths {
            let opened = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            guard opened >= 0 else { continue }
            // What cannot be begun is written by the fsync that follows.
            _ = idr_begin_writing(opened)
            close(opened)
        }
        // What is in a folder before the folder.
        for path in paths.reversed() { try file(path) }
    }

    /// A file's bytes, or a folder's entries: a rename survives a power cut only when the folder is on the disk too.
    package static func file(_ path: String) throws(IDRError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw SystemFailure.error("\(path) cannot be opened", at: path, errno: errno) }
        defer { close(opened) }
        // Some network file systems have no fsync for folders and say EINVAL.
        guard fsync(opened) == 0 || errno == EINVAL else {
            throw SystemFailure.error("\(path) cannot be brought to the disk", at: path, errno: errno)
        }
    }
}
