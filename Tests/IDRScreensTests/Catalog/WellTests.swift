import Foundation
import IDRFiles
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/screens").standardized.path

private func mirrored(_ folder: String, _ screen: String) throws -> ScreenTables {
    try ScreenMirror(root: "\(fixtures)/\(folder)").screen(ScreenName(screen)).tables
}

private func wellTables(_ lines: [String], header: String = "Plate,Well,Gene Symbol,Control Type") throws -> ScreenTables {
    let text = ([header] + lines).joined(separator: "\n") + "\n"
    return try ScreenTables(
        screen: ScreenName("idr9100A"), plates: PlatesTable([UInt8]("P\t/x\n".utf8), called: "plates.tsv"),
        annotation: CSVTable([UInt8](text.utf8), called: "annotation.csv"))
}

/// Which wells a table has.
@Suite struct WellTests {
    @Test func rowsThatSayThatThereIsNoImageAreLeftOutAndSaid() throws {
        let tables = try mirrored("03-idr0007-rows-without-images/mirror", "idr0007A")
        #expect(tables.wells().map(\.name) == ["A1", "A3"] && tables.wells().map(\.row) == [0, 2])
        #expect(tables.notes.contains { $0.hasPrefix("2 rows have no image, left out") }, "\(tables.notes)")
    }

    @Test(arguments: [
        ("no image", false), ("images not available", false), ("Plate missing", false), ("image not available", false),
        ("no annotation available", true), ("empty well", true), ("imaging buffer", true), ("no image correction", true), ("", true),
    ])
    func onlyWordsOnTheImageLeaveARowOut(words: String, stays: Bool) throws {
        let tables = try wellTables(["P,A1,x,,\(words)", "P,A2,y,,"], header: "Plate,Well,Gene Symbol,Control Type,Comments")
        #expect(tables.wells().map(\.name) == (stays ? ["A1", "A2"] : ["A2"]))
    }

    @Test func largePlatesHaveTwoLettersAndOneSpellingAWell() throws {
        let tables = try mirrored("15-made-up-well-names", "idr9001A")
        #expect(tables.columns(of: "P1") == 48)
        #expect(try tables.well("AF48", on: "P1").number == 1536)
        let twice = try wellTables(["P,A01,x,", "P,B1,y,", "P,A1,z,"])
        #expect(twice.wells().map(\.rows) == [[0, 2], [1]])
        #expect(try twice.well("A1", on: "P") == twice.well("A01", on: "P"))
    }

    @Test func aCellThatNamesNoWellCostsItsRowAndOneNote() throws {
        let tables = try mirrored("15-made-up-well-names", "idr9002A")
        #expect(tables.wells().map(\.name) == ["A1", "B1"])
        #expect(tables.notes.count { $0.contains("no well, left out") } == 1, "\(tables.notes)")
    }

    @Test func rowsOfAWellAreJoinedInTheirOrder() throws {
        let tables = try wellTables(["P,A1,KIF11,", "P,A1,COPB1,", "P,A1,KIF11,"])
        let well = try tables.well("A1", on: "P")
        #expect(tables.wellCount == 1 && well.target == "KIF11; COPB1" && well.rows == [0, 1, 2])
        #expect(tables.annotations(of: well).map(\.value) == ["P", "A1", "KIF11; COPB1", ""])
    }

    @Test(arguments: [("B3", 3), ("C4", 4), ("D6", 6), ("F8", 8), ("H12", 12), ("P24", 24), ("AF48", 48), ("B13", 24), ("A49", 49)])
    func aPlateIsTheSmallestThatHoldsItsWells(last: String, columns: Int) throws {
        #expect(try wellTables(["P,A1,x,", "P,\(last),y,"]).columns(of: "P") == columns)
    }

    /// A 96-well plate's C3 is 27, and E3 51: with 24 columns C3 were E3's 51.
    @Test func wellsOfAPlateHaveNumbersOfTheirOwn() throws {
        let tables = try wellTables(["P,C3,x,", "P,E3,y,", "P,H12,z,"])
        #expect(tables.wells().map(\.number) == [27, 51, 96])
    }

    @Test func wellsWithoutAnImageStillSayHowLargeTheirPlateIs() throws {
        let tables = try wellTables(["P,B1,x,,", "P,P24,y,,no image"], header: "Plate,Well,Gene Symbol,Control Type,Comments")
        #expect(tables.wells().map(\.number) == [25] && tables.columns(of: "P") == 24)
    }

    @Test func platesMayHaveSlashesInTheirNames() throws {
        let tables = try mirrored("16-idr0017-slash", "idr0017A")
        let plate = "AKT1-/-_&_AKT2-/-_LOPAC_Plate_1_Replicate_1"
        #expect(try tables.well("A1", on: plate).plate == plate && tables.plates[plate]?.source?.hasSuffix(".xdce") == true)
    }
}

/// Plates tables as studies write them.
@Suite struct PlatesOrderTests {
    private func table(_ text: String, _ columns: [String] = []) throws -> [String] {
        try PlatesTable([UInt8](text.utf8), called: "plates.tsv", columns: columns).entries.map { "\($0.plate)=\($0.source ?? "-")" }
    }

    @Test func namesAndPathsStandAsTheStudySays() throws {
        #expect(try table("a\tb\n", ["path", "name"]) == ["b=a"] && table("a\tb\n", ["name", "path"]) == ["a=b"])
        #expect(try table("/x/P-1.wpi\n", ["path"]) == ["P-1=/x/P-1.wpi"])
        // Where it does not say: by what looks like a place.
        #expect(try table("/x/y\tP\n/x/z\tQ\n") == ["P=/x/y", "Q=/x/z"] && table("P\t../screens/P.screen\n") == ["P=../screens/P.screen"])
        #expect(try table("P\nQ\n") == ["P=-", "Q=-"])
    }

    /// A mirror's study includes settings of its own, and those of all studies; the nearest count.
    @Test func theStudysOwnSettingsCountBeforeThoseOfAll() throws {
        let scratch = try ScratchFolder()
        let folder = scratch("mirror/idr9100-x/screenA")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func write(_ text: String, _ path: String) throws { try text.write(toFile: "\(folder)/\(path)", atomically: true, encoding: .utf8) }
        try write("columns:\n  - name\n  - path\n", "../../bulk.yml")
        try write("columns:\n  - path\n  - name\n", "../bulk.yml")
        try write("include: ../bulk.yml\n", "idr9100-screenA-bulk.yml")
        try write("one\ttwo\n", "idr9100-screenA-plates.tsv")
        try write("Plate,Well\ntwo,A1\n", "idr9100-screenA-annotation.csv")
        let screen = try ScreenMirror(root: scratch("mirror")).screen(ScreenName("idr9100A"))
        #expect(screen.tables.plates["two"]?.source == "one" && screen.settingsFiles.count == 3)
    }
}

/// Screens that lists do not have, and settings of servers.
@Suite struct UnlistedScreenTests {
    private let folder = "/idr-metadata/idr0035-caie-drugresponse/screenD/idr0035-screenD"

    private func catalog(_ idr: FakeIDR, _ scratch: ScratchFolder) throws -> Catalog {
        let access = idr.access(cache: scratch("cache"))
        return Catalog(access: access, network: try Network(access: access, client: RemoteClient.impatient()))
    }

    @Test func aScreenWhoseTablesAreThereIsFoundBesideOthersOfItsStudy() async throws {
        let idr = try FakeIDR([
            "/studies.tsv": CatalogTests.studies, folder + "-annotation.csv": "Plate,Well\ntwo,A1\n", folder + "-plates.tsv": "one\ttwo\n",
            "/idr-metadata/idr0035-caie-drugresponse/bulk.yml": "columns:\n  - path\n  - name\n",
        ])
        let scratch = try ScratchFolder()
        let screen = try await catalog(idr, scratch).screen(ScreenName("idr0035D"))
        #expect(screen.study == "idr0035-caie-drugresponse" && screen.tables.plates["two"]?.source == "one")
        #expect(screen.settingsFiles.map(\.file.name) == ["bulk.yml"] && screen.files.count == 2)
    }

    @Test func theServicesAreAskedBeforeAScreenIsRefused() async throws {
        let idr = try FakeIDR(["/studies.tsv": CatalogTests.studies])
        let scratch = try ScratchFolder()
        let error = await #expect(throws: IDRError.self) { try await catalog(idr, scratch).screen(ScreenName("idr7777A")) }
        #expect(error?.problem == "the IDR lists no screen idr7777A" && error?.reason?.contains("services could not be asked") == true)
        #expect(idr.server.requests.contains { $0.path.hasPrefix("/api/v0/m/screens/") })
    }
}
