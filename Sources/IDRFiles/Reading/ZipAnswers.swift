import CZip
package import IDRPlan

/// libzip's reading in the reader's process: one archive at a time, and one of its files at a time.
package final class ZipAnswers: ReaderAnswers {
    package static let service = ReaderService.zip

    package enum Request: Sendable, Codable {
        /// Answered by `opened`.
        case open(String, isStrict: Bool)
        /// What stands in the directory at these positions. Answered by `items`.
        case items(Range<UInt64>)
        /// Begins to unpack a file. Answered by `done`.
        case unpack(ZipReader.Entry)
        /// The next bytes of it, no more than that. Answered by `bytes`, none at its end: then it is as long as the directory says, and has its
        /// checksum.
        case next(Int)
    }

    package enum Reply: Sendable, Codable {
        case opened(count: UInt64)
        case items([ZipItem])
        case done
        case bytes(RawNumbers<UInt8>)
        case failed(IDRError)
    }

    private var archive: ZipHandle?
    private var path = ""

    package init() {}

    package func reset() { archive = nil }

    package func answer(_ request: Request) -> Reply {
        do throws(IDRError) {
            switch request {
            case .open(let path, let isStrict):
                self.path = path
                let opened = try ZipHandle(opening: path, flags: isStrict ? ZIP_RDONLY | ZIP_CHECKCONS : ZIP_RDONLY)
                archive = opened
                return .opened(count: UInt64(max(0, zip_get_num_entries(opened.pointer, 0))))
            case .items(let positions):
                let archive = try opened
                var items: [ZipItem] = []
                for position in positions { items.append(try archive.item(at: position, of: path)) }
                return .items(items)
            case .unpack(let entry):
                try opened.begin(entry, of: path)
                return .done
            case .next(let count): return .bytes(RawNumbers(try opened.next(count, of: path)))
            }
        } catch {
            return .failed(error)
        }
    }

    private var opened: ZipHandle {
        get throws(IDRError) {
            guard let archive else { throw IDRError(.system, "an archive is asked that is not open") }
            return archive
        }
    }
}

/// An entry of an archive's directory, as it stands there.
package struct ZipItem: Sendable, Codable {
    let entry: ZipReader.Entry
    /// nil where it is not UTF-8.
    let name: String?
    /// The file's kind in the attributes of POSIX, 0 where it is not said; nil where there are no attributes.
    let kind: UInt32?

    /// Whether it is a plain file, or a plain folder, as far as its attributes say. Systems without such attributes leave them 0.
    func isPlain(folder isFolder: Bool) throws(IDRError) -> Bool {
        guard let kind else {
            throw IDRError(.invalidInput, "an archive's directory is damaged", because: "entry \(entry.position) has no attributes")
        }
        return kind == 0 || kind == (isFolder ? 0o040000 : 0o100000)
    }
}

/// An open archive, and the file of it that is being unpacked, if any.
private final class ZipHandle {
    let pointer: OpaquePointer
    private var file: (pointer: OpaquePointer, entry: ZipReader.Entry, rest: Int)?

    init(opening path: String, flags: Int32) throws(IDRError) {
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

    deinit {
        closeFile()
        zip_discard(pointer)
    }

    func item(at position: UInt64, of path: String) throws(IDRError) -> ZipItem {
        var stat = zip_stat_t()
        let needed = UInt64(ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD)
        guard zip_stat_index(pointer, position, 0, &stat) == 0, stat.valid & needed == needed, let name = stat.name,
            let size = Int(exactly: stat.size), let storedSize = Int(exactly: stat.comp_size),
            let raw = zip_get_name(pointer, position, zip_flags_t(ZIP_FL_ENC_RAW))
        else { throw IDRError(.invalidInput, "the directory of the archive \(path) is damaged", because: "entry \(position) has no name or size") }
        let entry = ZipReader.Entry(
            name: String(cString: name), size: size, storedSize: storedSize, position: position, method: stat.comp_method,
            isEncrypted: stat.encryption_method != ZIP_EM_NONE)
        var (system, attributes): (UInt8, UInt32) = (0, 0)
        let hasAttributes = zip_file_get_external_attributes(pointer, position, 0, &system, &attributes) == 0
        return ZipItem(entry: entry, name: String(validatingCString: raw), kind: hasAttributes ? attributes >> 16 & 0o170000 : nil)
    }

    func begin(_ entry: ZipReader.Entry, of path: String) throws(IDRError) {
        closeFile()
        guard let opened = zip_fopen_index(pointer, entry.position, 0) else {
            throw IDRError(
                .invalidInput, "\(Self.what(entry, path)) cannot be read", because: String(cString: zip_error_strerror(zip_get_error(pointer))))
        }
        file = (opened, entry, entry.size)
    }

    func next(_ count: Int, of path: String) throws(IDRError) -> [UInt8] {
        guard let (file, entry, rest) = file else { throw IDRError(.system, "a file of an archive is asked that is not open") }
        let what = Self.what(entry, path)
        var status: zip_int64_t = 0
        let wanted = min(max(0, count), rest)
        if wanted > 0 {
            let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
                status = zip_fread(file, buffer.baseAddress, UInt64(wanted))
                initialized = max(0, Int(status))
            }
            if status > 0 {
                self.file?.rest -= bytes.count
                return bytes
            }
        }
        // One byte past the end: it must not be there, and asking for it makes libzip compare the checksum.
        var beyond: UInt8 = 0
        if status >= 0 { status = zip_fread(file, &beyond, 1) }
        guard status >= 0 else {
            throw IDRError(.invalidInput, "\(what) is damaged", because: String(cString: zip_error_strerror(zip_file_get_error(file))))
        }
        guard status == 0, rest == 0 else {
            throw IDRError(.refused, "\(what) is not as long as the archive's directory says", because: "\(entry.size) bytes are declared")
        }
        closeFile()
        return []
    }

    private func closeFile() {
        if let file { zip_fclose(file.pointer) }
        file = nil
    }

    private static func what(_ entry: ZipReader.Entry, _ path: String) -> String { "\(ArchiveName.printable(entry.name)) in \(path)" }
}
