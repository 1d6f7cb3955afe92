import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

/// What packs chunks, and what happens where the packed bytes are wrong.
@Suite struct ZarrCodecTests {
    static let pixels = (0..<40 * 50).map { UInt8(truncatingIfNeeded: $0 / 50 + $0 % 7) }
    static let expected = PixelPlane.uint8(Plane(height: 40, width: 50, pixels: pixels))

    static func read(_ codec: String, _ bytes: [UInt8]) async throws -> PixelPlane {
        try await ZarrFixture.plane(ZarrFixture.single(codec == "raw" ? "null" : #"{"id": "\#(codec)"}"#, bytes, height: 40, width: 50))
    }

    static func failure(_ codec: String, _ bytes: [UInt8]) async -> IDRError? {
        let error = await #expect(throws: IDRError.self, "\(codec) of \(bytes.count) bytes") { try await read(codec, bytes) }
        #expect(error?.problem == "a chunk of the image cannot be decoded" && error?.subject == ["memory/0.0"] && error?.reason != nil)
        return error
    }

    @Test(arguments: ZarrFixture.packers)
    func chunksAreUnpacked(codec: String) async throws {
        for shuffle: Int32 in 0...(codec == "blosc" ? 2 : 0) {
            #expect(try await Self.read(codec, ZarrFixture.pack(Self.pixels, codec, shuffle: shuffle)) == Self.expected)
        }
    }

    @Test(arguments: ["raw"] + ZarrFixture.packers)
    func everyTruncationIsFound(codec: String) async throws {
        let whole = codec == "raw" ? Self.pixels : try ZarrFixture.pack(Self.pixels, codec)
        for count in Array(0..<min(40, whole.count)) + Array(stride(from: 40, to: whole.count, by: 13)) + [whole.count - 1] {
            let error = await Self.failure(codec, Array(whole[..<count]))
            #expect(error?.code == .invalidInput && error?.advice == "fetch or write it again")
            if codec == "raw" { #expect(error?.reason == "it is truncated: it has \(count) bytes, and a chunk has 2000") }
        }
    }

    @Test(arguments: ["raw"] + ZarrFixture.packers)
    func contentOfAnotherSizeIsRefused(codec: String) async throws {
        let short = Array(Self.pixels.dropLast())
        let less = await Self.failure(codec, codec == "raw" ? short : try ZarrFixture.pack(short, codec))
        #expect(less?.reason?.contains("1999") == true && less?.reason?.contains("2000") == true)
        let long = Self.pixels + [1]
        let more = await Self.failure(codec, codec == "raw" ? long : try ZarrFixture.pack(long, codec))
        #expect(more?.code == (codec == "raw" ? .invalidInput : .refused))
    }

    /// 40 MB of zeros in a few kB: nothing of it is unpacked beyond the chunk's size.
    @Test(arguments: ZarrFixture.packers)
    func bombsAreRefused(codec: String) async throws {
        let bomb = try ZarrFixture.pack([UInt8](repeating: 0, count: 40_000_000), codec)
        // The limit on packed bytes is what stops a larger object.
        guard bomb.count < 60_000 else {
            let store = ZarrFixture.single(#"{"id": "\#(codec)"}"#, bomb, height: 40, width: 50)
            let error = await #expect(throws: IDRError.self) { try await ZarrFixture.plane(store) }
            #expect(error?.code == .refused && error?.subject == ["memory/0.0"])
            return
        }
        let error = await Self.failure(codec, bomb)
        #expect(error?.code == .refused && error?.reason == "its \(codec) data unpacks to more than the 2000 bytes of a chunk")
    }

    @Test(arguments: ZarrFixture.packers)
    func pagesOfHTMLAreNoChunks(codec: String) async throws {
        _ = await Self.failure(codec, Array("<html><body>503 Service Unavailable, please try again later</body></html>".utf8))
    }

    @Test func whatBloscCallsSnappyIsNamed() async throws {
        var bytes = try ZarrFixture.pack(Self.pixels, "blosc")
        bytes[2] = bytes[2] & 0x1f | 2 << 5
        #expect(await Self.failure("blosc", bytes)?.reason?.contains("snappy is not known; known are blosclz") == true)
    }

    /// The check value that catalogues of checksums give for CRC-32C.
    @Test func checksumsAreThoseOfTheStandard() async throws {
        let metadata = ZarrFixture.v3(shape: "[3, 3]", chunks: "[3, 3]", codecs: #"[{"name": "bytes"}, {"name": "crc32c"}]"#)
        let store = MemoryStore(["zarr.json": metadata])
        let content = Array("123456789".utf8)
        store["c/0/0"] = content + [0x83, 0x92, 0x06, 0xE3]
        #expect(try await ZarrFixture.plane(store, .v3) == .uint8(Plane(height: 3, width: 3, pixels: content)))
        store["c/0/0"] = content.reversed() + [0x83, 0x92, 0x06, 0xE3]
        let error = await #expect(throws: IDRError.self) { try await ZarrFixture.plane(store, .v3) }
        #expect(error?.reason?.contains("checksum does not match") == true && error?.subject == ["memory/c/0/0"])
        store["c/0/0"] = [1, 2, 3]
        let short = await #expect(throws: IDRError.self) { try await ZarrFixture.plane(store, .v3) }
        #expect(short?.reason?.contains("truncated") == true)
    }

    @Test(arguments: [(#""C""#, [0, 1, 2, 3, 4, 5]), (#""F""#, [0, 2, 4, 1, 3, 5])])
    func ordersOfAxes(order: String, pixels: [UInt8]) async throws {
        let store = MemoryStore([".zarray": ZarrFixture.v2(shape: "[2, 3]", chunks: "[2, 3]", order: order)])
        store["0.0"] = [0, 1, 2, 3, 4, 5]
        #expect(try await ZarrFixture.plane(store) == .uint8(Plane(height: 2, width: 3, pixels: pixels)))
    }

    @Test(arguments: [("\"<u2\"", [0x0201, 0x0403]), ("\">u2\"", [0x0102, 0x0304])])
    func ordersOfBytes(dtype: String, pixels: [UInt16]) async throws {
        let store = MemoryStore([".zarray": ZarrFixture.v2(shape: "[1, 2]", chunks: "[1, 2]", dtype: dtype)])
        store["0.0"] = [1, 2, 3, 4]
        #expect(try await ZarrFixture.plane(store) == .uint16(Plane(height: 1, width: 2, pixels: pixels)))
    }
}
