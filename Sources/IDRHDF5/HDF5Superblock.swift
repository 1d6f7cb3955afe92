import Foundation
package import IDRPlan

/// What the first bytes of an HDF5 file say about it, read without the library.
///
/// A download that stopped early keeps its beginning, and that names the length the whole file has:
/// comparing the two finds most damage before HDF5 is asked.
package struct HDF5Superblock: Sendable, Hashable {
    /// 0 and 1 are written by old libraries, 2 and 3 by newer ones.
    package let version: Int
    /// The length that the file says it has, in bytes.
    package let endOfFile: UInt64

    private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Reads the superblock of the file at `path` and compares its length with the one it names.
    /// - Throws: ``IDRError``: missing, not a file, empty, not HDF5, or truncated (with both lengths).
    @discardableResult
    package static func check(_ path: String) throws(IDRError) -> HDF5Superblock {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw IDRError(.missing, "there is no file \(path)", fix: "check the path, or fetch the file")
        }
        guard !isFolder.boolValue else { throw IDRError(.invalidInput, "\(path) is a folder and not an HDF5 file") }
        guard let handle = FileHandle(forReadingAtPath: path), let length = try? handle.seekToEnd() else {
            throw IDRError(.system, "\(path) cannot be read", fix: "check the file's permissions")
        }
        defer { try? handle.close() }

        return try check(length: length, path) { offset throws(IDRError) in try read(64, at: offset, of: handle, path) }
    }

    /// The same for a file that is elsewhere, of which `beginning` is here.
    package static func check(_ beginning: [UInt8], length: Int, _ name: String) throws(IDRError) {
        try check(length: UInt64(length), name) { offset in Array(beginning.dropFirst(Int(clamping: offset)).prefix(64)) }
    }

    @discardableResult
    private static func check(length: UInt64, _ name: String, _ read: (UInt64) throws(IDRError) -> [UInt8]) throws(IDRError) -> HDF5Superblock {
        // A user's own block may stand before the signature; it has 512 bytes or a power of two times that.
        var offset: UInt64 = 0
        while offset < length {
            let bytes = try read(offset)
            if bytes.starts(with: signature) { return try HDF5Superblock(bytes, length: length, name) }
            offset = offset == 0 ? 512 : offset * 2
        }
        throw IDRError(
            .invalidInput, "\(name) is not an HDF5 file", because: length == 0 ? "it is empty" : "it has no HDF5 signature",
            fix: "fetch the file again")
    }

    private init(_ bytes: [UInt8], length: UInt64, _ path: String) throws(IDRError) {
        guard bytes.count >= 16, bytes[8] <= 3 else {
            let reason = bytes.count < 16 ? "its superblock is cut off" : "its superblock has version \(bytes[8]), and up to 3 is read"
            throw IDRError(
                .invalidInput, "\(path) is not an HDF5 file that can be read", because: reason,
                fix: bytes.count < 16 ? "fetch the file again" : "the file is damaged, or newer than the HDF5 library here")
        }
        version = Int(bytes[8])
        // The end-of-file address is the third address in every version; the fields before the addresses differ.
        let addressSize = Int(version < 2 ? bytes[13] : bytes[9])
        let firstAddress = [24, 28, 12, 12][version]
        let start = firstAddress + 2 * addressSize
        guard (1...8).contains(addressSize), start + addressSize <= bytes.count else {
            throw IDRError(
                .invalidInput, "\(path) is truncated", because: "it has only \(length) bytes, less than its superblock", fix: "fetch the file again")
        }
        endOfFile = bytes[start..<start + addressSize].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        guard length >= endOfFile else {
            throw IDRError(
                .invalidInput, "\(path) is truncated", because: "it has \(length) of \(endOfFile) bytes", fix: "fetch the file again")
        }
    }

    private static func read(_ count: Int, at offset: UInt64, of handle: FileHandle, _ path: String) throws(IDRError) -> [UInt8] {
        do {
            try handle.seek(toOffset: offset)
            return [UInt8](try handle.read(upToCount: count) ?? Data())
        } catch {
            throw IDRError(.system, "\(path) cannot be read", because: "\(error)")
        }
    }
}
