import CZip
package import IDRPlan

/// A ZIP archive that is open for reading single entries into memory; nothing is ever written to disk: ``ZipUnpacker`` does that.
///
/// Opening refuses archives whose names are ambiguous (two entries of one name) or lead out of their folder. Reading refuses encrypted entries,
/// compression other than none and deflate, and entries that unpack to more than the caller expects (a small file may declare or deliver gigabytes).
package struct ZipReader: ~Copyable {
    /// One file of the archive.
    package struct Entry: Sendable, Hashable, Codable {
        /// The path inside the archive, with `/` between folders.
        package let name: String
        /// Declared bytes after unpacking; ``ZipReader/read(_:limit:)`` checks that it is true.
        package let size: Int
        /// Bytes in the archive.
        package let storedSize: Int
        let position: UInt64
        let method: UInt16
        let isEncrypted: Bool
    }

    /// Where the archive is on disk.
    package let path: String
    /// The archive's files in the order of its directory; folders are left out.
    package let entries: [Entry]
    private let archive: ZipSession
    private let byName: [String: Int]

    /// Opens the archive at `path` and reads its directory.
    ///
    /// - Throws: `invalidInput` where it is not a ZIP archive or its directory is damaged, `refused` for ambiguous or escaping names.
    package init(reading path: String) throws(IDRError) {
        let archive = try ZipSession(opening: path)
        var entries: [Entry] = []
        var byName: [String: Int] = [:]
        try archive.forEachItem { item throws(IDRError) in
            let entry = item.entry
            guard !entry.name.hasPrefix("/"), !entry.name.split(separator: "/").contains("..") else {
                throw IDRError(.refused, "the archive \(path) has an entry outside its own folder", at: [entry.name])
            }
            guard !entry.name.hasSuffix("/") else { return }
            guard byName.updateValue(entries.count, forKey: entry.name) == nil else {
                throw IDRError(.refused, "the archive \(path) has two entries of one name", at: [entry.name])
            }
            entries.append(entry)
        }
        self.path = path
        self.entries = entries
        self.archive = archive
        self.byName = byName
    }

    /// The entry called `name`, or nil.
    package func entry(_ name: String) -> Entry? { byName[name].map { entries[$0] } }

    /// The whole content of the entry `name`, checked against the archive's checksum.
    ///
    /// - Parameter limit: the most bytes the content may have; more is refused before anything is unpacked.
    package func read(_ name: String, limit: Int) throws(IDRError) -> [UInt8] {
        guard let entry = entry(name) else { throw IDRError(.missing, "no entry \(name) in \(path)") }
        guard !entry.isEncrypted else {
            throw IDRError(.refused, "\(name) in \(path) is encrypted", fix: "unpack the archive with its password and pack it again without one")
        }
        guard entry.method == ZIP_CM_STORE || entry.method == ZIP_CM_DEFLATE else {
            throw IDRError(
                .refused, "\(name) in \(path) is compressed in a way that is not read",
                because: "ZIP method \(entry.method) is neither stored nor deflate")
        }
        guard entry.size <= limit else {
            throw IDRError(
                .refused, "\(name) in \(path) is larger than it may be", because: "it unpacks to \(entry.size) bytes; at most \(limit) belong there")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entry.size)
        try archive.forEachBlock(of: entry) { block throws(IDRError) in bytes.append(contentsOf: block) }
        return bytes
    }
}
