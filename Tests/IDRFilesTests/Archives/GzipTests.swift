import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

@Suite struct GzipTests {
    static let text = Array(String(repeating: "0,1.25,LT0001_02\n", count: 40_000).utf8)

    @Test func headerIsThatOfPandas() throws {
        let packed = try Gzip.compress(GzipTests.text, name: "batch_12.csv")
        #expect(Array(packed.prefix(10)) == [0x1f, 0x8b, 8, 8, 1, 0, 0, 0, 4, 0xff])
        #expect(Array(packed[10..<23]) == Array("batch_12.csv".utf8) + [0])
        #expect(packed.count < GzipTests.text.count / 20)
    }

    @Test(arguments: [0, 1, 2, 1000, 65_535, 65_536, 65_537, 1 << 20])
    func roundTrip(size: Int) throws {
        var random = SeededGenerator(seed: UInt64(size))
        let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        let packed = try Gzip.compress(bytes, name: "x")
        #expect(try Gzip.decompress(packed, limit: size) == bytes)
        #expect(try Gzip.compress(bytes, name: "x") == packed)
    }

    @Test func fileIsNamedAndReadInBlocks() throws {
        let folder = try ScratchFolder()
        var file = try GzipFile(folder("batch_3.csv.gz"))
        for start in stride(from: 0, to: GzipTests.text.count, by: 100_000) {
            let piece = GzipTests.text[start..<min(start + 100_000, GzipTests.text.count)]
            try piece.withUnsafeBytes { try file.append($0) }
        }
        try file.commit()
        #expect(folder.contents == ["batch_3.csv.gz"])
        #expect(try folder.bytes("batch_3.csv.gz")[10..<22].elementsEqual("batch_3.csv\0".utf8))
        #expect(try Gzip.decompress(file: folder("batch_3.csv.gz"), limit: 1 << 20) == GzipTests.text)
    }

    @Test func bombIsRefused() throws {
        let packed = try Gzip.compress([UInt8](repeating: 0, count: 10_000_000), name: "bomb")
        let error = #expect(throws: IDRError.self) { try Gzip.decompress(packed, limit: 9_999_999, called: "bomb.gz") }
        #expect(error?.code == .refused)
        #expect(error?.problem.contains("bomb.gz") == true)
        #expect(try Gzip.decompress(packed, limit: 10_000_000).count == 10_000_000)
    }

    @Test func everyTruncationIsAnError() throws {
        let packed = try Gzip.compress(Array("some text, some text".utf8), name: "x")
        for count in 0..<packed.count {
            let error = #expect(throws: IDRError.self) { try Gzip.decompress(Array(packed[..<count]), limit: 1000) }
            #expect(error?.problem.contains("truncated") == true)
        }
    }

    @Test func everyChangedByteOfTheContentIsAnError() throws {
        let packed = try Gzip.compress(Array("some text, some text".utf8), name: "x")
        for index in 12..<packed.count {
            var damaged = packed
            damaged[index] ^= 0xff
            #expect(throws: IDRError.self) { try Gzip.decompress(damaged, limit: 1000) }
        }
    }

    @Test func otherFilesAreRefused() throws {
        let error = #expect(throws: IDRError.self) { try Gzip.decompress(Array("Plate,Well\n".utf8), limit: 1000, called: "plates.csv.gz") }
        #expect(error?.problem == "plates.csv.gz is not gzip data")
    }

    @Test func membersAndPaddingAreRead() throws {
        let packed = try Gzip.compress([1, 2], name: "a") + Gzip.compress([3], name: "b")
        #expect(try Gzip.decompress(packed, limit: 10) == [1, 2, 3])
        #expect(try Gzip.decompress(packed + [0, 0, 0], limit: 10) == [1, 2, 3])
        #expect(throws: IDRError.self) { try Gzip.decompress(packed + [0, 1], limit: 10) }
        let error = #expect(throws: IDRError.self) { try Gzip.decompress(packed + [9, 9, 9], limit: 10, called: "x.gz") }
        #expect(error?.problem == "x.gz has something else after its gzip data")
        #expect(throws: IDRError.self) { try Gzip.decompress(packed, limit: 2) }
    }
}
