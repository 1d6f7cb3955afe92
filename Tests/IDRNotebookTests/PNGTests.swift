import CPNG
import Foundation
import IDRImaging
import IDRNotebook
import IDRPlan
import TestSupport
import Testing

@Suite struct PNGTests {
    @Test func pixelsComeBack() throws {
        let grey = FigureSamples.image
        #expect(try PNGTests.decoded(PNG.encode(grey), channels: 1) == grey.pixels)
        let colours = grey.map { RGB(red: $0, green: 255 - $0, blue: 7) }
        #expect(try PNGTests.decoded(PNG.encode(colours), channels: 3) == colours.pixels.flatMap { [$0.red, $0.green, $0.blue] })
        #expect(try PNG.encode(colours) == PNG.encode(colours))
    }

    @Test(.enabled(if: TestPython.isAvailable, "\(TestPython.reason)")) func anotherReaderAgrees() throws {
        let folder = try ScratchFolder()
        let file = folder.path + "/a.png"
        let image = Plane(height: 3, width: 2, pixels: [1, 2, 3, 4, 5, 250].map { RGB(red: $0, green: 0, blue: 9) })
        try Data(PNG.encode(image)).write(to: URL(fileURLWithPath: file))
        // Chunks, inflated rows, and the filters that libpng chose, undone by hand.
        let program = """
            import struct, sys, zlib
            data = open(sys.argv[1], "rb").read()
            assert data[:8] == b"\\x89PNG\\r\\n\\x1a\\n"
            at, parts = 8, {}
            while at < len(data):
                size, kind = struct.unpack(">I4s", data[at:at + 8])
                body = data[at + 8:at + 8 + size]
                assert struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0] == zlib.crc32(kind + body)
                parts[kind] = parts.get(kind, b"") + body
                at += 12 + size
            assert b"tIME" not in parts
            width, height, depth, colour = struct.unpack(">IIBB", parts[b"IHDR"][:10])
            assert (depth, colour) == (8, 2)
            raw, above, out = zlib.decompress(parts[b"IDAT"]), [0] * (width * 3), []
            def paeth(a, b, c):
                return min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            for y in range(height):
                line = raw[y * (width * 3 + 1):(y + 1) * (width * 3 + 1)]
                row = []
                for x, value in enumerate(line[1:]):
                    a, b, c = row[x - 3] if x > 2 else 0, above[x], above[x - 3] if x > 2 else 0
                    row.append((value + [0, a, b, (a + b) // 2, paeth(a, b, c)][line[0]]) % 256)
                out += row
                above = row
            print(width, height, out)
            """
        let said = try TestPython.output(of: program, file)
        #expect(said == "2 3 \(image.pixels.flatMap { [$0.red, $0.green, $0.blue] })\n")
    }

    @Test func imagesWithoutPixelsAreRefused() {
        #expect(throws: IDRError.self) { try PNG.encode(Plane<UInt8>(height: 0, width: 3, pixels: [])) }
        #expect(throws: IDRError.self) { try PNG.encode(Plane<RGB>(height: 2, width: 0, pixels: [])) }
    }

    @Test func greyIsStretchedBetweenPercentiles() throws {
        let plane = Plane<UInt16>(height: 10, width: 100, pixels: (0..<1000).map { $0 == 999 ? 60000 : UInt16($0 + 100) })
        let shown = try #require(PNG.grey(plane))
        // Numbers that NumPy's percentile gives: 0.2 % and 99.8 % of 1000 values, linear between neighbours.
        #expect(abs(shown.contrast.black - 101.998) < 1e-9 && abs(shown.contrast.white - 1097.002) < 1e-9)
        #expect(shown.pixels.pixels.first == 0 && shown.pixels.pixels.last == 255 && shown.pixels.pixels[500] == 128)
    }

    @Test func aPlaneIsAPictureOfItsOwn() throws {
        let picture = Picture.grey(FigureSamples.image, title: "Frame 50")
        guard case .png(let bytes, let width, let height) = picture.form else {
            Issue.record("\(picture.form) is no PNG")
            return
        }
        #expect(width == 64 && height == 48 && PNGTests.decoded(bytes, channels: 1)?.count == 64 * 48)
        #expect(picture.alt == "Frame 50. 64 x 48 pixels. Grey: black 0, white 250.")
        #expect(Picture.grey(Plane<UInt8>(height: 0, width: 0, pixels: []), title: "t").alt.contains("Nothing to show"))
    }

    @Test func largePlanesAreAveraged() throws {
        var plane = Plane<Float>(height: 2, width: 1801, repeating: 0)
        for x in 0..<1801 { plane[0, x] = Float(x / 3) }
        let shown = try #require(PNG.grey(plane, contrast: Contrast(black: 0, white: 255)))
        #expect(shown.pixels.width == 601 && shown.pixels.height == 1)
        #expect(shown.pixels.pixels[100] == 50)
        plane[0, 300] = .nan
        plane[0, 301] = .infinity
        #expect(try #require(PNG.grey(plane, contrast: Contrast(black: 0, white: 255))).pixels.pixels[100] == 25)
        #expect(PNG.grey(Plane<Float>(height: 1, width: 1, repeating: .nan)) == nil)
    }

    private static func decoded(_ bytes: [UInt8], channels: Int32) -> [UInt8]? {
        var (width, height): (UInt32, UInt32) = (0, 0)
        guard idr_png_read(bytes, bytes.count, &width, &height, channels, nil) != 0 else { return nil }
        var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height) * Int(channels))
        return idr_png_read(bytes, bytes.count, &width, &height, channels, &pixels) != 0 ? pixels : nil
    }
}
