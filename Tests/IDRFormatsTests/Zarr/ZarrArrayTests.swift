import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

@Suite struct ZarrArrayTests {
    /// Uncompressed chunks of (1, 3, 4) of a (2, 5, 7) array with the value 100 z + 10 y + x; beyond its edges, 255.
    static func store() -> MemoryStore {
        let store = MemoryStore([".zarray": ZarrFixture.v2()])
        for z in 0..<2 {
            for (cy, cx) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                store["\(z).\(cy).\(cx)"] = (0..<12).map { i in
                    let (y, x) = (cy * 3 + i / 4, cx * 4 + i % 4)
                    return y < 5 && x < 7 ? UInt8(100 * z + 10 * y + x) : 255
                }
            }
        }
        return store
    }

    static func plane(_ z: Int) -> PixelPlane {
        .uint8(Plane(height: 5, width: 7, pixels: (0..<35).map { UInt8(100 * z + 10 * ($0 / 7) + $0 % 7) }))
    }

    @Test func planesAreCutFromTheirChunksAndNoOther() async throws {
        let store = Self.store()
        let array = try await ZarrArray(store, path: "", format: .v2)
        #expect(array.shape == [2, 5, 7] && array.pixelType == .uint8)
        store.forgetRequests()
        #expect(try await array.planes([[1]]) == [Self.plane(1)])
        #expect(store.requests.sorted() == ["1.0.0", "1.0.1", "1.1.0", "1.1.1"])
        #expect(try await array.planes([[1], [0], [1]]) == [Self.plane(1), Self.plane(0), Self.plane(1)])
        #expect(store.requests.count == 4 + 8)
        #expect(try await array.planes([]).isEmpty)
    }

    /// The planes lie in the same chunks: each of these is fetched once.
    @Test func aChunkOfSeveralPlanesIsFetchedOnce() async throws {
        let store = MemoryStore([".zarray": ZarrFixture.v2(shape: "[5, 2, 2]", chunks: "[2, 2, 1]")])
        for z in 0..<3 { for x in 0..<2 { store["\(z).0.\(x)"] = (0..<4).map { UInt8(100 * z + 10 * x + $0) } } }
        let array = try await ZarrArray(store, path: "", format: .v2)
        store.forgetRequests()
        let planes = try await array.planes([[0], [1], [2]])
        #expect(store.requests.sorted() == ["0.0.0", "0.0.1", "1.0.0", "1.0.1"])
        #expect(planes == [[0, 10, 1, 11], [2, 12, 3, 13], [100, 110, 101, 111]].map { .uint8(Plane(height: 2, width: 2, pixels: $0)) })
    }

    @Test func chunksAreFetchedSideBySideAndNotAllAtOnce() async throws {
        let memory = MemoryStore([".zarray": ZarrFixture.v2(shape: "[1, 8, 8]", chunks: "[1, 1, 1]")])
        for y in 0..<8 { for x in 0..<8 { memory["0.\(y).\(x)"] = [UInt8(8 * y + x)] } }
        let store = SlowStore(memory)
        let array = try await ZarrArray(store, path: "", format: .v2)
        #expect(store.mostAtOnce == 1)
        #expect(try await array.planes([[0]]) == [.uint8(Plane(height: 8, width: 8, pixels: Array(0..<64)))])
        #expect((2...16).contains(store.mostAtOnce), "\(store.mostAtOnce)")
        // One that fails ends the rest.
        memory["0.0.0"] = [1, 2]
        memory.forgetRequests()
        let error = await #expect(throws: IDRError.self) { try await array.planes([[0]]) }
        #expect(error?.subject == ["slow/0.0.0"] && memory.requests.count < 64)
    }

    @Test func aMissingChunkIsTheFillValueOnlyOfAnArrayThatIsThere() async throws {
        let store = Self.store()
        store["0.1.1"] = nil
        store[".zarray"] = Array(ZarrFixture.v2(fill: "9").utf8)
        let planes = try await ZarrArray(store, path: "", format: .v2).planes([[0]])
        guard case .uint8(let plane) = planes[0] else { throw IDRError(.invalidInput, "the type is wrong") }
        #expect(plane[3, 4] == 9 && plane[4, 6] == 9 && plane[2, 4] == 24 && plane[3, 3] == 33)
        store[".zarray"] = nil
        let error = await #expect(throws: IDRError.self) { try await ZarrArray(store, path: "", format: .v2) }
        #expect(error?.code == .missing && error?.subject == ["memory/.zarray"])
        let other = await #expect(throws: IDRError.self) { try await ZarrArray(store, path: "0", format: .v3) }
        #expect(other?.subject == ["memory/0/zarr.json"])
    }

    @Test(arguments: [
        ("\"|u1\"", "null", 0), ("\"|u1\"", "255", 255), ("\"<u2\"", "65535", 65535), ("\">u2\"", "258", 258), ("\"<f4\"", "-1.5", -1.5),
        ("\"<f4\"", "\"Infinity\"", .infinity), ("\"<f4\"", "\"-Infinity\"", -.infinity), (">f4", "\"NaN\"", .nan), (">f4", "NaN", .nan),
        ("\">u2\"", "\"0x0102\"", 258), ("\"<f4\"", "\"0x3f800000\"", 1), ("\"|u1\"", "\"0xff\"", 255), ("\"|u1\"", "7.0", 7),
    ])
    func fillValues(dtype: String, fill: String, expected: Float) async throws {
        let type = dtype.hasPrefix("\"") ? dtype : "\"\(dtype)\""
        let store = MemoryStore([".zarray": ZarrFixture.v2(shape: "[1, 2]", chunks: "[1, 2]", dtype: type, fill: fill)])
        let pixels = try await ZarrFixture.plane(store).asFloat().pixels
        #expect(pixels.count == 2 && pixels.allSatisfy { expected.isNaN ? $0.isNaN : $0 == expected }, "\(pixels)")
    }

    @Test(arguments: ["256", "-1", "0.5", "\"NaN\"", "\"Infinity\"", "\"0x1\"", "\"0x100\"", "\"seven\"", "1e300"])
    func fillValuesOutsideTheTypeAreRefused(fill: String) async throws {
        try await Self.refused(ZarrFixture.v2(fill: fill), .v2, "fill value")
    }

    @Test(arguments: [
        (ZarrFixture.v2(dtype: "\"<c8\""), "number type \"<c8\" is not known", "u2"),
        (ZarrFixture.v2(dtype: "\"|u2\""), "number type \"|u2\" is not known", "u2"), (ZarrFixture.v2(dtype: "\"\""), "number type", "u2"),
        (ZarrFixture.v2(dtype: #"[["a", "<u2"]]"#), "number type \"of several parts\"", "known are"),
        (ZarrFixture.v2(compressor: #"{"id": "lzma"}"#), "compressor \"lzma\" is not known", "blosc, gzip, zlib and zstd"),
        (ZarrFixture.v2(compressor: #"{"id": "crc32c"}"#), "compressor \"crc32c\" is not known", "blosc, gzip, zlib and zstd"),
        (ZarrFixture.v2(compressor: "{}"), "the metadata cannot be used", "compressor.id is missing"),
        (ZarrFixture.v2(filters: #"[{"id": "delta", "dtype": "<u2"}]"#), "filter \"delta\"", "filters are not read"),
        (ZarrFixture.v2(order: "\"K\""), "order \"K\" is not known", "C and F"),
        (ZarrFixture.v2(format: "3"), "format in .zarray \"3\"", "known are 2"),
        (ZarrFixture.v2(more: #", "dimension_separator": "-""#), "separator of chunk keys \"-\"", "\".\" and \"/\""),
        (ZarrFixture.v2(chunks: "[3, 4]"), "3 dimensions and its chunks have 2", nil),
        (ZarrFixture.v2(chunks: "[1, 0, 4]"), "chunks have the shape [1, 0, 4]", "must have pixels"),
        (ZarrFixture.v2(chunks: "[1, -3, 4]"), "chunks have the shape", nil),
        (ZarrFixture.v2(chunks: "[1000000, 1000000, 1000000]"), "chunks have the shape", "at most"),
        (ZarrFixture.v2(shape: "[2, 0, 7]"), "its shape is [2, 0, 7]", nil), (ZarrFixture.v2(shape: "[-2, 5, 7]"), "its shape is", nil),
        (ZarrFixture.v2(shape: "[2, 9223372036854775807, 7]"), "its shape is", nil),
        (ZarrFixture.v2(shape: "[2, 1000000000, 1000000000]"), "takes more than", nil),
        (ZarrFixture.v2(shape: "[2, 1e30, 7]"), "the metadata cannot be used", "too large"),
        (ZarrFixture.v2(shape: "[7]", chunks: "[7]"), "1 dimensions", "2 to 16"),
        (ZarrFixture.v2(shape: "\"many\""), "the metadata cannot be used", "shape is not a list"),
        ("{}", "the metadata cannot be used", "is missing"), ("[1, 2", "the metadata cannot be used", "not JSON"),
        ("", "the metadata cannot be used", "it is empty"), ("no", "the metadata cannot be used", "not JSON"),
        ("\n<!DOCTYPE html><html>404</html>", "the metadata cannot be used", "a web page, not JSON"),
        (String(repeating: "[", count: 100_000), "the metadata cannot be used", nil),
    ])
    func whatCannotBeReadInZarr2(metadata: String, problem: String, reason: String?) async throws {
        try await Self.refused(metadata, .v2, problem, reason)
    }

    @Test(arguments: [
        (ZarrFixture.v3(type: "\"complex64\""), "number type \"complex64\"", "uint8, int8"),
        (ZarrFixture.v3(type: #"{"name": "struct", "configuration": {}}"#), "number type \"struct\"", nil),
        (ZarrFixture.v3(type: "\"uint16\""), "its codec bytes has no endian", nil),
        (ZarrFixture.v3(codecs: #"[{"name": "bytes", "configuration": {"endian": "middle"}}]"#), "byte order \"middle\"", "\"little\" and \"big\""),
        (ZarrFixture.v3(codecs: "[]"), "no codec that makes bytes", "\"bytes\" is missing"),
        (ZarrFixture.v3(codecs: #"[{"name": "gzip"}, {"name": "bytes"}]"#), "gzip comes before bytes", nil),
        (ZarrFixture.v3(codecs: #"[{"name": "bytes"}, {"name": "transpose"}]"#), "transpose comes after bytes", nil),
        (ZarrFixture.v3(codecs: #"[{"name": "bytes"}, {"name": "pcodec"}]"#), "codec \"pcodec\" is not known", "blosc, gzip, zstd and crc32c"),
        (ZarrFixture.v3(codecs: #"[{"name": "transpose", "configuration": {"order": [0, 1]}}, {"name": "bytes"}]"#), "transposed to [0, 1]", nil),
        (ZarrFixture.v3(codecs: #"[{"name": "transpose"}, {"name": "bytes"}]"#), "codec transpose has no order", nil),
        (ZarrFixture.v3(keys: #"{"name": "hilbert"}"#), "encoding of chunk keys \"hilbert\"", "\"default\" and \"v2\""),
        (ZarrFixture.v3(grid: "\"rectilinear\""), "chunk grid \"rectilinear\"", "regular"),
        (ZarrFixture.v3(more: #", "storage_transformers": [{"name": "x"}]"#), "storage transformer \"x\"", nil),
        (#"{"zarr_format": 3, "node_type": "group"}"#, "the metadata cannot be used", "is missing"),
    ])
    func whatCannotBeReadInZarr3(metadata: String, problem: String, reason: String?) async throws {
        try await Self.refused(metadata, .v3, problem, reason)
    }

    static func refused(_ metadata: String, _ format: ZarrFormat, _ problem: String, _ reason: String? = nil) async throws {
        let key = format == .v2 ? ".zarray" : "zarr.json"
        let store = MemoryStore(["a/\(key)": metadata])
        let error = await #expect(throws: IDRError.self) { try await ZarrArray(store, path: "a", format: format) }
        #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
        if let reason { #expect(error?.reason?.contains(reason) == true, "\(String(describing: error))") }
        #expect(error?.subject == ["memory/a/\(key)"])
        #expect(store.requests.count == 1)
    }
}
