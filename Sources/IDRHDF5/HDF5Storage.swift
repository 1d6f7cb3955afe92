import CHDF5

/// Where a dataset's elements are.
package enum HDF5Storage: Sendable, Hashable, Codable {
    /// In one piece, or in chunks.
    case inFile
    /// In the dataset's own header.
    case compact
    /// In other files without structure.
    case external([Piece])
    /// Put together of other datasets, which are in these files; "." is the file itself.
    case virtual([Source])

    package struct Piece: Sendable, Hashable, Codable {
        let file: String
        let offset: Int
        /// nil: to the file's end.
        let bytes: Int?
    }

    package struct Source: Sendable, Hashable, Codable {
        let file: String
        let dataset: String
        /// How many elements of the whole it gives.
        let elements: Int
    }

    init(creation: hid_t) {
        switch H5Pget_layout(creation) {
        case H5D_COMPACT: self = .compact
        case H5D_VIRTUAL: self = .virtual(Self.sources(creation))
        case H5D_CONTIGUOUS where H5Pget_external_count(creation) > 0: self = .external(Self.pieces(creation))
        default: self = .inFile
        }
    }

    /// The other files that the elements are in, each once.
    var files: [String] {
        let names =
            switch self {
            case .inFile, .compact: [String]()
            case .external(let pieces): pieces.map(\.file)
            case .virtual(let sources): sources.map(\.file)
            }
        return Set(names).subtracting(["."]).sorted()
    }

    private static let mostFiles = 1 << 16

    private static func pieces(_ creation: hid_t) -> [Piece] {
        (0..<min(Int(H5Pget_external_count(creation)), mostFiles)).map { number in
            var name = [CChar](repeating: 0, count: 1024)
            var offset = off_t(0)
            var size = hsize_t(0)
            guard H5Pget_external(creation, UInt32(number), name.count - 1, &name, &offset, &size) >= 0 else {
                return Piece(file: "", offset: 0, bytes: nil)
            }
            return Piece(file: text(name), offset: Int(offset), bytes: Int(exactly: size))
        }
    }

    private static func sources(_ creation: hid_t) -> [Source] {
        var count = 0
        guard H5Pget_virtual_count(creation, &count) >= 0 else { return [] }
        return (0..<min(count, mostFiles)).map { number in
            var (file, dataset) = ([CChar](repeating: 0, count: 1024), [CChar](repeating: 0, count: 1024))
            _ = H5Pget_virtual_filename(creation, number, &file, file.count - 1)
            _ = H5Pget_virtual_dsetname(creation, number, &dataset, dataset.count - 1)
            let space = H5Pget_virtual_vspace(creation, number)
            defer { if space >= 0 { H5Sclose(space) } }
            return Source(file: text(file), dataset: text(dataset), elements: space < 0 ? 0 : Int(clamping: max(0, H5Sget_select_npoints(space))))
        }
    }

    private static func text(_ name: [CChar]) -> String { String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }

    /// The name of the first filter that this library has not.
    static func unreadFilter(_ creation: hid_t) -> String? {
        for number in 0..<UInt32(clamping: max(0, H5Pget_nfilters(creation))) {
            var name = [CChar](repeating: 0, count: 128)
            var (flags, count, configuration): (UInt32, Int, UInt32) = (0, 0, 0)
            let filter = H5Pget_filter2(creation, number, &flags, &count, nil, name.count - 1, &name, &configuration)
            defer { HDF5Failure.clear() }
            if filter >= 0, H5Zfilter_avail(filter) <= 0 {
                // What writers register; the name is stored only where they gave one.
                let known: [H5Z_filter_t: String] = [
                    4: "szip", 32000: "lzf", 32001: "blosc", 32004: "lz4", 32008: "bitshuffle", 32013: "zfp", 32015: "zstd", 32026: "blosc2",
                ]
                let stored = text(name)
                return known[filter] ?? (stored.isEmpty ? "number \(filter)" : stored)
            }
        }
        return nil
    }
}
