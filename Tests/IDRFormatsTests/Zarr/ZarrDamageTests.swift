import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

/// Whatever the bytes are: a plane, or an error that says something.
@Suite struct ZarrDamageTests {
    /// Reads the whole way from the plate to a plane.
    private static func read(_ store: MemoryStore) async -> Bool {
        do {
            let plate = try await OMEZarrPlate(store: store)
            let well = try await plate.well(row: 0, column: 3)
            let plane = try await well.plane(PlaneIndex(frame: 2))
            #expect(plane.height == well.extent.height && plane.width == well.extent.width)
            return true
        } catch let error as IDRError {
            #expect(!error.problem.isEmpty && !error.subject.isEmpty, "\(error)")
        } catch {
            Issue.record("\(error) is no IDRError")
        }
        return false
    }

    private static func damaged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.remove(at: place)
            // Digits make sizes that are still numbers.
            case 3: bytes.insert(UInt8.random(in: 48...57, using: &random), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...20, using: &random)))
            }
        }
        return bytes
    }

    @Test func damagedMetadataOfPlatesNeverTrap() async throws {
        var random = SeededGenerator(seed: 1)
        let (store, _) = try OMEZarrTests.plate()
        var read = 0
        let keys = [".zattrs", "A/4/.zattrs", "A/4/0/.zattrs", "A/4/0/0/.zarray"]
        #expect(await Self.read(store))
        for round in 0..<4000 {
            let key = keys[round % keys.count]
            let whole = try #require(store[key])
            store[key] = Self.damaged(whole, &random)
            if await Self.read(store) { read += 1 }
            store[key] = whole
        }
        #expect(read > 100 && read < 3000, "\(read)")
    }

    @Test func damagedMetadataOfShardsNeverTrap() async throws {
        var random = SeededGenerator(seed: 2)
        let index = #"{"name": "bytes", "configuration": {"endian": "little"}}"#
        let whole = Array(ZarrShardTests.metadata(index: index).utf8)
        let shard = [1, 2, 3, 4, 5, 6, 7, 8] + ZarrShardTests.words([0, 4, 4, 4, 0, 4, ZarrShardTests.none, ZarrShardTests.none])
        let store = MemoryStore([String: [UInt8]]())
        var read = 0
        for round in 0..<4000 {
            store["zarr.json"] = round % 2 == 0 ? Self.damaged(whole, &random) : whole
            store["c/0/0"] = round % 2 == 1 ? Self.damaged(shard, &random) : shard
            do {
                _ = try await ZarrFixture.plane(store, .v3)
                read += 1
            } catch let error as IDRError {
                #expect(!error.problem.isEmpty)
            }
        }
        #expect(read > 50 && read < 3500, "\(read)")
    }

    @Test(arguments: ZarrFixture.packers)
    func damagedChunksNeverTrap(codec: String) async throws {
        var random = SeededGenerator(seed: 3)
        var read = 0
        for shuffle: Int32 in 0...(codec == "blosc" ? 2 : 0) {
            let whole = try ZarrFixture.pack(ZarrCodecTests.pixels, codec, shuffle: shuffle)
            for round in 0..<3000 {
                var bytes = whole
                // Blosc's header says sizes, and its table of blocks says where they are: more of the damage goes there.
                if round % 2 == 0 {
                    bytes[Int.random(in: 0..<min(40, bytes.count), using: &random)] = UInt8.random(in: 0...255, using: &random)
                } else {
                    bytes = Self.damaged(bytes, &random)
                }
                do {
                    let plane = try await ZarrCodecTests.read(codec, bytes)
                    #expect(plane.height == 40 && plane.width == 50)
                    read += 1
                } catch let error as IDRError {
                    #expect(error.subject == ["memory/0.0"])
                }
            }
        }
        #expect(read < 9000)
    }
}
