import Foundation
import IDRFiles
import IDRPlan
import IDRTables
import TestSupport
import Testing

@Suite struct ProfileTableTests {
    static let index = ["P1", "3_50", "1", "P1_3", "P1/P1_3_50.tif", "KIF11", "1"]

    static func image(_ name: String, nuclei: Int, features: [Float]?, outlines: [String]? = nil) -> ImageProfile {
        var row = index
        row[4] = name
        let places = (0..<nuclei).map { Double($0) + 0.5 }
        return ImageProfile(
            index: row, locations: NucleusLocations(x: places, y: places, outlines: outlines),
            cellIDs: ImageProfile.cellIDs(image: name, labels: (0..<nuclei).map { Int32($0 + 1) }), features: features)
    }

    @Test(arguments: [("compile_s1", 37, false), ("compile_s2_outlines", 5, true), ("dp_sA", 1280, false)])
    func tablesOfTheOriginalAreWrittenByteForByte(name: String, features: Int, hasOutlines: Bool) async throws {
        let images = try await Fixture.images("features/\(name).h5")
        let table = try ProfileTable(images, schema: ProfileSchema(featureCount: features, hasOutlines: hasOutlines), compat: true)
        let file = Fixture.path("features/\(name == "dp_sA" ? "dp_sA_batch_0" : name).csv.gz")
        let expected = try Gzip.decompress(file: file, limit: 1 << 24)
        #expect(try table.csv() == expected)

        let folder = try ScratchFolder()
        try table.writeCSV(to: folder("batch_0.csv.gz"))
        #expect(folder.contents == ["batch_0.csv.gz"])
        #expect(try Gzip.decompress(file: folder("batch_0.csv.gz"), limit: 1 << 24) == expected)
        let header = try [FileHandle(forReadingAtPath: folder("batch_0.csv.gz")), FileHandle(forReadingAtPath: file)].map {
            try $0?.read(upToCount: 22)
        }
        #expect(header[0] == header[1])
    }

    @Test func columnsAreTyped() async throws {
        let images = try await Fixture.images("features/compile_s1.h5")
        let table = try ProfileTable(images, schema: ProfileSchema(featureCount: 37))
        #expect(table.rowCount == 12)
        #expect(table.features.count == 12 * 37)
        #expect(
            table.metadata.map(\.name) == [
                "Metadata_Plate", "Metadata_Well", "Metadata_Site", "Metadata_Plate_Map_Name", "Metadata_DNA", "Metadata_Gene",
                "Metadata_Gene_Replicate",
                "Metadata_Model",
            ])
        #expect(table.metadata[5].values[5] == "KIF11, weird \"name\"")
        #expect(table.metadata[5].values[8] == "")
        #expect(table.cellIDs[0] == "LT0041_01/LT0041_01_3_50.tif#1")
        #expect(table.warnings == ["no nuclei in LT0041_02 14_51 1: it has no rows"])
        #expect(table.outlines == nil)
    }

    @Test func noRowsIsAHeader() throws {
        let schema = ProfileSchema(indexColumns: ["Metadata_Plate", "Gene"], model: "lite0", featureCount: 2, hasOutlines: true)
        let table = try ProfileTable([], schema: schema)
        #expect(table.rowCount == 0)
        let header = ",Object_Outline,Location_Center_X,Location_Center_Y,Metadata_Plate,Metadata_Gene,Metadata_Model,lite0_0,lite0_1\n"
        #expect(try String(decoding: table.csv(), as: UTF8.self) == header)
    }

    @Test func imagesWithoutFeaturesAreLeftOutWithAWarning() throws {
        let schema = ProfileSchema(featureCount: 1)
        let images = [
            ProfileTableTests.image("a", nuclei: 2, features: nil), ProfileTableTests.image("b", nuclei: 1, features: [3]),
            ProfileTableTests.image("c", nuclei: 0, features: nil), ProfileTableTests.image("d", nuclei: 0, features: []),
        ]
        let table = try ProfileTable(images, schema: schema)
        #expect(table.cellIDs == ["b#1"])
        #expect(table.features == [3])
        #expect(table.warnings == ["no features for P1 3_50 1: its 2 nuclei are left out", "no nuclei in P1 3_50 1: it has no rows"])
        let none = try ProfileTable(images.filter { $0.features == nil }, schema: schema)
        #expect(none.rowCount == 0 && none.warnings.count == 2)
    }

    /// pycytominer's table is cut by `Metadata_DNA` and put together again when outlines are added.
    @Test func outlinesGroupRowsByImage() throws {
        let images = [
            ProfileTableTests.image("a", nuclei: 2, features: [1, 2], outlines: ["A1", "A2"]),
            ProfileTableTests.image("b", nuclei: 1, features: [3], outlines: ["B1"]),
            ProfileTableTests.image("a", nuclei: 2, features: [4, 5], outlines: ["C1", "C2"]),
        ]
        let grouped = try ProfileTable(images, schema: ProfileSchema(featureCount: 1, hasOutlines: true))
        #expect(grouped.features == [1, 2, 4, 5, 3])
        #expect(grouped.outlines == ["A1", "A2", "C1", "C2", "B1"])
        let compat = try ProfileTable(images, schema: ProfileSchema(featureCount: 1, hasOutlines: true), compat: true)
        #expect(compat.features == [1, 2, 4, 5, 3])
        #expect(compat.outlines == ["A1", "A2", "", "", "B1"])
        let plain = try ProfileTable(images, schema: ProfileSchema(featureCount: 1))
        #expect(plain.features == [1, 2, 3, 4, 5])
    }

    @Test func quotesOnlyWhereNeeded() throws {
        let image = ImageProfile(
            index: ["a,b", "say \"x\"", "two\nlines", "plain µ", "", " space", "semi;colon"], locations: NucleusLocations(x: [.nan], y: [-0.0]),
            cellIDs: ["1"], features: [.nan, -.infinity])
        let table = try ProfileTable([image], schema: ProfileSchema(featureCount: 2))
        let row = try String(decoding: table.csv(), as: UTF8.self).drop { $0 != "\n" }.dropFirst()
        #expect(row == "0,,-0.0,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",plain µ,, space,semi;colon,efficientnet,,-inf\n")
    }

    @Test func imagesThatDoNotFitAreRefused() throws {
        let schema = ProfileSchema(featureCount: 2, hasOutlines: true)
        let good = ProfileTableTests.image("a", nuclei: 1, features: [1, 2], outlines: ["x"])
        let bad = [
            ProfileTableTests.image("a", nuclei: 1, features: [1], outlines: ["x"]),
            ProfileTableTests.image("a", nuclei: 1, features: [1, 2, 3, 4], outlines: ["x"]),
            ProfileTableTests.image("a", nuclei: 1, features: [1, 2]),
            ImageProfile(index: [], locations: good.locations, cellIDs: good.cellIDs, features: good.features),
            ImageProfile(index: good.index, locations: good.locations, cellIDs: [], features: good.features),
        ]
        for image in bad {
            let error = #expect(throws: IDRError.self) { try ProfileTable([good, image], schema: schema) }
            #expect(error?.code == .invalidInput && error?.reason != nil)
        }
    }

    @Test func missingFolderIsNamed() throws {
        let folder = try ScratchFolder()
        let table = try ProfileTable([], schema: ProfileSchema(featureCount: 1))
        let error = #expect(throws: IDRError.self) { try table.writeCSV(to: folder("none/batch_0.csv.gz")) }
        #expect(error?.problem.contains("batch_0.csv.gz") == true)
        #expect(folder.contents.isEmpty)
    }
}
