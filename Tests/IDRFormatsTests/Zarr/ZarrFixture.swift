import CBlosc
import CZlib
import CZstd
import IDRFiles
import IDRFormats
import IDRImaging
import Testing

/// Small arrays whose metadata a test makes up.
enum ZarrFixture {
    /// `.zarray`; every part is JSON text.
    static func v2(
        shape: String = "[2, 5, 7]", chunks: String = "[1, 3, 4]", dtype: String = "\"|u1\"", compressor: String = "null", filters: String = "null",
        fill: String = "0", order: String = "\"C\"", format: String = "2", more: String = ""
    ) -> String {
        """
        {"zarr_format": \(format), "shape": \(shape), "chunks": \(chunks), "dtype": \(dtype), "compressor": \(compressor), "filters": \(filters),
        "fill_value": \(fill), "order": \(order)\(more)}
        """
    }

    /// `zarr.json` of an array; every part is JSON text.
    static func v3(
        shape: String = "[2, 5, 7]", chunks: String = "[1, 3, 4]", type: String = "\"uint8\"", codecs: String = #"[{"name": "bytes"}]"#,
        fill: String = "0", keys: String = #"{"name": "default"}"#, grid: String = "\"regular\"", more: String = ""
    ) -> String {
        """
        {"zarr_format": 3, "node_type": "array", "shape": \(shape), "data_type": \(type), "fill_value": \(fill), "codecs": \(codecs),
        "chunk_grid": {"name": \(grid), "configuration": {"chunk_shape": \(chunks)}}, "chunk_key_encoding": \(keys)\(more)}
        """
    }

    /// An array of one plane and one chunk, `bytes` being the chunk.
    static func single(_ compressor: String, _ bytes: [UInt8], height: Int, width: Int) -> MemoryStore {
        let store = MemoryStore([".zarray": v2(shape: "[\(height), \(width)]", chunks: "[\(height), \(width)]", compressor: compressor)])
        store["0.0"] = bytes
        return store
    }

    /// The only plane of the array at the store's root.
    static func plane(_ store: MemoryStore, _ format: ZarrFormat = .v2) async throws -> PixelPlane {
        let planes = try await ZarrArray(store, path: "", format: format).planes([[]])
        return try #require(planes.first)
    }

    static let packers = ["blosc", "gzip", "zlib", "zstd"]

    static func pack(_ bytes: [UInt8], _ codec: String, shuffle: Int32 = 1) throws -> [UInt8] {
        var packed = [UInt8](repeating: 0, count: bytes.count + 4096)
        let room = packed.count
        let count: Int
        switch codec {
        case "blosc": count = Int(blosc_compress_ctx(5, shuffle, 2, bytes.count, bytes, &packed, room, "zstd", 0, 1))
        case "gzip": return try Gzip.compress(bytes, name: "")
        case "zlib":
            var size = UInt(room)
            try #require(compress(&packed, &size, bytes, UInt(bytes.count)) == Z_OK)
            count = Int(size)
        default: count = ZSTD_compress(&packed, room, bytes, bytes.count, 3)
        }
        return Array(packed.prefix(count))
    }
}
