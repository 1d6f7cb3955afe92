import Foundation
package import IDRPlan

/// Work that waits for the disk, on a thread that may wait.
package enum DiskQueue {
    package static func run<Value: Sendable>(_ body: @escaping @Sendable () throws(IDRError) -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async { continuation.resume(with: Result { try body() }) }
        }
    }
}

/// Renames that outlive a power cut.
package enum FileNames {
    /// Brings the file to the disk and gives it its name there.
    package static func move(_ path: String, to name: String) throws(IDRError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure.error("\(path) cannot be opened", at: path, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemFailure.error("\(path) cannot be brought to the disk", at: path, errno: errno) }
        guard rename(path, name) == 0 else { throw SystemFailure.error("\(name) cannot be given its name", at: name, errno: errno) }
        let folder = name.lastIndex(of: "/").map { $0 == name.startIndex ? "/" : String(name[..<$0]) } ?? "."
        try Flush.file(folder)
    }
}

/// Better said before the first byte than after the last one that fits.
package enum FreeSpace {
    /// - Throws: an ``IDRError`` where the file system of the open file `descriptor` has less than `bytes` left.
    package static func check(for bytes: Int, at subject: [String], _ descriptor: Int32) throws(IDRError) {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { return }
        let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        guard !free.overflow, free.partialValue < UInt64(clamping: bytes) else { return }
        throw IDRError(
            .system, "there is no space for the file", at: subject, because: "it has \(bytes) bytes, and \(free.partialValue) are free",
            fix: "free some space there, or choose another folder")
    }
}
