import CLinux
import Foundation
package import IDRPlan

/// A folder that appears under its name only when it is complete: ``AtomicFile`` for a whole tree.
///
/// It is filled under a hidden name beside its place, in the nearest folder that exists. A value that goes away uncommitted removes what it holds,
/// so after any failure everything is as it was. What it replaces is there until it is, also where the process is killed: the two names are
/// exchanged, or, where the file system cannot do that, what is moved aside gets its name back from whoever makes that folder next.
package struct AtomicFolder: ~Copyable {
    /// The final name, absolute.
    package let path: String
    /// Where it is filled.
    package let partialPath: String
    private let lock: Int32
    private let isReplacing: Bool
    private var isCommitted = false

    /// Starts the folder that will be called `path`, and takes away what killed processes have left of one of that name.
    /// - Parameter isReplacing: whether a folder of that name may go away for it.
    /// - Throws: `refused` where something is at `path` and may not go away. An empty folder may.
    package init(_ path: String, replacing isReplacing: Bool = false) throws(IDRError) {
        let place = URL(fileURLWithPath: path).standardizedFileURL
        var parent = place.deletingLastPathComponent()
        while parent.path != "/", !FileManager.default.fileExists(atPath: parent.path) { parent = parent.deletingLastPathComponent() }
        // What cannot be taken away is in nobody's way.
        try? UnderWay.clear(parent.path, of: place.lastPathComponent)
        guard isReplacing || Self.isFree(place.path) else {
            throw IDRError(.refused, "\(path) is already there, and not empty", fix: "choose another name, or move it away")
        }
        let made = try UnderWay.make(place.path, in: parent.path) {
            guard mkdir($0, 0o777) == 0 else { return -1 }
            return open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        self.path = place.path
        self.isReplacing = isReplacing
        (partialPath, lock) = (made.path, made.descriptor)
    }

    deinit {
        close(lock)
        if !isCommitted { try? OnDisk.remove(partialPath) }
    }

    /// Brings all that is in it to the disk and gives the folder its final name.
    package consuming func commit() throws(IDRError) {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try Self.make(parent)
        try Flush.tree(partialPath)
        let old = Self.isFree(path) ? nil : try replace()
        if old == nil { try OnDisk.rename(partialPath, to: path) }
        isCommitted = true
        try Flush.file(parent)
        // Where it stays, the next one of this name takes it away.
        if let old { try? OnDisk.remove(old) }
    }

    /// Puts it into the place of another folder.
    /// - Returns: where that one is now.
    private func replace() throws(IDRError) -> String {
        guard isReplacing else {
            throw IDRError(.refused, "\(path) is there by now, and not empty", fix: "choose another name, or move it away")
        }
        if idr_exchange(partialPath, path) == 0 { return partialPath }
        let code = errno
        guard [EINVAL, ENOSYS, EOPNOTSUPP].contains(code) else { throw SystemFailure.error("\(path) cannot be replaced", at: path, errno: code) }
        let old = partialPath + UnderWay.aside
        try OnDisk.rename(path, to: old)
        do throws(IDRError) {
            try OnDisk.rename(partialPath, to: path)
        } catch {
            try OnDisk.rename(old, to: path)
            throw error
        }
        return old
    }

    /// Makes the folder `path` and those above it where they are missing.
    package static func make(_ path: String) throws(IDRError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw SystemFailure.error("the folder \(path) cannot be made", at: path, errno: errno)
        }
    }

    /// Whether nothing is at `path`, or an empty folder.
    private static func isFree(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return true }
        return status.st_mode & S_IFMT == S_IFDIR && (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true
    }
}
