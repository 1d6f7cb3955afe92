import IDRFormats
import IDRPlan
import Testing

@Suite struct MetaXpressIndexTests {
    private static let settings = """
        "HTSInfoFile", Version 1.0
        "TimePoints", 1
        "XWells", 24
        "YWells", 16
        "NWavelengths", 2
        "WaveName1", "Cy5, far red"
        "WaveName2", ""
        """

    private static func read(_ images: [String], _ settings: String = settings, name: String = "plate.HTD") async throws -> PlateIndex {
        var texts = Dictionary(uniqueKeysWithValues: images.map { ($0, "") })
        texts[name] = settings
        return try await IndexFolder(texts).read(name)
    }

    @Test func settingsGiveThePlateAndItsChannels() async throws {
        let index = try await Self.read(["plate_P24_s1_w1.tif", "plate_P24_s1_w2.tif"])
        #expect((index.rows, index.columns) == (16, 24) && index.channelNames == ["Cy5, far red", nil])
        #expect(index.wellNames == ["P24"] && index.place("P24", channel: 2) == "plate_P24_s1_w2.tif:1")
    }

    @Test(arguments: ["plate.HTD", "PLATE.htd"])
    func itIsKnownByItsEnding(name: String) async throws {
        #expect(try await Self.read(["Plate_a01_S1_W1.TIFF"], name: name).place("A1") == "Plate_a01_S1_W1.TIFF:1")
    }

    @Test func previewsAndOtherFilesAreNoImages() async throws {
        let guid = "8e215662-2cf7-4739-93f3-dbd0c40b78db"
        let index = try await Self.read([
            "plate_B03_w1\(guid).tif", "plate_B03_w1_thumb\(guid).tif", "plate_B03_w1_thumb.tif", "plate_B03_w1.jpg", "plate_w1.tif", "notes.txt",
        ])
        #expect(index.count("B3") == 1 && index.wellNames == ["B3"] && index.place("B3") == "plate_B03_w1\(guid).tif:1")
    }

    @Test func sitesThatWereLeftOutLeaveNoGap() async throws {
        let index = try await Self.read(["plate_A01_s2_w1.tif", "plate_A01_s5_w1.tif", "plate_A02_s5_w1.tif"])
        #expect(index.place("A1", field: 1) == "plate_A01_s2_w1.tif:1" && index.place("A1", field: 2) == "plate_A01_s5_w1.tif:1")
        // Nor does one that a well lacks shift its others.
        #expect(index.place("A2", field: 1) == nil && index.place("A2", field: 2) == "plate_A02_s5_w1.tif:1")
    }

    @Test func anotherPlateInTheFolderIsLeftOut() async throws {
        let index = try await Self.read(["plate_A01_w1.tif", "plate 2_A01_w1.tif", "plate 2_A02_w1.tif"])
        #expect(index.wellNames == ["A1"] && index.place("A1") == "plate_A01_w1.tif:1")
        // Files that were named otherwise than the plate are its own where it has no others.
        #expect(try await Self.read(["old name_C05_w1.tif"]).wellNames == ["C5"])
    }

    @Test func timesAndSlicesLieInFolders() async throws {
        let index = try await Self.read([
            "TimePoint_1/plate_A01_w1.tif", "TimePoint_2/plate_A01_w1.tif", "timepoint_10/plate_A01_w1.tif", "TimePoint_x/plate_A02_w1.tif",
            "TimePoint_1/thumbs/plate_A03_w1.tif", "ZStep_2/plate_A04_w1.tif",
        ])
        #expect(index.wellNames == ["A1", "A4"] && index.place("A4", z: 2) == "ZStep_2/plate_A04_w1.tif:1")
        #expect(index.place("A1", frame: 2) == "TimePoint_2/plate_A01_w1.tif:1" && index.place("A1", frame: 10) == "timepoint_10/plate_A01_w1.tif:1")
    }

    @Test func timesMayStandInNames() async throws {
        let index = try await Self.read(["plate_A01_s1_w1_t1.tif", "plate_A01_s1_w1_t2.tif", "plate_A01_s1_w2_t2.tif", "plate_B02_t1.tif"])
        #expect(index.wellNames == ["A1", "B2"] && index.place("A1", frame: 2) == "plate_A01_s1_w1_t2.tif:1" && index.count("A1") == 3)
        // A well in row T is no time.
        let large = Self.settings.replacing("\"XWells\", 24", with: "\"XWells\", 48").replacing("\"YWells\", 16", with: "\"YWells\", 32")
        #expect(try await Self.read(["plate_T02.tif", "plate_T11_w2.tif"], large).wellNames == ["T2", "T11"])
    }

    @Test func wellsOutsideThePlateAreLeftOutAndSaid() async throws {
        let index = try await Self.read(["plate_A01_w1.tif", "plate_Q01_w1.tif", "plate_A25_w1.tif"])
        #expect(index.wellNames == ["A1"] && index.notes == ["2 files are named by wells that the plate does not have"])
    }

    @Test(arguments: [
        ("XWells", "24", "0"), ("XWells", "24", "97"), ("YWells", "16", "-1"), ("YWells", "16", "99999999999999999999"), ("NWavelengths", "2", "0"),
        ("NWavelengths", "2", "1001"), ("TimePoints", "1", "x"), ("XWells", "24", ""),
    ])
    func numbersThatAreNoneAreNamed(key: String, old: String, new: String) async throws {
        let text = Self.settings.replacing("\"\(key)\", \(old)", with: "\"\(key)\", \(new)")
        let error = await #expect(throws: IDRError.self) { try await Self.read(["plate_A01_w1.tif"], text) }
        #expect(error?.reason?.contains(key) == true && error?.advice != nil, "\(error as Any)")
    }

    @Test(arguments: [
        [], ["plate_A01_w1_thumb.tif"], ["plate_A00_w1.tif"], ["plate_A01_w0.tif"], ["plate_A01_s99999999_w1.tif"], ["plate_ZZZ99_w1.tif"],
        ["TimePoint_0/plate_A01_w1.tif"], ["TimePoint_99999999999999999999/plate_A01_w1.tif"], [".tif"], ["_.tif"],
    ])
    func foldersWithoutImagesAreRefused(images: [String]) async throws {
        let error = await #expect(throws: IDRError.self) { try await Self.read(images) }
        #expect(error?.code == .invalidInput && error?.reason == "it names no images", "\(error as Any)")
    }

    @Test func longAndStrangeLinesDoNotCount() async throws {
        let noise = "\"\(String(repeating: "x", count: 100_000))\", 1\n,\n\"\n\", \"\n\u{0}\n\"WaveName1\"\n"
        let index = try await Self.read(["plate_A01_w1.tif"], noise + Self.settings)
        #expect(index.channelNames == ["Cy5, far red", nil])
    }
}
