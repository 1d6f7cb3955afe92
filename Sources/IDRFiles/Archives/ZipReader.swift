import CZip
package import IDRPlan

/// A ZIP archive that is open for reading single entries into memory; nothing is ever written to disk: ``ZipUnpacker`` does that.
///
/// Opening refuses archives whose names are ambiguous (two entries of one name) or lead out of their folder. Reading refuses encrypted entries,
/// compression other than none and deflate, and entries that unpack to more than the caller expects (a small file may declare or deliver gigabytes).
package struct ZipReader: ~Copyable {
    /// One file of the archive.
    package struct Entry: Sendable, Hashable {
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
    private let archive: ZipHandle
    private let byName: [String: Int]

    /// Opens the archive at `path` and reads its directory.
    ///
    /// - Throws: `invalidInput` where it is not a ZIP archive or its directory is damaged, `refused` for ambiguous or escaping names.
    package init(reading path: String) throws(IDRError) {
        let archive = try ZipHandle(opening: path)
        var entries: [Entry] = []
        var byName: [String: Int] = [:]
        for position in 0..<UInt64(max(0, zip_get_num_entries(archive.pointer, 0))) {
            let entry = try archive.entry(at: position, of: path)
            guard !entry.name.hasPrefix("/"), !entry.name.split(separator: "/").contains("..") else {
                throw IDRError(.refused, "the archive \(path) has an entry outside its own folder", at: [entry.name])
            }
            guard !entry.name.hasSuffix("/") else { continue }
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
        return try archive.read(entry, of: path)
    }
}

/// An open archive that is closed exactly once. (Not private: modules that destroy a `ZipReader` link against this type.)
struct ZipHandle: ~Copyable {
    let pointer: OpaquePointer

    init(opening path: String, flags: Int32 = ZIP_RDONLY) throws(IDRError) {
        var code: Int32 = 0
        guard let opened = zip_open(path, flags, &code) else {
            var error = zip_error_t()
            zip_error_init_with_code(&error, code)
            defer { zip_error_fini(&error) }
            let kind: IDRError.Code = code == ZIP_ER_NOENT ? .missing : .invalidInput
            throw IDRError(kind, "\(path) cannot be opened as a ZIP archive", because: String(cString: zip_error_strerror(&error)))
        }
        pointer = opened
    }

    deinit { zip_discard(pointer) }

    func entry(at position: UInt64, of path: String) throws(IDRError) -> ZipReader.Entry {
        var stat = zip_stat_t()
        let needed = UInt64(ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD)
        guard zip_stat_index(pointer, position, 0, &stat) == 0, stat.valid & needed == needed, let name = stat.name,
            let size = Int(exactly: stat.size), let storedSize = Int(exactly: stat.comp_size)
        else { throw IDRError(.invalidInput, "the directory of the archive \(path) is damaged", because: "entry \(position) has no name or size") }
        return ZipReader.Entry(
            name: String(cString: name), size: size, storedSize: storedSize, position: position, method: stat.comp_method,
            isEncrypted: stat.encryption_method != ZIP_EM_NONE)
    }

    /// The name as it stands in the archive.
    /// - Throws: `refused` where it is not UTF-8.
    func name(at position: UInt64, of path: String) throws(IDRError) -> String {
        guard let raw = zip_get_name(pointer, position, zip_flags_t(ZIP_FL_ENC_RAW)) else {
            throw IDRError(.invalidInput, "the directory of the archive \(path) is damaged", because: "entry \(position) has no name")
        }
        guard let name = String(validatingCString: raw) else {
            throw ArchiveName.refusal(String(cString: raw), "entry \(position) has a name that is not UTF-8")
        }
        return name
    }

    /// Whether the entry is a plain file, or a plain folder, as far as its attributes say. Systems without such attributes leave them 0.
    func isPlain(at position: UInt64, folder isFolder: Bool) throws(IDRError) -> Bool {
        var (system, attributes): (UInt8, UInt32) = (0, 0)
        guard zip_file_get_external_attributes(pointer, position, 0, &system, &attributes) == 0 else {
            throw IDRError(.invalidInput, "an archive's directory is damaged", because: "entry \(position) has no attributes")
        }
        // POSIX: the kind of file is in the mode's upper four bits, and 0 where it is not said.
        let kind = attributes >> 16 & 0o170000
        return kind == 0 || kind == (isFolder ? 0o040000 : 0o100000)
    }

    func read(_ entry: ZipReader.Entry, of path: String) throws(IDRError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entry.size)
        try forEachBlock(of: entry, in: path) { block throws(IDRError) in bytes.append(contentsOf: block) }
        return bytes
    }

    /// The entry's content in blocks that share one buffer; it is as long as the directory says, and has its checksum, where this returns.
    func forEachBlock(
        of entry: ZipReader.Entry, in path: String, _ body: (UnsafeRawBufferPointer) throws(IDRError) -> Void
    ) throws(IDRError) {
        let what = "\(ArchiveName.printable(entry.name)) in \(path)"
        guard let file = zip_fopen_index(pointer, entry.position, 0) else {
            throw IDRError(.invalidInput, "\(what) cannot be read", because: String(cString: zip_error_strerror(zip_get_error(pointer))))
        }
        defer { zip_fclose(file) }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, min(entry.size, 1 << 20)), alignment: 16)
        defer { block.deallocate() }
        var rest = entry.size
        var status: zip_int64_t = 0
        while rest > 0 {
            status = zip_fread(file, block.baseAddress, UInt64(min(rest, block.count)))
            guard status > 0 else { break }
            rest -= Int(status)
            try body(UnsafeRawBufferPointer(rebasing: block[..<Int(status)]))
        }
        // One byte past the end: it must not be there, and asking for it makes libzip compare the checksum.
        if status >= 0 { status = zip_fread(file, block.baseAddress, 1) }
        guard status >= 0 else {
            throw IDRError(.invalidInput, "\(what) is damaged", because: String(cString: zip_error_strerror(zip_file_get_error(file))))
        }
        guard status == 0, rest == 0 else {
            throw IDRError(.refused, "\(what) is not as long as the archive's directory says", because: "\(entry.size) bytes are declared")
        }
    }
}
