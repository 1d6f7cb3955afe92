import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

/// Kinds of TIFF that microscopes' programs write beside the usual ones.
@Suite struct TIFFKindsTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func file(_ builder: TIFFBuilder, _ name: String = "a.tif") throws -> TIFFFile {
        try Data(builder.bytes).write(to: URL(fileURLWithPath: folder(name)))
        return try TIFFFile(reading: folder(name))
    }

    /// One page of 1 x n pixels.
    private func row(_ bytes: [UInt8], bits: UInt32, format: UInt32) -> TIFFBuilder {
        var builder = TIFFBuilder(count: 1, height: 1, width: bytes.count * 8 / Int(bits))
        builder.pages[0].fields.merge([258: bits, 339: format]) { $1 }
        builder.pages[0].data = bytes
        return builder
    }

    private func plane<Pixel>(_ pixels: [Pixel]) -> Plane<Pixel> { Plane(height: 1, width: pixels.count, pixels: pixels) }

    @Test func numberTypesAreConvertedExactly() throws {
        #expect(try file(row([0, 200], bits: 8, format: 4)).plane(page: 1) == .uint8(plane([0, 200])))
        #expect(try file(row([1, 0, 0, 200], bits: 16, format: 4)).plane(page: 1) == .uint16(plane([1, 51200])))
        #expect(try file(row([1, 0, 2, 0], bits: 16, format: 2)).plane(page: 1) == .uint16(plane([1, 2])))
        #expect(try file(row([1, 0, 255, 255], bits: 16, format: 2)).plane(page: 1) == .float32(plane([1, -1])))
        #expect(try file(row([1, 0, 0, 0], bits: 32, format: 1)).plane(page: 1) == .uint16(plane([1])))
        #expect(try file(row([0, 0, 1, 0], bits: 32, format: 4)).plane(page: 1) == .float32(plane([65536])))
        #expect(try file(row([0, 0, 0, 0, 0, 0, 0xF8, 0x3F], bits: 64, format: 3)).plane(page: 1) == .float32(plane([1.5])))
        #expect(try file(row([0, 0x3C], bits: 16, format: 3)).plane(page: 1) == .float32(plane([1])))
        for (builder, type) in [
            (row([1, 0, 0, 1], bits: 32, format: 1), "uint32"),
            (row([0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F], bits: 64, format: 3), "float64"),
        ] {
            let error = #expect(throws: IDRError.self) { try file(builder).plane(page: 1) }
            #expect(error?.reason?.contains("the pixels are \(type), and cannot be converted exactly") == true, "\(error?.reason ?? "nothing")")
        }
    }

    /// A strip or tile without a place and without bytes was never written.
    @Test func stripsThatAreStoredNowhereAreCounted() async throws {
        var builder = TIFFBuilder(count: 2)
        builder.pages[1].fields.merge([273: 0, 279: 0]) { $1 }
        _ = try file(builder)
        let well = try TIFFWell(reading: folder("a.tif"), pages: TIFFPages(["frame"]))
        let reading = try await well.read([PlaneIndex(frame: 2), PlaneIndex(frame: 1)])
        #expect(reading.gaps == [PlaneGaps(.strips, missing: 1, of: 1), nil] && reading.gaps[0]?.isWhole == true)
        #expect(reading.planes == [.uint8(TIFFBuilder.plane(0)), .uint8(TIFFBuilder.plane(0))])
        // Bytes without a place are damage.
        builder.pages[1].fields.merge([273: 0, 279: 35]) { $1 }
        #expect(throws: IDRError.self) { try file(builder).plane(page: 2) }
    }

    /// ImageJ and tifffile write stacks whose planes follow the only page that is listed.
    @Test(arguments: [
        ("ImageJ=1.54f\nimages=3\nslices=3\n", [1, 1, 3]), ("ImageJ=1.54f\nimages=3\nframes=3\n", [3, 1, 1]),
        (#"{"shape": [3, 5, 7], "axes": "TYX"}"#, [3, 1, 1]), (#"{"shape": [3, 1, 5, 7], "axes": "CTYX", "truncated": true}"#, [1, 3, 1]),
    ])
    func stacksThatListOnePage(description: String, extent: [Int]) async throws {
        var builder = TIFFBuilder(count: 1, description: description)
        builder.pages[0].data = (0..<3).flatMap { Array(repeating: UInt8($0 + 1), count: 35) }
        builder.pages[0].fields[279] = 35
        _ = try file(builder)
        let well = try TIFFWell(reading: folder("a.tif"))
        #expect([well.extent.frames, well.extent.channels, well.extent.slices] == extent)
        let last = PlaneIndex(frame: extent[0], channel: extent[1], z: extent[2])
        #expect(try await well.plane(last) == .uint8(TIFFBuilder.plane(3)))
        // The planes are not there.
        builder.pages[0].data = Array(repeating: 1, count: 35)
        var short = builder
        short.pages[0].description = description
        try Data(short.bytes.prefix(short.bytes.count)).write(to: URL(fileURLWithPath: folder("b.tif")))
        if short.bytes.count < 8 + 3 * 35 { return }
        // (The directory's own bytes are no planes: a longer stack is claimed than the file has bytes.)
        short.pages[0].description = description.replacingOccurrences(of: "3", with: "300")
        try Data(short.bytes).write(to: URL(fileURLWithPath: folder("b.tif")))
        let error = #expect(throws: IDRError.self) { try TIFFWell(reading: folder("b.tif")) }
        #expect(error?.problem.contains("does not hold the planes that") == true, "\(error?.problem ?? "nothing")")
    }

    /// tifffile's description of pages that are all there.
    @Test func descriptionsOfTifffileSayWhatPagesAre() async throws {
        _ = try file(TIFFBuilder(count: 6, description: #"{"shape": [2, 3, 5, 7], "axes": "TCYX"}"#))
        let well = try TIFFWell(reading: folder("a.tif"))
        #expect(well.extent.frames == 2 && well.extent.channels == 3)
        #expect(try await well.plane(PlaneIndex(frame: 2, channel: 2)) == .uint8(TIFFBuilder.plane(4)))
        // A shape alone does not say what its axes are.
        for text in [#"{"shape": [2, 3, 5, 7]}"#, #"{"shape": [6, 5, 7], "axes": "QYX"}"#, #"{"shape": [7, 5], "axes": "YX"}"#, "{}"] {
            _ = try file(TIFFBuilder(count: 6, description: text))
            #expect(throws: IDRError.self) { try TIFFWell(reading: folder("a.tif")) }
            #expect(try TIFFWell(reading: folder("a.tif"), pages: TIFFPages(["z"])).extent.slices == 6)
        }
    }

    /// ImageJ writes the colours that a person chose beside grey values; other palettes are colours.
    @Test func coloursToLookAtAreNoColours() throws {
        var builder = TIFFBuilder(count: 2, description: "ImageJ=1.54f\nimages=2\nslices=2\n")
        for page in builder.pages.indices {
            builder.pages[page].fields[262] = 3
            builder.pages[page].data += Array(repeating: 0, count: 1536)
            builder.pages[page].fields[279] = 35
            builder.pages[page].shorts[320] = (768, 43)
        }
        #expect(try file(builder).plane(page: 2) == .uint8(TIFFBuilder.plane(1)))
        builder.pages[0].description = nil
        #expect(#expect(throws: IDRError.self) { try file(builder).plane(page: 1) }?.reason?.contains("palette") == true)
    }

    /// Files that nobody wants need not be there, and a channel may have gaps in its numbers.
    @Test func aGridMayHaveHoles() async throws {
        for name in ["F1Z1C1", "F1Z2C1", "F1Z3C1", "F1Z1C3", "F2Z1C1"] {
            _ = try file(TIFFBuilder(count: 1).filled(name.utf8.reduce(0) { $0 + Int($1) } % 256), "\(name).tif")
        }
        let names = try TIFFWellNames(
            pattern: TIFFPattern("F{field}Z{z}C{channel}.tif"), plate: "P", well: WellName(row: 0, column: 0), names: folder.contents)
        let well = try TIFFWell(names, paths: names.names.mapValues { folder($0) })
        #expect(well.extent == PlaneExtent(fields: 2, frames: 1, channels: 3, slices: 3, height: 5, width: 7))
        _ = try await well.planes([
            PlaneIndex(frame: 1), PlaneIndex(frame: 1, z: 3), PlaneIndex(frame: 1, channel: 3), PlaneIndex(field: 2, frame: 1),
        ])
        for gap in [PlaneIndex(frame: 1, channel: 2), PlaneIndex(field: 2, frame: 1, channel: 3), PlaneIndex(frame: 1, channel: 3, z: 2)] {
            let error = await #expect(throws: IDRError.self) { try await well.plane(gap) }
            #expect(error?.code == .missing && error?.problem == "no file holds \(gap)")
        }
    }

    @Test func whatPagesAreIsCheckedAgainstThem() async throws {
        _ = try file(TIFFBuilder(count: 6))
        let well = try TIFFWell(reading: folder("a.tif"), pages: TIFFPages(["field", "channel:3"]))
        #expect(well.extent.fields == 2 && well.extent.channels == 3)
        #expect(try await well.plane(PlaneIndex(field: 2, frame: 1, channel: 3)) == .uint8(TIFFBuilder.plane(5)))
        #expect(try await well.plane(PlaneIndex(field: 1, frame: 1, channel: 2)) == .uint8(TIFFBuilder.plane(1)))
        for texts in [["field", "channel:4"], ["field:2", "channel:2"], ["frame:7"]] {
            let error = #expect(throws: IDRError.self) { try TIFFWell(reading: folder("a.tif"), pages: TIFFPages(texts)) }
            #expect(error?.problem.contains("6 pages, which are not") == true)
        }
        for texts in [[], ["page"], ["frame", "frame"], ["frame", "z"], ["z:0"], ["z:-1"], ["z:two"], ["z:1:2"], [":"]] {
            #expect(#expect(throws: IDRError.self) { try TIFFPages(texts) }?.code == .invalidPlan)
        }
    }
}
