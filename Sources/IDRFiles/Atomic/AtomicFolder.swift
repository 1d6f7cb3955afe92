import Foundation
package import IDRPlan

/// A folder that appears under its name only when it is complete: ``AtomicFile`` for a whole tree.
///
/// It is filled under a hidden name beside its place, in the nearest folder that exists. A value that goes away uncommitted removes what it holds,
/// so after any failure everything is as it was.
package struct AtomicFolder: ~Copyable {
    /// The final name, absolute.
    package let path: String
    /// Where it is filled.
    package let partialPath: String
    private let isReplacing: Bool
    private var isCommitted = false

    /// Starts the folder that will be called `path`.
    /// - Parameter isReplacing: whether a folder of that name may go away for it.
    /// - Throws: `refused` where something is at `path` and may not go away. An empty folder may.
    package init(_ path: String, replacing isReplacing: Bool = false) throws(IDRError) {
        let place = URL(fileURLWithPath: path).standardizedFileURL
        guard isReplacing || Self.isFree(place.path) else {
            throw IDRError(.refused, "\(path) is already there, and not empty", fix: "choose another name, or move it away")
        }
        var parent = place.deletingLastPathComponent()
        while parent.path != "/", !FileManager.default.fileExists(atPath: parent.path) { parent = parent.deletingLastPathComponent() }
        var code: Int32 = EEXIST
        for number in 0..<1000 where code == EEXIST {
            let partialPath = parent.appending(path: ".\(place.lastPathComponent).\(getpid())-\(number)\(AtomicFile.partialSuffix)").path
            if mkdir(partialPath, 0o777) == 0 {
                self.path = place.path
                self.partialPath = partialPath
                self.isReplacing = isReplacing
                return
            }
            code = errno
        }
        throw SystemFailure.error("the folder \(path) cannot be made", at: path, errno: code)
    }

    deinit {
        if !isCommitted { try? FileManager.default.removeItem(atPath: partialPath) }
    }

    /// Gives the folder its final name.
    package consuming func commit() throws(IDRError) {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try Self.make(parent)
        let old = partialPath + ".old"
        let isThere = isReplacing && !Self.isFree(path)
        if isThere, rename(path, old) != 0 { throw SystemFailure.error("\(path) cannot be replaced", at: path, errno: errno) }
        guard rename(partialPath, path) == 0 else {
            let code = errno
            if isThere { rename(old, path) }
            throw SystemFailure.error("\(path) cannot be given its name", at: path, errno: code)
        }
        isCommitted = true
        if isThere { try? FileManager.default.removeItem(atPath: old) }
        try AtomicFile.synchronize(folder: parent)
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
