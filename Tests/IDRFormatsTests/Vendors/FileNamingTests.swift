import IDRFormats
import IDRPlan
import Testing

@Suite struct FileNamingTests {
    private func index(_ files: [String]) throws -> PlateIndex { try PlateIndexFormats.named(files, called: "idr0001-a/p").index }

    @Test func harmony() throws {
        let index = try index(["r01c02f01p01-ch1sk1fk1fl1.tiff", "r01c02f02p03-ch2sk2fk1fl1.tiff", "Index.txt"])
        #expect(index.wellNames == ["A2"])
        #expect(index.place("A2", field: 2, frame: 2, channel: 2, z: 2) == "r01c02f02p03-ch2sk2fk1fl1.tiff:1")
    }

    @Test func imageXpress() throws {
        let guid = "18E21566-2CF7-4739-93F3-DBD0C40B78DB"
        let files = ["Week10_200907_B02_s1_w1\(guid).tif", "Week10_200907_B02_s1_w2\(guid).tif", "Week10_200907_B02_s1_w1_thumb\(guid).tif"]
        let index = try index(files)
        #expect(index.place("B2", channel: 2) == files[1] + ":1" && index.count("B2") == 2)
        #expect(try self.index(["A01_s1_w1.tif", "A01_s2_w1.tif"]).place("A1", field: 2) == "A01_s2_w1.tif:1")
    }

    @Test func scanR() throws {
        let files = ["DAPI", "cfp"].map { "--W00025--B1--P00001--Z00000--T00000--\($0).tif" }
        let index = try index(files)
        #expect(index.channelNames == ["DAPI", "cfp"] && index.place("B1", channel: 2) == files[1] + ":1")
    }

    @Test func cellVoyagerAndInCell() throws {
        #expect(
            try index(["p_C03_T0001F002L01A01Z01C01.tif", "p_C03_T0001F003L01A02Z01C02.tif"]).place("C3", field: 2, channel: 2)
                == "p_C03_T0001F003L01A02Z01C02.tif:1")
        let files = ["A - 01(fld 1 wv UV - DAPI).tif", "A - 01(fld 1 wv Blue - FITC).tif"]
        let index = try index(files)
        #expect(index.channelNames == ["Blue - FITC", "UV - DAPI"] && index.place("A1", channel: 2) == files[0] + ":1")
    }

    /// What such a file holds, it says itself.
    @Test func wellsAndFields() throws {
        #expect(try index(["A01_01.tif", "A01_02.tif", "H12_01.tif"]).place("A1", field: 2) == "A01_02.tif")
        #expect(try index(["A01.tif", "AF48.ome.tif"]).wellNames == ["A1", "AF48"])
    }

    @Test func whatIsNotReadIsRefusedByName() {
        let error = #expect(throws: IDRError.self) { try index(["a.nd2", "b.nd2", "thumb.jpg"]) }
        #expect(error?.problem.contains("Nikon ND2 (.nd2)") == true && error?.subject == ["idr0001-a/p/a.nd2"], "\(error as Any)")
        #expect(error?.advice?.contains("pub/databases/IDR/idr0001-a/p/a.nd2") == true)
    }

    @Test(arguments: [[], ["readme.txt"], ["image one.tif", "image two.tif"], ["r99c99f01p01-ch1sk1fk1fl1.tiff"]])
    func unknownNamesAreShown(files: [String]) {
        let error = #expect(throws: IDRError.self) { try index(files) }
        #expect(error?.advice?.contains("tiffPattern") == true)
    }

    @Test func manyStrangeNamesTakeNoTime() {
        let files = (0..<2000).map { String(repeating: "_a", count: 90) + "\($0).tif" }
        #expect(throws: IDRError.self) { try index(files) }
    }
}
