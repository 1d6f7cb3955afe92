import Foundation
package import IDRPlan

/// Files and folders, asked directly: an answer, "there is none", or an ``IDRError`` with the system's reason.
///
/// Foundation often says only that something did not work, and `errno` may have changed by the time it says so. Whoever decides by an answer must
/// know what is unknown: an empty folder, a missing one and one that cannot be read are three things.
package enum OnDisk {
    /// Bytes of the file at `path`, links followed.
    package static func size(of path: String) throws(IDRError) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            throw SystemFailure.error("\(path) cannot be looked at", at: path, errno: code)
        }
        return Int(status.st_size)
    }

    /// All bytes of the plain file at `path`; nil where there is no such file.
    /// - Throws: an ``IDRError`` also where it has more than `limit` bytes.
    package static func bytes(of path: String, limit: Int) throws(IDRError) -> [UInt8]? { try FileBytes.read(path, limit: limit) }

    /// Names in the folder at `path`, sorted; nil where there is nothing of that name.
    package static func names(in path: String) throws(IDRError) -> [String]? {
        guard let folder = opendir(path) else {
            let code = errno
            if code == ENOENT { return nil }
            throw SystemFailure.error("the folder \(path) cannot be read", at: path, errno: code)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                let code = errno
                guard code == 0 else { throw SystemFailure.error("the folder \(path) cannot be read", at: path, errno: code) }
                return names.sorted()
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// Everything below the folder at `path`, folders too, as paths relative to it, sorted; links are not followed. nil where there is nothing of that name.
    package static func tree(below path: String) throws(IDRError) -> [String]? {
        guard let names = try names(in: path) else { return nil }
        var all: [String] = []
        for name in names {
            all.append(name)
            var status = stat()
            guard lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
            all += (try tree(below: "\(path)/\(name)") ?? []).map { "\(name)/\($0)" }
        }
        return all.sorted()
    }

    /// Makes the folder at `path` and those above it; one that is there is left as it is.
    package static func makeFolder(_ path: String) throws(IDRError) {
        guard mkdir(path, 0o777) != 0 else { return }
        let code = errno
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        let above = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard code == ENOENT, above != path, !above.isEmpty else { throw SystemFailure.error("\(path) cannot be made", at: path, errno: code) }
        try makeFolder(above)
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw SystemFailure.error("\(path) cannot be made", at: path, errno: errno) }
    }

    /// Gives what is at `path` another name, in place of a file or an empty folder there.
    package static func rename(_ path: String, to place: String) throws(IDRError) {
        guard Foundation.rename(path, place) == 0 else {
            let code = errno
            throw SystemFailure.error("\(place) cannot be put in place", at: place, errno: code)
        }
    }

    /// Removes the file or the folder at `path` with all that is in it. Nothing there is no failure; what stays is one.
    package static func remove(_ path: String) throws(IDRError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return }
            throw SystemFailure.error("\(path) cannot be removed", at: path, errno: code)
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        if isFolder { for name in try names(in: path) ?? [] { try remove("\(path)/\(name)") } }
        guard (isFolder ? rmdir(path) : unlink(path)) == 0 || errno == ENOENT else {
            let code = errno
            throw SystemFailure.error("\(path) cannot be removed", at: path, errno: code)
        }
    }
}
