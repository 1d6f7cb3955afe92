import IDRFormats
import IDRImaging
import IDRPlan
import Testing

/// Chunks that are stored nowhere are counted; chunks under another name are found; number types are converted exactly or not at all.
@Suite struct ZarrGapTests {
    private func gaps(_ store: MemoryStore, _ positions: [[Int]]) async throws -> [PlaneGaps?] {
        try await ZarrArray(store, path: "", format: .v2).read(positions).gaps
    }

    @Test func missingChunksAreCountedPlaneByPlane() async throws {
        let store = ZarrArrayTests.store()
        store["0.1.1"] = nil
        for place in ["0.0", "0.1", "1.0", "1.1"] { store["1.\(place)"] = nil }
        let gaps = try await gaps(store, [[0], [1], [0]])
        #expect(gaps == [PlaneGaps(.chunks, missing: 1, of: 4), PlaneGaps(.chunks, missing: 4, of: 4), PlaneGaps(.chunks, missing: 1, of: 4)])
        #expect(gaps.map { $0?.isWhole } == [false, true, false] && gaps[0]?.description == "1 of 4 chunks missing")
        #expect(try await self.gaps(ZarrArrayTests.store(), [[1]]) == [nil])
    }

    /// The metadata say one separator, and the writer used the other, for all chunks or for some.
    @Test(arguments: [
        ("", "/"), (#", "dimension_separator": ".""#, "/"), (#", "dimension_separator": "/""#, "."), (#", "dimension_separator": "/""#, "/"),
    ])
    func chunksAreFoundUnderTheOtherName(more: String, separator: String) async throws {
        let flat = ZarrArrayTests.store()
        let store = MemoryStore([".zarray": ZarrFixture.v2(more: more)])
        for key in flat.keys where key != ".zarray" { store[key.split(separator: ".").joined(separator: separator)] = flat[key] }
        let array = try await ZarrArray(store, path: "", format: .v2)
        let reading = try await array.read([[1], [0]])
        #expect(reading.planes == [ZarrArrayTests.plane(1), ZarrArrayTests.plane(0)] && reading.gaps == [nil, nil])
    }

    @Test(arguments: [
        ("\"default\"", "c.0.0"), ("\"default\"", "c/0/0"), (#"{"name": "v2"}"#, "0/0"),
        (#"{"name": "v2", "configuration": {"separator": "/"}}"#, "0.0"),
    ])
    func chunksOfZarr3AreFoundUnderTheOtherName(keys: String, name: String) async throws {
        let store = MemoryStore(["zarr.json": ZarrFixture.v3(shape: "[1, 2]", chunks: "[1, 2]", keys: keys)])
        store[name] = [3, 4]
        #expect(try await ZarrFixture.plane(store, .v3) == .uint8(Plane(height: 1, width: 2, pixels: [3, 4])))
    }

    /// A shard that is there says itself what of it is empty; one that is not says nothing.
    @Test func emptyChunksOfAShardAreNoAbsence() async throws {
        let store = MemoryStore(["zarr.json": ZarrShardTests.metadata()])
        store["c/0/0"] = ZarrShardTests.words(Array(repeating: ZarrShardTests.none, count: 8))
        let stored = try await ZarrArray(store, path: "", format: .v3).read([[]])
        #expect(stored.gaps == [PlaneGaps(.chunks, missing: 0, empty: 4, of: 4)] && stored.gaps[0]?.isWhole == false)
        store["c/0/0"] = nil
        #expect(try await ZarrArray(store, path: "", format: .v3).read([[]]).gaps[0]?.isWhole == true)
    }

    /// Shards in shards: (4, 4) in objects of (4, 4), shards of (2, 4) and chunks of (2, 2).
    @Test(arguments: ["end", "start"]) func shardsInShards(location: String) async throws {
        let index = #"[{"name": "bytes", "configuration": {"endian": "little"}}]"#
        func codec(_ shape: String, _ inner: String) -> String {
            """
            {"name": "sharding_indexed", "configuration": {"chunk_shape": \(shape), "codecs": [\(inner)], "index_codecs": \(index),
            "index_location": "\(location)"}}
            """
        }
        let codecs = "[\(codec("[2, 4]", codec("[2, 2]", #"{"name": "bytes"}"#)))]"
        let store = MemoryStore(["zarr.json": ZarrFixture.v3(shape: "[4, 4]", chunks: "[4, 4]", codecs: codecs, fill: "9")])
        let none = ZarrShardTests.none
        func shard(_ entries: (UInt64) -> [UInt64], _ data: [UInt8], parts: Int) -> [UInt8] {
            let isFirst = location == "start"
            let words = ZarrShardTests.words(entries(isFirst ? UInt64(16 * parts) : 0))
            return isFirst ? words + data : data + words
        }
        let inner = shard({ [none, none, $0 + 1, 4] }, [0, 5, 6, 7, 8], parts: 2)
        store["c/0/0"] = shard({ [none, none, $0 + 2, UInt64(inner.count)] }, [7, 7] + inner, parts: 2)
        let reading = try await ZarrArray(store, path: "", format: .v3).read([[]])
        #expect(reading.planes == [.uint8(Plane(height: 4, width: 4, pixels: [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 5, 6, 9, 9, 7, 8]))])
        #expect(reading.gaps == [PlaneGaps(.chunks, missing: 0, empty: 3, of: 4)])
        // An inner shard that claims what is beyond it.
        let wrong = shard({ [none, none, $0 + 1, 400] }, [0, 5, 6, 7, 8], parts: 2)
        store["c/0/0"] = shard({ [none, none, $0 + 2, UInt64(wrong.count)] }, [7, 7] + wrong, parts: 2)
        let error = await #expect(throws: IDRError.self) { try await ZarrFixture.plane(store, .v3) }
        #expect(error?.reason?.contains("beyond its end") == true && error?.subject == ["memory/c/0/0"])
    }

    private func read(_ dtype: String, _ bytes: [UInt8], width: Int) async throws -> PixelPlane {
        let store = MemoryStore([".zarray": ZarrFixture.v2(shape: "[1, \(width)]", chunks: "[1, \(width)]", dtype: "\"\(dtype)\"")])
        store["0.0"] = bytes
        return try await ZarrFixture.plane(store)
    }

    private func row<Pixel>(_ pixels: [Pixel]) -> Plane<Pixel> { Plane(height: 1, width: pixels.count, pixels: pixels) }

    @Test func numberTypesAreConvertedExactly() async throws {
        #expect(try await read("|b1", [0, 1, 1], width: 3) == .uint8(row([0, 1, 1])))
        #expect(try await read("|i1", [0, 127], width: 2) == .uint8(row([0, 127])))
        #expect(try await read("|i1", [255, 127], width: 2) == .float32(row([-1, 127])))
        #expect(try await read("<i2", [1, 0, 255, 127], width: 2) == .uint16(row([1, 32767])))
        #expect(try await read(">i2", [255, 255, 0, 2], width: 2) == .float32(row([-1, 2])))
        #expect(try await read("<u4", [255, 255, 0, 0], width: 1) == .uint16(row([65535])))
        #expect(try await read("<u4", [0, 0, 1, 0], width: 1) == .float32(row([65536])))
        #expect(try await read("<i8", [1, 0, 0, 0, 0, 0, 0, 0], width: 1) == .uint16(row([1])))
        #expect(try await read("<f2", [0, 0x3C, 0, 0xC0, 1, 0, 0, 0x7C], width: 4) == .float32(row([1, -2, 0x1p-24, .infinity])))
        #expect(try await read("<f8", [0, 0, 0, 0, 0, 0, 0xF8, 0x3F], width: 1) == .float32(row([1.5])))
    }

    @Test(arguments: [
        ("<u4", [UInt8](arrayLiteral: 1, 0, 0, 1), "uint32", "16777217"),
        ("<f8", [0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F], "float64", "0.1"),
        ("<u8", [255, 255, 255, 255, 255, 255, 255, 255], "uint64", "18446744073709551615"),
    ])
    func whatIsNotExactIsRefusedByName(dtype: String, bytes: [UInt8], type: String, value: String) async throws {
        let error = await #expect(throws: IDRError.self) { try await read(dtype, bytes, width: 1) }
        #expect(error?.problem == "the pixels are \(type), and cannot be converted exactly" && error?.reason?.hasPrefix(value) == true)
        #expect(error?.advice != nil && error?.subject == ["memory"])
    }

    @Test func fillValuesOfOtherTypes() async throws {
        for (dtype, fill, expected) in [
            ("|b1", "false", Float(0)), ("|b1", "true", 1), ("<i2", "-3", -3), ("<u4", "7", 7), ("<f8", "-0.5", -0.5), ("<f2", "0", 0),
        ] {
            let store = MemoryStore([".zarray": ZarrFixture.v2(shape: "[1, 2]", chunks: "[1, 2]", dtype: "\"\(dtype)\"", fill: fill)])
            #expect(try await ZarrFixture.plane(store).asFloat().pixels == [expected, expected], "\(dtype)")
        }
    }

    /// numcodecs, and writers that follow the specification's short form, name the codecs that are known otherwise.
    @Test(arguments: [
        #"["bytes", {"name": "numcodecs.gzip", "configuration": {"level": 1}}]"#, #"["bytes", "gzip"]"#,
        #"[{"name": "bytes"}, {"name": "numcodecs.zlib"}]"#,
    ])
    func codecsUnderOtherNames(codecs: String) async throws {
        let store = MemoryStore(["zarr.json": ZarrFixture.v3(shape: "[1, 4]", chunks: "[1, 4]", codecs: codecs)])
        store["c/0/0"] = try ZarrFixture.pack([1, 2, 3, 4], codecs.contains("zlib") ? "zlib" : "gzip")
        #expect(try await ZarrFixture.plane(store, .v3) == .uint8(row([1, 2, 3, 4])))
    }

    /// Values that nobody needs may be of any type.
    @Test func whatIsNotNeededDoesNotMatter() async throws {
        let (store, planes) = try OMEZarrTests.plate()
        try OMEZarrTests.replace(#""name": "scratch""#, with: #""name": 422, "field_count": "many", "acquisitions": 7"#, in: ".zattrs", of: store)
        try OMEZarrTests.replace(#"{"name": "4"}"#, with: #"{"name": 4}"#, in: ".zattrs", of: store)
        try OMEZarrTests.replace(#"{"path": "0"}"#, with: #"{"path": 0, "acquisition": "first"}"#, in: "A/4/.zattrs", of: store)
        try OMEZarrTests.replace(#"[{"path": "0"}]"#, with: #"[{"path": 0}], "name": 3"#, in: "A/4/0/.zattrs", of: store)
        store["A/4/.zattrs"] = store["A/4/.zattrs"].map { Array(String(decoding: $0, as: UTF8.self).dropLast().utf8) + Array(#", "plate": 5}"#.utf8) }
        let plate = try await OMEZarrPlate(store: store)
        #expect(plate.name == "422")
        #expect(try await plate.well(row: 0, column: 3).plane(PlaneIndex(frame: 1)) == .uint8(planes[0][0]))
    }
}
