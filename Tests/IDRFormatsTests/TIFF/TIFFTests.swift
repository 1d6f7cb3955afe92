import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

@Suite struct TIFFTests {
    static func noise<Pixel: FixedWidthInteger & Sendable>(_ height: Int, _ width: Int, seed: UInt64) -> Plane<Pixel> {
        var random = SeededGenerator(seed: seed)
        return Plane(height: height, width: width, pixels: (0..<height * width).map { _ in Pixel.random(in: .min ... .max, using: &random) })
    }

    @Test(arguments: [(1, 1), (3, 5), (1, 100_000), (700, 1), (256, 320), (511, 129)])
    func planesReadBack(height: Int, width: Int) throws {
        let bytes: Plane<UInt8> = TIFFTests.noise(height, width, seed: 1)
        #expect(try TIFFReader.decode(TIFFWriter.encode(bytes)) == .uint8(bytes))
        let words: Plane<UInt16> = TIFFTests.noise(height, width, seed: 2)
        #expect(try TIFFReader.decode(TIFFWriter.encode(words)) == .uint16(words))
    }

    @Test(arguments: [0, 1, 255, 65_535, 65_536, Int32.max])
    func labelsReadBack(largest: Int32) throws {
        var labels = LabelImage(height: 7, width: 9, repeating: 0)
        labels[6, 8] = largest
        labels[0, 0] = min(largest, 3)
        let image = try TIFFReader.decode(TIFFWriter.encode(labels: labels))
        #expect(try image.labels() == labels)
        if case .uint32 = image { #expect(largest > 65_535) } else { #expect(largest <= 65_535) }
    }

    @Test func filesAreWrittenAtomicallyAndTheSame() async throws {
        let folder = try ScratchFolder()
        let plane: Plane<UInt16> = TIFFTests.noise(64, 48, seed: 3)
        try TIFFWriter.write(plane, to: folder("a.tif"))
        try TIFFWriter.write(plane, to: folder("b.tif"))
        // A TIFF's time is text in a tag of its own, 306.
        #expect(try !folder.bytes("a.tif").contains([0x32, 0x01, 0x02, 0x00]))
        #expect(folder.contents == ["a.tif", "b.tif"])
        #expect(try folder.bytes("a.tif") == folder.bytes("b.tif"))
        #expect(try TIFFReader.read(folder("a.tif")) == .uint16(plane))
    }

    @Test func impossiblePlanesAreRefused() throws {
        #expect(throws: IDRError.self) { try TIFFWriter.encode(Plane<UInt8>(height: 0, width: 5, pixels: [])) }
        #expect(throws: IDRError.self) { try TIFFWriter.encode(labels: LabelImage(height: 1, width: 2, pixels: [1, -1])) }
    }

    @Test func truncatedFilesAreRefused() throws {
        let plane: Plane<UInt8> = TIFFTests.noise(40, 50, seed: 4)
        let bytes = try TIFFWriter.encode(plane)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            let error = #expect(throws: IDRError.self) { try TIFFReader.decode(Array(bytes[..<count]), called: "mask.tif") }
            #expect(error?.problem.contains("mask.tif") == true)
            #expect(error?.reason != nil)
        }
    }

    @Test func changedBytesNeverTrap() throws {
        let plane: Plane<UInt8> = TIFFTests.noise(16, 16, seed: 5)
        let bytes = try TIFFWriter.encode(plane)
        var random = SeededGenerator(seed: 6)
        var refused = 0
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0..<3 { damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            do { _ = try TIFFReader.decode(damaged, limit: 1 << 24) } catch { refused += 1 }
        }
        #expect(refused > 1000)
    }

    @Test func claimsBeyondTheLimitAreRefused() throws {
        let bytes = try TIFFWriter.encode(Plane<UInt8>(height: 100, width: 100, repeating: 1))
        #expect(try TIFFReader.decode(bytes, limit: 10_000) == .uint8(Plane(height: 100, width: 100, repeating: 1)))
        let error = #expect(throws: IDRError.self) { try TIFFReader.decode(bytes, limit: 9_999) }
        #expect(error?.reason?.contains("100 x 100") == true)
    }

    /// A header that claims a huge size, and nothing behind it.
    @Test(arguments: [UInt32.max, 1 << 31, 1000])
    func hugeClaimsAreRefused(height: UInt32) throws {
        var bytes: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 7, 0]
        let longs: [(tag: UInt16, value: UInt32)] = [(256, .max), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (279, 4)]
        for (tag, value) in longs {
            let isShort = [258, 259, 262].contains(tag)
            bytes += [UInt8(tag & 255), UInt8(tag >> 8), isShort ? 3 : 4, 0, 1, 0, 0, 0]
            bytes += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
        }
        bytes += [0, 0, 0, 0]
        let error = #expect(throws: IDRError.self) { try TIFFReader.decode(bytes) }
        // libtiff itself refuses sizes whose product overflows.
        #expect(error?.reason?.contains("beyond the limit") == true || error?.reason?.contains("Integer overflow") == true)
    }

    @Test func otherFilesAreRefused() throws {
        let error = #expect(throws: IDRError.self) { try TIFFReader.decode(Array("not a TIFF at all".utf8)) }
        #expect(error?.reason?.contains("libtiff says: ") == true)
    }
}
