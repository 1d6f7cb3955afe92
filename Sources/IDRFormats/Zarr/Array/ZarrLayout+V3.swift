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
        guard let pixelType = PixelType(rawValue: type.text) else {
            throw ZarrLayout.unknown("number type", type.text, known: "uint8, uint16 and float32")
        }
        guard grid.name == "regular" else { throw ZarrLayout.unknown("chunk grid", grid.name, known: "\"regular\"") }
        if let transformer = transformers?.first { throw ZarrLayout.unknown("storage transformer", transformer.text, known: "none") }
        var inner = codecs
        var chunk = grid.configuration.shape
        var shards: ZarrShards?
        if let index = codecs.firstIndex(where: { $0.name == ZarrCodecV3.sharding }) {
            guard codecs.count == 1 else {
                throw ZarrLayout.unusable("its shards are transposed or packed", because: "only sharding_indexed without codecs beside it is read")
            }
            shards = try ZarrShards(codecs[index], shape: chunk)
            chunk = try codecs[index].required(\.chunkShape, "chunk_shape")
            inner = try codecs[index].required(\.codecs, "codecs")
        }
        return try ZarrLayout(
            shape: shape, chunk: chunk, type: pixelType, fill: fill ?? .undefined,
            codecs: ZarrCodecV3.chain(inner, rank: shape.count, byteCount: pixelType.byteCount), shards: shards, keys: try chunkKeys())
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
