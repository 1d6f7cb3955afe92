import IDRFormats
import IDRPlan
import Testing

/// Patterns of names, and folders without an index, written anew from what is published of them, by somebody who did not write the readers.
@Suite struct PatternSecondTests {
    private static func names(_ text: String) throws -> [String] {
        let pattern = try FilePattern(text)
        return try pattern.planes(pattern.axes).map(\.name)
    }

    @Test func blocksAreListsAndRanges() throws {
        #expect(try Self.names("<red,green,blue>.tiff") == ["red.tiff", "green.tiff", "blue.tiff"])
        #expect(try Self.names("test_Z<0-1>_C<0-2:2>.png") == ["test_Z0_C0.png", "test_Z0_C2.png", "test_Z1_C0.png", "test_Z1_C2.png"])
        #expect(try Self.names("test_Z<00-01>.tiff") == ["test_Z00.tiff", "test_Z01.tiff"])
        #expect(
            try Self.names("a_<08-10>.tif") == ["a_08.tif", "a_09.tif", "a_10.tif"]
                && Self.names("a_<8-10>.tif") == ["a_8.tif", "a_9.tif", "a_10.tif"])
        #expect(try Self.names("plain.tif") == ["plain.tif"] && Self.names("<one>.tif") == ["one.tif"])
    }

    @Test func wordsBeforeBlocksNameTheirAxes() throws {
        let pattern = try FilePattern("x_Z<1-2>_C<1-3>_T<01-10>.tif")
        #expect(pattern.axes == [.plane(.z), .plane(.channel), .plane(.frame)])
        let planes = try pattern.planes(pattern.axes)
        #expect(planes.count == 60 && planes.last?.index == PlaneIndex(frame: 10, channel: 3, z: 2) && planes.last?.name == "x_Z2_C3_T10.tif")
        #expect(try FilePattern("x_w<1,2>_t<1-2>.tif").axes == [.plane(.channel), .plane(.frame)])
    }

    @Test(arguments: ["<", "a<b", "<1-2><", "<2-1>", "<0-999999999>", String(repeating: "<a,b>", count: 60)])
    func whatIsNoPatternIsRefused(text: String) {
        #expect(throws: FilePattern.Refusal.self) { try Self.names(text) }
    }

    private static func named(_ files: [String]) throws -> (name: String, index: PlateIndex) {
        try PlateIndexFormats.named(files.sorted(), called: "idr0999-doe-made/p")
    }

    @Test func harmonysFilesAreKnownByTheirNames() throws {
        let files = (1...2).flatMap { channel in (1...3).map { "r02c11f0\($0)p01-ch\(channel)sk1fk1fl1.tiff" } }
        let (name, index) = try Self.named(files)
        #expect(name == "Harmony" && index.wellNames == ["B11"] && index.count("B11") == 6)
        #expect(index.place("B11", field: 3, channel: 2) == "r02c11f03p01-ch2sk1fk1fl1.tiff:1")
    }

    @Test func cellVoyagersFilesAreKnownByTheirNames() throws {
        let (_, index) = try Self.named(["Plate_1_B06_T0001F001L01A01Z02C09.tif", "Plate_1_B06_T0001F001L01A01Z01C01.tif", "DC_sCMOS #1_C01.tif"])
        #expect(index.place("B6", channel: 2, z: 2) == "Plate_1_B06_T0001F001L01A01Z02C09.tif:1" && index.wellNames == ["B6"])
    }

    @Test func metaXpressFilesAreKnownByTheirNames() throws {
        let guid = "2CA7BDF3-1425-4AE6-8E57-9C004D6F7FF2"
        let (_, index) = try Self.named([
            "IXMtest_A01_s1_w1\(guid).tif", "IXMtest_A01_s1_w2\(guid).tif", "IXMtest_A01_s2_w1\(guid).tif", "IXMtest_A01_s1_w1_thumb\(guid).tif",
        ])
        // The digit behind "w" is the wave, whatever the identifier begins with.
        #expect(index.count("A1") == 3 && index.place("A1", channel: 2) == "IXMtest_A01_s1_w2\(guid).tif:1" && index.place("A1", field: 2) != nil)
    }

    @Test func scanRsAndInCellsFilesAreKnownByTheirNames() throws {
        let scanR = try Self.named(["--W00014--B2--P00001--Z00000--T00000--DAPI.tif", "--W00014--B2--P00001--Z00000--T00000--GFP.tif"]).index
        #expect(scanR.wellNames == ["B2"] && scanR.channelNames == ["DAPI", "GFP"])
        let inCell = try Self.named(["A - 02(fld 1 wv DAPI - DAPI).tif", "A - 02(fld 1 wv FITC - FITC).tif", "A - 02(fld 2 wv DAPI - DAPI).tif"])
            .index
        #expect(inCell.wellNames == ["A2"] && inCell.place("A2", field: 2) == "A - 02(fld 2 wv DAPI - DAPI).tif:1" && inCell.channelNames.count == 2)
    }

    @Test func numbersOfAnySizeFitNoName() {
        let long = String(repeating: "9", count: 400)
        for file in ["r\(long)c01f01p01-ch1sk1fk1fl1.tiff", "r01c01f\(long)p01-ch1sk1fk1fl1.tiff", "A01_s\(long).tif", "\(long).tif"] {
            #expect(throws: IDRError.self, "\(file.prefix(20))") { try Self.named([file]) }
        }
    }
}
