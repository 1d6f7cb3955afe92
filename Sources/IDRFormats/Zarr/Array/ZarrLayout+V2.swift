import IDRPlan

/// `.zarray`: <https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html>.
struct ZarrArrayV2: Decodable, Sendable {
    struct Codec: Decodable, Sendable {
        let id: String
    }

    let format: Int
    let shape: [Int]
    let chunks: [Int]
    let type: ZarrName
    let compressor: Codec?
    let filters: [Codec]?
    let order: String?
    let separator: String?
    let fill: ZarrFill?

    enum CodingKeys: String, CodingKey {
        case format = "zarr_format"
        case shape, chunks, compressor, filters, order
        case type = "dtype"
        case separator = "dimension_separator"
        case fill = "fill_value"
    }

    func layout() throws(IDRError) -> ZarrLayout {
        guard format == 2 else { throw ZarrLayout.unknown("format in .zarray", String(format), known: "2") }
        if let filter = filters?.first {
            throw IDRError(
                .invalidInput, "the array cannot be read: it is stored with the filter \"\(ZarrText.shown(filter.id))\"",
                because: "arrays with filters are not read", fix: "convert the image to one without filters")
        }
        let (stored, isBigEndian) = try storedType()
        let packing: [ZarrBytesCodec]
        switch compressor?.id {
        case nil: packing = []
        case let name?:
            guard let codec = ZarrBytesCodec(rawValue: ZarrName.withoutPackage(name)), codec != .crc32c else {
                throw ZarrLayout.unknown("compressor", name, known: "blosc, gzip, zlib and zstd")
            }
            packing = [codec]
        }
        guard let order = ["C": Array(shape.indices), "F": shape.indices.reversed()][order ?? "C"] else {
            throw ZarrLayout.unknown("order", order ?? "", known: "C and F")
        }
        return try ZarrLayout(
            shape: shape, chunk: chunks, type: stored, fill: fill ?? .undefined,
            codecs: ZarrCodecs(axisOrder: order, isBigEndian: isBigEndian, packing: packing),
            keys: ZarrChunkKeys(prefix: "", separator: separator ?? "."))
    }

    private func storedType() throws(IDRError) -> (StoredType, isBigEndian: Bool) {
        let types: [String: StoredType] = [
            "b1": .bool, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32, "i4": .int32, "u8": .uint64, "i8": .int64,
            "f2": .float16, "f4": .float32, "f8": .float64,
        ]
        guard let order = type.text.first, let stored = types[String(type.text.dropFirst())], "<>|".contains(order), order != "|" || stored.bytes == 1
        else {
            throw ZarrLayout.unknown("number type", type.text, known: types.keys.sorted().joined(separator: ", ") + " after < or >, such as \"<u2\"")
        }
        return (stored, order == ">")
    }
}

/// A name that some writers give as an object with a name and settings.
struct ZarrName: Decodable, Sendable {
    let text: String

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.text = text
        } else {
            enum CodingKeys: CodingKey { case name }
            let named = try? decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .name)
            text = named ?? "of several parts"
        }
    }

    /// numcodecs, a package of codecs, writes its own name before those that Zarr knows too.
    static func withoutPackage(_ name: String) -> String {
        let package = "numcodecs."
        return name.hasPrefix(package) ? String(name.dropFirst(package.count)) : name
    }
}
