import IDRFormats
import IDRImaging
import IDRPlan
import Testing

/// Shards of Zarr 3: a (4, 4) array in shards of (4, 4) and chunks of (2, 2), of which only what is needed is read.
@Suite struct ZarrShardTests {
    static func metadata(
        inner: String = "[2, 2]", location: String = "\"end\"", index: String = #"{"name": "bytes", "configuration": {"endian": "little"}}"#,
        after: String = "", shape: String = "[4, 4]", shard: String = "[4, 4]"
    ) -> String {
        let codec = """
            {"name": "sharding_indexed", "configuration": {"chunk_shape": \(inner), "codecs": [{"name": "bytes"}], "index_codecs": [\(index)],
            "index_location": \(location)}}
            """
        return ZarrFixture.v3(shape: shape, chunks: shard, codecs: "[\(codec)\(after)]", fill: "9")
    }

    static func words(_ values: [UInt64], isBigEndian: Bool = false) -> [UInt8] {
        values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * (isBigEndian ? 7 - $0 : $0))) } }
    }

    static let none = UInt64.max
    static let plane = PixelPlane.uint8(Plane(height: 4, width: 4, pixels: [9, 9, 5, 6, 9, 9, 7, 8, 1, 2, 9, 9, 3, 4, 9, 9]))

    @Test func onlyTheIndexAndTheChunksThatAreThereAreRead() async throws {
        let store = MemoryStore(["zarr.json": Self.metadata()])
        store["c/0/0"] = [1, 2, 3, 4, 0, 5, 6, 7, 8] + Self.words([Self.none, Self.none, 5, 4, 0, 4, Self.none, Self.none])
        #expect(try await ZarrFixture.plane(store, .v3) == Self.plane)
        #expect(store.requests.sorted() == ["c/0/0 0..<4", "c/0/0 5..<9", "c/0/0 last 64", "zarr.json"])
    }

    @Test func theIndexMayBeFirstAndBigEndian() async throws {
        let store = MemoryStore([
            "zarr.json": Self.metadata(location: "\"start\"", index: #"{"name": "bytes", "configuration": {"endian": "big"}}"#)
        ])
        store["c/0/0"] = Self.words([Self.none, Self.none, 68, 4, 64, 4, Self.none, Self.none], isBigEndian: true) + [1, 2, 3, 4, 5, 6, 7, 8]
        #expect(try await ZarrFixture.plane(store, .v3) == Self.plane)
        #expect(store.requests.sorted() == ["c/0/0 0..<64", "c/0/0 64..<68", "c/0/0 68..<72", "zarr.json"])
    }

    @Test func aMissingShardIsTheFillValue() async throws {
        let store = MemoryStore(["zarr.json": Self.metadata()])
        #expect(try await ZarrFixture.plane(store, .v3) == .uint8(Plane(height: 4, width: 4, repeating: 9)))
        // Also under the name with the other separator.
        #expect(store.requests == ["zarr.json", "c/0/0 last 64", "c.0.0 last 64"])
    }

    @Test(arguments: [
        (words([0, 4, 4, 4, 0, 4, 0, 1 << 40]), "more than its pixels need"),
        (words([0, 4, 4, 4, 0, 4, .max - 1, 4]), "the index of the shard claims"),
        (words([0, 4, 4, 4, 0, 4, 1 << 62, 1 << 62]), "the index of the shard claims"), (words([0, 4, 4, 4, 0, 4, 1 << 50, 4]), nil),
        (words([0, 4, 4, 4, 0, 4, 0, 3]), "it is truncated: it has 3 bytes"), (words([0, 4, 4, 4, 0, 4, 0, 0]), "it is truncated"),
        (words([0, 4, 0, 4]), "the shard is truncated: its index has 64 bytes, and 40 came"),
        ([], "the shard is truncated: its index has 64 bytes, and 8 came"),
    ])
    func damagedIndices(index: [UInt8], reason: String?) async throws {
        let store = MemoryStore(["zarr.json": Self.metadata()])
        store["c/0/0"] = [1, 2, 3, 4, 5, 6, 7, 8] + index
        let error = await #expect(throws: IDRError.self) { try await ZarrFixture.plane(store, .v3) }
        #expect(error?.subject == ["memory/c/0/0"])
        if let reason { #expect(error?.reason?.contains(reason) == true, "\(String(describing: error))") }
    }

    @Test func theIndexIsProtectedByItsChecksum() async throws {
        let index = #"{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}"#
        let store = MemoryStore(["zarr.json": Self.metadata(index: index)])
        store["c/0/0"] = [1, 2, 3, 4] + Self.words([0, 4, 0, 4, 0, 4, 0, 4]) + [0, 0, 0, 0]
        let error = await #expect(throws: IDRError.self) { try await ZarrFixture.plane(store, .v3) }
        #expect(error?.reason?.contains("checksum does not match") == true && store.requests.last == "c/0/0 last 68")
    }

    @Test(arguments: [
        (metadata(inner: "[3, 2]"), "not made of whole chunks of [3, 2]"), (metadata(inner: "[0, 2]"), "not made of whole chunks"),
        (metadata(inner: "[2]"), "not made of whole chunks"), (metadata(location: "\"middle\""), "\"start\" and \"end\""),
        (metadata(index: #"{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "gzip"}"#), "only bytes and crc32c"),
        (metadata(index: ""), "\"bytes\" is missing"), (metadata(after: #", {"name": "gzip"}"#), "without codecs beside it"),
        (metadata(inner: "[1, 1]", shape: "[9000, 9000]", shard: "[9000, 9000]"), "their index takes more than"),
    ])
    func shardsOfOtherKindsAreRefused(metadata: String, reason: String) async throws {
        try await ZarrArrayTests.refused(metadata, .v3, "the array cannot be read", reason)
    }
}
