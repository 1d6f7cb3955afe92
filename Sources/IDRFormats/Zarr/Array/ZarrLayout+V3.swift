import IDRPlan

/// `zarr.json` of an array: <https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html>.
struct ZarrArrayV3: Decodable, Sendable {
    struct Grid: Decodable, Sendable {
        struct Configuration: Decodable, Sendable {
            let shape: [Int]
            enum CodingKeys: String, CodingKey { case shape = "chunk_shape" }
        }
        let name: String
        let configuration: Configuration
    }

    struct Keys: Decodable, Sendable {
        struct Configuration: Decodable, Sendable {
            let separator: String?
        }
        let name: String
        let configuration: Configuration?

        private enum CodingKeys: CodingKey { case name, configuration }

        init(from decoder: any Decoder) throws {
            if let name = try? decoder.singleValueContainer().decode(String.self) {
                (self.name, configuration) = (name, nil)
            } else {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                name = try container.decode(String.self, forKey: .name)
                configuration = try container.decodeIfPresent(Configuration.self, forKey: .configuration)
            }
        }
    }

    let format: Int
    let node: String
    let shape: [Int]
    let type: ZarrName
    let grid: Grid
    let keys: Keys
    let fill: ZarrFill?
    let codecs: [ZarrCodecV3]
    /// Extensions that change how the array is stored; none are known.
    let transformers: [ZarrName]?

    enum CodingKeys: String, CodingKey {
        case shape, codecs
        case format = "zarr_format"
        case node = "node_type"
        case type = "data_type"
        case grid = "chunk_grid"
        case keys = "chunk_key_encoding"
        case fill = "fill_value"
        case transformers = "storage_transformers"
    }

    func layout() throws(IDRError) -> ZarrLayout {
        guard format == 3 else { throw ZarrLayout.unknown("format in zarr.json", String(format), known: "3") }
        guard node == "array" else { throw ZarrLayout.unusable("it is a \(ZarrText.shown(node)), not an array") }
        guard let stored = StoredType(rawValue: type.text) else { throw ZarrLayout.unknown("number type", type.text, known: StoredType.known) }
        guard grid.name == "regular" else { throw ZarrLayout.unknown("chunk grid", grid.name, known: "\"regular\"") }
        if let transformer = transformers?.first { throw ZarrLayout.unknown("storage transformer", transformer.text, known: "none") }
        var inner = codecs
        var chunk = grid.configuration.shape
        var shards: [ZarrShards] = []
        // Shards may hold shards.
        while let index = inner.firstIndex(where: { $0.name == ZarrCodecV3.sharding }) {
            guard inner.count == 1 else {
                throw ZarrLayout.unusable("its shards are transposed or packed", because: "only sharding_indexed without codecs beside it is read")
            }
            guard shards.count < 4 else { throw ZarrLayout.unusable("its shards are nested more than 4 deep") }
            let codec = inner[index]
            shards.append(try ZarrShards(codec, shape: chunk))
            chunk = try codec.required(\.chunkShape, "chunk_shape")
            inner = try codec.required(\.codecs, "codecs")
        }
        return try ZarrLayout(
            shape: shape, chunk: chunk, type: stored, fill: fill ?? .undefined,
            codecs: ZarrCodecV3.chain(inner, rank: shape.count, byteCount: stored.bytes), shards: shards, keys: try chunkKeys())
    }

    private func chunkKeys() throws(IDRError) -> ZarrChunkKeys {
        let separator = keys.configuration?.separator
        switch keys.name {
        case "default": return try ZarrChunkKeys(prefix: "c", separator: separator ?? "/")
        case "v2": return try ZarrChunkKeys(prefix: "", separator: separator ?? ".")
        default: throw ZarrLayout.unknown("encoding of chunk keys", keys.name, known: "\"default\" and \"v2\"")
        }
    }
}
