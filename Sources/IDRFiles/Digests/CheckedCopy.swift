import Foundation
package import IDRPlan

/// Copies of files that are known by content.
package enum CheckedCopy {
    /// Copies the file at `path`, which must be what `file` says, to its name below `target`, and makes the folders that it needs there.
    /// - Throws: `changed` where the file is not there, is no plain file or has other bytes.
    package static func copy(_ file: ContentFile, at path: String, to target: String) throws(IDRError) {
        try ArchiveName.checked(file.name)
        let place = "\(target)/\(file.name)"
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw change(path, "is not there, or is no plain file") }
        guard Int(status.st_size) == file.bytes else { throw change(path, "has \(status.st_size) bytes, not \(file.bytes)") }
        try AtomicFolder.make(URL(fileURLWithPath: place).deletingLastPathComponent().path)
        let copy = try NewFile(place)
        var sum = try SHA256()
        try FileBlocks.forEach(of: path) { block throws(IDRError) in
            try sum.update(block)
            try copy.append(block)
        }
        guard try sum.finish() == file.sha256 else { throw change(path, "has other bytes than it had") }
    }

    private static func change(_ path: String, _ reason: String) -> IDRError {
        IDRError(
            .changed, "a file is not the recorded one", at: [path], because: "it \(reason)",
            fix: "idrscript verify says everything that is wrong")
    }
}
