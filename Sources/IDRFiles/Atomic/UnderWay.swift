import Foundation
package import IDRPlan

/// Files and folders have a hidden name beside their place until they are complete: `.NAME.PID-N.partial`. Whoever fills one holds a lock on it,
/// so that what a killed process has left can be told from what is still being written.
package enum UnderWay {
    package static let suffix = ".partial"
    /// Behind the hidden name: what stood in the place of a folder, moved aside where a file system cannot exchange two names.
    static let aside = ".old"

    /// Makes something under a hidden name beside `path`.
    /// - Parameter open: makes it, which fails where there is something of that name; gives it opened, or -1 with `errno`.
    /// - Returns: the hidden path, and the opened file or folder, locked.
    static func make(_ path: String, in folder: String, _ open: (String) -> Int32) throws(IDRError) -> (path: String, descriptor: Int32) {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        var code: Int32 = EEXIST
        // The process id keeps processes apart and the number threads; that it must not exist makes the pair safe even where ids are reused.
        for number in 0..<1000 where code == EEXIST {
            let hidden = "\(folder)/.\(name).\(getpid())-\(number)\(suffix)"
            let descriptor = open(hidden)
            guard descriptor >= 0 else {
                code = errno
                continue
            }
            if isLocked(descriptor, hidden) { return (hidden, descriptor) }
            close(descriptor)
        }
        throw SystemFailure.error("\(path) cannot be created", at: path, errno: code)
    }

    /// Whether the lock is this process's, and what it is on is still there: ``clear(_:of:)`` of another may have been faster.
    private static func isLocked(_ descriptor: Int32, _ path: String) -> Bool {
        // Without locks nothing of others is taken away, so that nobody needs one.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return errno != EWOULDBLOCK }
        var (mine, current) = (stat(), stat())
        return fstat(descriptor, &mine) == 0 && lstat(path, &current) == 0 && mine.st_ino == current.st_ino
    }

    /// Whether a file or folder of this name is under way, or was.
    package static func isName(_ name: String) -> Bool { name.hasPrefix(".") && (name.hasSuffix(suffix) || name.hasSuffix(suffix + aside)) }

    /// Whether `path` is in a folder that is under way: its files come to the disk with it.
    static func holds(_ path: String) -> Bool {
        path.split(separator: "/").dropLast().contains { isName(String($0)) }
    }

    /// Takes away what ended processes have left in `folder`, and gives back its name to what they had moved aside.
    /// - Parameter name: of the file or folder that was to be made; nil: of any.
    package static func clear(_ folder: String, of name: String? = nil) throws(IDRError) {
        for entry in try OnDisk.names(in: folder) ?? [] where isName(entry) {
            guard let match = entry.wholeMatch(of: /\.(.+)\.[0-9]+-[0-9a-z]+\.partial(\.old)?/), name.map({ $0 == match.1 }) ?? true else { continue }
            let isAside = match.2 != nil
            let hidden = "\(folder)/\(isAside ? String(entry.dropLast(aside.utf8.count)) : entry)"
            guard try isLeft(hidden) else { continue }
            if isAside, !isThere("\(folder)/\(match.1)") {
                try OnDisk.rename("\(folder)/\(entry)", to: "\(folder)/\(match.1)")
            } else {
                try OnDisk.remove("\(folder)/\(entry)")
            }
        }
    }

    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Whether nobody fills what is at `path` any more.
    private static func isLeft(_ path: String) throws(IDRError) -> Bool {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }
}
