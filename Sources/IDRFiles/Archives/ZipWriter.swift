import CZip
import Foundation
package import IDRPlan

/// Writes ZIP archives whose bytes depend on names and contents only: entries sorted by name, stored as they are, so that no version of a
/// compressor shows, all of 1980-01-01 and readable by everybody.
package enum ZipWriter {
    /// A file to be.
    package struct Entry: Sendable {
        /// `/`-separated.
        package var name: String
        var content: Content

        enum Content: Sendable {
            case file(String)
            case bytes([UInt8])
        }

        /// What the file at `path` holds when the archive is written.
        package init(_ name: String, file path: String) { (self.name, content) = (name, .file(path)) }
        package init(_ name: String, bytes: [UInt8]) { (self.name, content) = (name, .bytes(bytes)) }
    }

    /// Writes the archive `path`, which appears when it is complete; files are streamed, and may be larger than 4 GB together and each.
    /// - Throws: an ``IDRError`` where there is no entry, two have one name, a name is not fit for an archive, or a file cannot be read.
    package static func write(_ entries: [Entry], to path: String) throws(IDRError) {
        // By bytes: the order of text is a matter of Unicode's version.
        let entries = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        guard !entries.isEmpty else { throw IDRError(.invalidInput, "an archive without files cannot be written", at: [path]) }
        var tree = ArchiveTree()
        for entry in entries { try tree.add(entry.name) }
        // libzip fills a file of its own beside the one that it is given: both are in a folder that goes away as a whole, also where this process ends.
        let scratch = try AtomicFolder(path, replacing: true)
        let archive = "\(scratch.partialPath)/archive"
        try fill(archive, entries, called: path)
        try synchronize(archive, called: path)
        try OnDisk.rename(archive, to: scratch.path)
        try Flush.file(URL(fileURLWithPath: scratch.path).deletingLastPathComponent().path)
    }

    private static func fill(_ partial: String, _ entries: [Entry], called path: String) throws(IDRError) {
        guard let archive = zip_open(partial, ZIP_CREATE | ZIP_TRUNCATE, nil) else {
            throw IDRError(.system, "\(path) cannot be written", because: "libzip cannot make an archive there", fix: "choose another place")
        }
        var isOpen = true
        defer { if isOpen { zip_discard(archive) } }
        for entry in entries { try add(entry, to: archive, called: path) }
        guard zip_close(archive) == 0 else { throw failure(archive, path) }
        isOpen = false
    }

    /// 1 January 1980 as DOS counts days. It has no time zone.
    private static let date: UInt16 = 1 << 5 | 1
    /// A regular file, `rw-r--r--`.
    private static let attributes: UInt32 = 0o100644 << 16

    private static func add(_ entry: Entry, to archive: OpaquePointer, called path: String) throws(IDRError) {
        guard let source = try source(entry, archive) else { throw failure(archive, path) }
        let index = zip_file_add(archive, entry.name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(source)
            throw failure(archive, path)
        }
        let position = UInt64(index)
        guard zip_set_file_compression(archive, position, Int32(ZIP_CM_STORE), 0) == 0, zip_file_set_dostime(archive, position, 0, date, 0) == 0,
            zip_file_set_external_attributes(archive, position, 0, UInt8(ZIP_OPSYS_UNIX), attributes) == 0
        else { throw failure(archive, path) }
    }

    private static func source(_ entry: Entry, _ archive: OpaquePointer) throws(IDRError) -> OpaquePointer? {
        switch entry.content {
        case .file(let path):
            guard access(path, R_OK) == 0 else { throw SystemFailure.error("\(path) cannot be opened", at: path, errno: errno) }
            return zip_source_file(archive, path, 0, -1)
        case .bytes(let bytes):
            // libzip reads it when the archive is closed, and frees it.
            guard let copy = malloc(max(1, bytes.count)) else { return nil }
            bytes.withUnsafeBytes { if let start = $0.baseAddress { memcpy(copy, start, $0.count) } }
            return zip_source_buffer(archive, copy, UInt64(bytes.count), 1)
        }
    }

    private static func failure(_ archive: OpaquePointer, _ path: String) -> IDRError {
        IDRError(
            .system, "\(path) cannot be written", because: String(cString: zip_error_strerror(zip_get_error(archive))),
            fix: "free some space there, or choose another place")
    }

    private static func synchronize(_ partial: String, called path: String) throws(IDRError) {
        let descriptor = open(partial, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure.error("\(path) cannot be written", at: path, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemFailure.error("\(path) cannot be brought to the disk", at: path, errno: errno) }
    }
}
