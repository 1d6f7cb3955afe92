import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import TestSupport
import Testing

private let header = "Plate,Well Number,Well,Original Gene Target,Control Type,Plate Issues\n"

private func makeTables(
    _ annotation: String, of screen: String = "idr0013A", plates: String = "P\t../screens/P--1.screen\n", words: ControlWords = .standard
) throws -> ScreenTables {
    try ScreenTables(
        screen: ScreenName(screen), plates: PlatesTable([UInt8](plates.utf8), called: "plates.tsv"),
        annotation: CSVTable([UInt8](annotation.utf8), called: "annotation.csv"), conventions: ScreenConventions(controlWords: words))
}

@Suite struct ScreenTablesTests {
    private let rows = """
        P,1,A1,COPB,positive control,
        P,2,A2,,empty well,
        P,3,A3,,negative control,
        P,4,A4,KIF11,positive control,
        P,5,A5,ENSG01,,
        Q,1,A1,,,
        Q,4,A4,,Negative control,plate missing
        Q,6,A6,,positive control,other issue
        """

    @Test func controlsFollowThePublishedRule() throws {
        let tables = try makeTables(header + rows)
        let controls = try tables.controls()
        #expect(
            controls.map { "\($0.plate) \($0.name) \($0.number) \($0.control?.rawValue ?? "-") \($0.target)" } == [
                "P A3 3 negative negative control", "P A4 4 positive KIF11", "Q A6 6 positive ",
            ])
        #expect(try tables.controls(.negative).map(\.name) == ["A3"])
        #expect(try tables.controls(.positive).map(\.name) == ["A4", "A6"])
        // Well A1 is left out for its illumination in MitoCheck only.
        #expect(try makeTables(header + rows, of: "idr0099A").controls().first?.name == "A1")
    }

    @Test func rowsKeepAllColumnsUnderTheStudysNames() throws {
        let tables = try makeTables(header + rows)
        let well = try tables.well("A4", on: "P")
        #expect(tables.annotations(of: well).map(\.column) == tables.annotation.columns)
        #expect(tables.annotations(of: well).map(\.value) == ["P", "4", "A4", "KIF11", "positive control", ""])
        #expect(try tables.well("a05", on: "P").target == "ENSG01" && tables.plateNames == ["P", "Q"])
        #expect(try tables.wells(on: "Q").map(\.number) == [1, 6])
    }

    @Test func unknownPlatesAndWellsNameNearOnes() throws {
        let annotation = header + (1...12).map { "LT0001_\($0 < 10 ? "0" : "")\($0),4,A4,,,\n" }.joined()
        let tables = try makeTables(annotation)
        let plate = #expect(throws: IDRError.self) { try tables.wells(on: "LT001_02") }
        #expect(plate?.code == .missing && plate?.advice?.contains("\"LT0001_02\"") == true)
        let far = #expect(throws: IDRError.self) { try tables.wells(on: "something else") }
        #expect(far?.advice?.hasSuffix("and 7 more") == true)
        let well = #expect(throws: IDRError.self) { try tables.well("Z99", on: "LT0001_02") }
        #expect(well?.problem == "plate LT0001_02 has no well \"Z99\"" && well?.advice == "its wells are \"A4\"")
    }

    @Test func numbersComeFromTheTableOrTheName() throws {
        #expect(try makeTables("Plate,Well\nP,B2\n").well("B2", on: "P").number == 26)
        // A plate of 96 wells counts for itself.
        #expect(try makeTables("Plate,Well,Well Number\nP,B2,14\n").well("B2", on: "P").number == 14)
        let odd = try makeTables("Plate,Well,Well Number\nP,middle,\nP,,4\nP,A1,\n")
        #expect(odd.wells().map(\.name) == ["A1"] && odd.notes.first == "2 rows name no well, left out")
    }

    @Test func whatIsMissingIsSaid() throws {
        let columns = #expect(throws: IDRError.self) { try makeTables("Plate,Gene\nP,x\n") }
        #expect(columns?.problem == "the table has no column \"Well\"" && columns?.reason == "its columns are \"Plate\", \"Gene\"")
        let noColumn = #expect(throws: IDRError.self) { try makeTables("Plate,Well\nP,A1\n").controls() }
        #expect(noColumn?.reason == "the table has no column \"Control Type\", nor another for controls")
        let none = #expect(throws: IDRError.self) { try makeTables(header + "P,2,A2,,empty well,\nP,3,A3,,,\n").controls() }
        #expect(none?.problem == "screen idr0013A names no controls" && none?.reason == "column \"Control Type\" holds \"empty well\" (1)")
        let others = try makeTables("Plate,Well,Control Type\nP,A1,no reagent\n", of: "idr0080A")
        let positive = #expect(throws: IDRError.self) { try others.controls(.positive) }
        #expect(positive?.problem == "screen idr0080A names no positive controls" && positive?.reason?.contains("\"no reagent\" (1)") == true)
        let words = ControlWords(negative: ["no reagent"])
        #expect(try makeTables("Plate,Well,Control Type\nP,A1,no reagent\n", of: "idr0080A", words: words).controls(.negative).count == 1)
    }

    @Test(arguments: [
        ("idr0013A", "20150916-mitocheck-analysis/mitocheck/P--1/hdf5/00004_01.ch5"),
        ("idr0013B", "20150916-mitocheck-analysis/analysis/mitocheck/P--1/hdf5/00004_01.ch5"),
    ])
    func moviesLieWhereTheStudyPutThem(screen: String, path: String) throws {
        let tables = try makeTables(header + rows, of: screen)
        #expect(try tables.moviePath(of: WellAddress(tables.well("A4", on: "P"))) == path)
    }

    @Test(arguments: ["../screens/../../etc.screen", "../screens/a/b.screen", "../screens/.screen", "../screens/a\u{1}b.screen"])
    func aFolderThatLeavesItsPlaceIsRefused(source: String) throws {
        let tables = try makeTables(header + rows, plates: "P\t\(source)\n")
        let error = #expect(throws: IDRError.self) { try tables.moviePath(of: WellAddress(tables.well("A4", on: "P"))) }
        #expect(error?.code == .refused && error?.subject == ["plate P", "well A4"])
    }

    @Test func aPathIsAMatterOfConfiguration() throws {
        var conventions = ScreenConventions(moviePath: "x/{plate}/{well}_{number}_{number:3}.ch5")
        let well = try makeTables(header + rows).well("A4", on: "P")
        #expect(try conventions.moviePath(of: WellAddress(well), screen: nil) == "x/P/A4_4_004.ch5")
        for wrong in ["{what}", "{number:}", "{number:-1}", "{number:99}"] {
            conventions.moviePath = wrong
            #expect(throws: IDRError.self) { try conventions.moviePath(of: WellAddress(well), screen: nil) }
        }
        conventions.moviePath = nil
        #expect(throws: IDRError.self) { try conventions.moviePath(of: WellAddress(well), screen: nil) }
        conventions.moviePath = "{screen}"
        #expect(throws: IDRError.self) { try conventions.moviePath(of: WellAddress(well), screen: nil) }
    }
}

@Suite struct ScreenMirrorTests {
    static let exampleFiles = CellH5Files.fixtures.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("example_files")

    @Test func theExampleScreenIsComplete() async throws {
        let mirror = ScreenMirror(root: ScreenMirrorTests.exampleFiles.path)
        let tables = try mirror.screen(ScreenName("idr0013A")).tables
        #expect(tables.annotation.columns.count == 143 && tables.annotation.count == 4)
        let wells = try tables.controls()
        #expect(wells.map(\.name) == ["A2", "A3", "B2", "B3"] && wells.map(\.number) == [2, 3, 26, 27])
        #expect(wells.map(\.control) == [.negative, .positive, .positive, .negative])
        for well in wells {
            let notes = tables.annotations(of: well)
            #expect(notes.contains { $0.column == "Control Comments" && $0.value.hasPrefix("INVENTED LABEL") })
            let movie = try await CellH5Movie(reading: mirror.studyFolder(of: tables.screen) + "/" + tables.moviePath(of: WellAddress(well)))
            #expect(movie.extent == PlaneExtent(frames: 20, channels: 1, slices: 1, height: 350, width: 550))
            #expect(movie.plate == "EXAMPLE_01" && Int(movie.experiment) == well.number)
        }
    }

    @Test func quadrantsAndWholeFramesAreTheSamePixels() async throws {
        let whole = try await CellH5Movie(reading: CellH5Files.fixtures.appendingPathComponent("mitocheck/frames18-20.ch5").path)
        guard case .uint8(let frame) = try await whole.plane(PlaneIndex(frame: 1)) else { throw IDRError(.invalidInput, "not uint8") }
        let mirror = ScreenMirror(root: ScreenMirrorTests.exampleFiles.path)
        let tables = try mirror.screen(ScreenName("idr0013A")).tables
        for (name, y0, x0) in [("A2", 0, 0), ("A3", 0, 550), ("B2", 350, 0), ("B3", 350, 550)] {
            let movie = try await CellH5Movie(
                reading: mirror.studyFolder(of: tables.screen) + "/" + tables.moviePath(of: WellAddress(tables.well(name, on: "EXAMPLE_01"))))
            guard case .uint8(let quadrant) = try await movie.plane(PlaneIndex(frame: 18)) else { throw IDRError(.invalidInput, "not uint8") }
            let expected = (0..<350 * 550).map { frame[y0 + $0 / 550, x0 + $0 % 550] }
            #expect(quadrant.pixels == expected)
        }
    }

    @Test func tablesMayBeCompressed() async throws {
        try await CellH5Files.inTemporaryFolder { folder in
            let screen = folder.appendingPathComponent("idr0020-barr-chtog/screenB")
            try FileManager.default.createDirectory(at: screen, withIntermediateDirectories: true)
            try Data("P1\n".utf8).write(to: screen.appendingPathComponent("idr0020-screenB-plates.tsv"))
            // printf 'Plate,Well\nP1,A1\n' | gzip -n
            let packed: [UInt8] = [
                0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x0B, 0xC8, 0x49, 0x2C, 0x49, 0xD5, 0x09, 0x4F, 0xCD, 0xC9, 0xE1, 0x0A,
                0x30, 0xD4, 0x71, 0x34, 0xE4, 0x02, 0x00, 0x9F, 0x11, 0xA9, 0xC9, 0x11, 0x00, 0x00, 0x00,
            ]
            let annotation = screen.appendingPathComponent("idr0020-screenB-annotation.csv.gz")
            try Data(packed.dropLast(6)).write(to: annotation)
            let mirror = ScreenMirror(root: folder.path)
            let name = try ScreenName("idr0020B")
            let cut = #expect(throws: IDRError.self) { try mirror.screen(name).tables }
            #expect(cut?.subject.contains(annotation.path) == true)
            try Data(packed).write(to: annotation)
            #expect(try mirror.screen(name).tables.wells()[0].name == "A1")
            let well = try mirror.screen(name).tables.wells()[0]
            #expect(throws: IDRError.self) { try mirror.screen(name).tables.moviePath(of: WellAddress(well)) }
        }
    }

    @Test func whatTheMirrorLacksIsNamed() async throws {
        try await CellH5Files.inTemporaryFolder { folder in
            let mirror = ScreenMirror(root: folder.path)
            let name = try ScreenName("idr0013A")
            let noFolder = #expect(throws: IDRError.self) { try ScreenMirror(root: folder.path + "/none").screen(name).tables }
            #expect(noFolder?.code == .missing)
            #expect(throws: IDRError.self) { try mirror.screen(name).tables }
            try FileManager.default.createDirectory(at: folder.appendingPathComponent("idr0013-a"), withIntermediateDirectories: true)
            let noTable = #expect(throws: IDRError.self) { try mirror.screen(name).tables }
            #expect(noTable?.problem == "there is no table \(folder.path)/idr0013-a/screenA/idr0013-screenA-plates.tsv")
            let noStudy = #expect(throws: IDRError.self) { try mirror.screen(ScreenName("idr0014A")).tables }
            #expect(noStudy?.reason == "its studies are \"idr0013-a\"")
            try FileManager.default.createDirectory(at: folder.appendingPathComponent("idr0013-b"), withIntermediateDirectories: true)
            let twice = #expect(throws: IDRError.self) { try mirror.studyFolder(of: name) }
            #expect(twice?.problem == "the mirror holds idr0013 more than once")
        }
    }
}
