import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

@Suite struct TIFFWellTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func write(_ name: String, _ builder: TIFFBuilder) throws {
        try Data(builder.bytes).write(to: URL(fileURLWithPath: folder(name)))
    }

    private func well(_ pattern: String, pages: [String]? = nil, only wanted: (String) -> Bool = { _ in true }) throws -> TIFFWell {
        let names = try TIFFWellNames(
            pattern: TIFFPattern(pattern), plate: "P", well: WellName(row: 0, column: 3), names: folder.contents, pages: pages.map(TIFFPages.init))
        return try TIFFWell(names, paths: names.names.filter { wanted($0.value) }.mapValues { folder($0) }, of: ["P", "well A4"])
    }

    private func grey(_ number: Int) -> PixelPlane { .uint8(TIFFBuilder.plane(number)) }

    /// Pages may be anything: nobody guesses.
    @Test func pagesOfAPlainFileAreFramesWhereThatIsSaid() async throws {
        try write("a.tif", TIFFBuilder(count: 4))
        let silent = #expect(throws: IDRError.self) { try TIFFWell(reading: folder("a.tif")) }
        #expect(silent?.problem == "nothing says what the 4 pages of \(folder("a.tif")) are" && silent?.advice?.contains("tiffPages") == true)
        let source: any PlaneSource = try TIFFWell(reading: folder("a.tif"), pages: TIFFPages(["frame"]))
        #expect(source.extent == PlaneExtent(frames: 4, channels: 1, slices: 1, height: 5, width: 7))
        #expect(source.pixelType == .uint8)
        #expect(source.channelNames == ["channel 1"])
        #expect(try await source.planes([4, 1, 4].map { PlaneIndex(frame: $0) }) == [grey(3), grey(0), grey(3)])
        let error = await #expect(throws: IDRError.self) { try await source.plane(PlaneIndex(frame: 5)) }
        #expect(error?.reason?.contains("1...4") == true)
    }

    @Test func pagesInImageJsOrder() async throws {
        try write("a.tif", TIFFBuilder(count: 12, description: "ImageJ=1.54f\nimages=12\nchannels=2\nslices=3\nframes=2\nhyperstack=true\n"))
        let well = try TIFFWell(reading: folder("a.tif"))
        #expect(well.extent == PlaneExtent(frames: 2, channels: 2, slices: 3, height: 5, width: 7))
        #expect(try await well.plane(PlaneIndex(frame: 2, channel: 1, z: 3)) == grey(10))
        #expect(try await well.plane(PlaneIndex(frame: 1, channel: 2, z: 1)) == grey(1))
        // Stacks above 4 GB have one page and say how many images follow it.
        for text in ["ImageJ=1\nimages=6\nslices=6", "ImageJ=1\nimages=500", "ImageJ=1\nslices=9223372036854775807\nframes=9"] {
            try write("b.tif", TIFFBuilder(count: 1, description: text))
            #expect(throws: IDRError.self) { try TIFFWell(reading: folder("b.tif")) }
        }
        try write("c.tif", TIFFBuilder(count: 3, description: "ImageJ=1.54f\nimages=3\n"))
        #expect(throws: IDRError.self) { try TIFFWell(reading: folder("c.tif")) }
        #expect(try TIFFWell(reading: folder("c.tif"), pages: TIFFPages(["z"])).extent.slices == 3)
    }

    @Test func aFileForEachPlane() async throws {
        for field in 1...3 {
            for z in 1...2 {
                try write(
                    "r01c04f0\(field)p0\(z)-ch1sk1fk1fl1.tiff", TIFFBuilder(count: 1, description: "<OME>of others</OME>").filled(field * 10 + z))
            }
        }
        let well = try well("r{row:2}c{column:2}f{field:2}p{z:2}-ch{channel}sk{frame}fk1fl1.tiff")
        #expect(well.extent == PlaneExtent(fields: 3, frames: 1, channels: 1, slices: 2, height: 5, width: 7))
        for field in 1...3 {
            for z in 1...2 { #expect(try await well.plane(PlaneIndex(field: field, frame: 1, z: z)) == grey(field * 10 + z)) }
        }
    }

    @Test func aFileForEachFieldAndChannelWithFramesInside() async throws {
        for field in 1...2 {
            for word in ["DAPI", "GFP"] { try write("s\(field)_\(word).tif", TIFFBuilder(count: 3).filled(field * 100 + (word == "GFP" ? 50 : 0))) }
        }
        let well = try well("s{field}_{channel:GFP|DAPI}.tif", pages: ["frame"])
        #expect(well.extent == PlaneExtent(fields: 2, frames: 3, channels: 2, slices: 1, height: 5, width: 7))
        #expect(well.channelNames == ["GFP", "DAPI"])
        #expect(try await well.plane(PlaneIndex(field: 2, frame: 3, channel: 1)) == grey(252))
        #expect(try await well.plane(PlaneIndex(field: 1, frame: 2, channel: 2)) == grey(101))
    }

    @Test func pagesAreSlicesWhereThatIsSaid() async throws {
        for frame in 1...2 { try write("t\(frame).tif", TIFFBuilder(count: 4).filled(frame * 10)) }
        let well = try well("t{frame}.tif", pages: ["z"])
        #expect(well.extent == PlaneExtent(frames: 2, channels: 1, slices: 4, height: 5, width: 7))
        #expect(try await well.plane(PlaneIndex(frame: 2, z: 4)) == grey(23))
        try FileManager.default.moveItem(atPath: folder("t1.tif"), toPath: folder("u1-1.tif"))
        #expect(try self.well("u{frame}-{z}.tif", pages: ["channel"]).extent.channels == 4)
    }

    @Test func onlyTheFilesThatAreReadNeedBeThere() async throws {
        for field in 1...3 { try write("s\(field).tif", TIFFBuilder(count: 1).filled(field)) }
        let well = try well("s{field}.tif") { $0 == "s2.tif" }
        #expect(well.extent.fields == 3)
        #expect(try await well.plane(PlaneIndex(field: 2, frame: 1)) == grey(2))
        let error = await #expect(throws: IDRError.self) { try await well.plane(PlaneIndex(field: 3, frame: 1)) }
        #expect(error?.code == .missing)
        #expect(error?.subject == ["P", "well A4"])
        #expect(throws: IDRError.self) { try self.well("s{field}.tif") { _ in false } }
    }

    @Test func filesThatDisagreeAreNamed() async throws {
        try write("s1.tif", TIFFBuilder(count: 2))
        try write("s2.tif", TIFFBuilder(count: 2, width: 8))
        try write("s3.tif", TIFFBuilder(count: 3))
        try TIFFWriter.write(Plane<UInt16>(height: 5, width: 7, repeating: 1), to: folder("s4.tif"))
        var late = TIFFBuilder(count: 2)
        late.pages[1].fields[257] = 4
        try write("s5.tif", late)
        let well = try well("s{field}.tif", pages: ["frame"])
        for (field, words) in [(2, "5 x 8 pixels"), (3, "has 3 frames"), (4, "has 1 frame"), (5, "4 x 7 pixels")] {
            let error = await #expect(throws: IDRError.self) { try await well.plane(PlaneIndex(field: field, frame: 2)) }
            #expect(error?.problem.contains("s\(field).tif") == true)
            #expect(error?.problem.contains(words) == true, "\(error?.problem ?? "nothing")")
        }
        try write("s4.tif", TIFFBuilder(count: 2))
        #expect(try await self.well("s{field}.tif", pages: ["frame"]).plane(PlaneIndex(field: 4, frame: 2)) == grey(1))
        try TIFFWriter.write(Plane<UInt16>(height: 5, width: 7, repeating: 1), to: folder("z1.tif"))
        try write("z2.tif", TIFFBuilder(count: 1))
        let mixed = try self.well("z{z}.tif")
        #expect(await #expect(throws: IDRError.self) { try await mixed.plane(PlaneIndex(frame: 1, z: 2)) }?.problem.contains("uint8") == true)
    }

    /// The names count frames, slices and channels, so a file with three pages is not understood.
    @Test func anAxisThatIsCountedTwiceIsAnError() async throws {
        try write("t1z1c1.tif", TIFFBuilder(count: 3))
        let error = #expect(throws: IDRError.self) { try well("t{frame}z{z}c{channel}.tif") }
        #expect(error?.advice == "leave the axis of its pages out of the pattern")
        let told = try well("t{frame}z{z}c{channel}.tif", pages: ["frame"])
        let other = await #expect(throws: IDRError.self) { try await told.plane(PlaneIndex(frame: 1)) }
        #expect(other?.advice == "leave {frame} out of the pattern")
    }

    /// 2000 pages read one by one: their list is made once, and not walked for each of them.
    @Test func longMoviesAreReadPlaneByPlane() async throws {
        try write("a.tif", TIFFBuilder(count: 2000))
        let well = try TIFFWell(reading: folder("a.tif"), pages: TIFFPages(["frame"]))
        for frame in 1...2000 where try await well.plane(PlaneIndex(frame: frame)) != grey((frame - 1) % 256) { Issue.record("frame \(frame)") }
    }
}

extension TIFFBuilder {
    /// Its pages filled with `value`, `value` + 1, ...
    func filled(_ value: Int) -> TIFFBuilder {
        var copy = self
        for page in copy.pages.indices {
            copy.pages[page].data = copy.pages[page].data.map { _ in UInt8(truncatingIfNeeded: value + page) }
        }
        return copy
    }
}
