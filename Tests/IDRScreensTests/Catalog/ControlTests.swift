import IDRFiles
import IDRPlan
import IDRScreens
import Testing

private func tables(_ annotation: String, of screen: String = "idr9001A", settings: [(String, String)] = []) throws -> ScreenTables {
    try ScreenTables(
        screen: ScreenName(screen), plates: PlatesTable([UInt8]("P\n".utf8), called: "plates.tsv"),
        annotation: CSVTable([UInt8](annotation.utf8), called: "annotation.csv"),
        settings: StudySettings(settings.map { (name: $0.0, bytes: [UInt8]($0.1.utf8)) }))
}

@Suite struct ControlTests {
    @Test(arguments: [
        ("vehicle control", ControlKind.negative), ("untreated", .negative), ("Mock transfection", .negative), ("DMSO", .negative),
        ("no siRNA", .negative),
        ("non-targeting siRNA", .negative), ("siRNA control, scrambled", .negative), ("negative control control", .negative),
        ("empty vector", .negative),
        ("positive control", .positive), ("transfection control (positive)", .positive), ("technical control", .other), ("Empty well", .empty),
        ("blank", .empty),
    ])
    func wordsSayWhatAControlIs(text: String, kind: ControlKind) { #expect(ControlWords.standard.kind(of: text) == kind) }

    @Test(arguments: [
        "NA", "none", "no", "non control", "not a control", "FALSE", "0", "test", "missing_info_possibly_empty", "treatment", "sample", "", " ",
        "quality control",
    ])
    func otherWordsSayNothing(text: String) { #expect(ControlWords.standard.kind(of: text) == nil) }

    @Test func anyColumnForControlsCounts() throws {
        let two = try tables("Plate,Well,Compound 1 Control Type,Compound 2 Control Type\nP,A1,,vehicle\nP,A2,positive control,\nP,A3,NA,\n")
        #expect(try two.controls().map(\.name) == ["A1", "A2"] && two.controlColumns.count == 2)
        let comments = try tables("Plate,Well,Control Type,Control Comments\nP,A1,,control cell line\nP,A2,,\n")
        #expect(try comments.controls().map(\.control) == [.other])
        // A gene is no control, whatever its name.
        #expect(throws: IDRError.self) {
            try tables("Plate,Well,Gene Symbol,Gene Name\nP,A1,CTRL,cell cycle control protein 2\nP,A2,X,y\n").controls()
        }
    }

    @Test func whereThereAreNoneTheLineToWriteIsSaid() throws {
        let rows = (1...9).map { "P,A\($0),\($0 < 4 ? "DMSO" : "drug \($0)")" }.joined(separator: "\n")
        let error = #expect(throws: IDRError.self) { try tables("Plate,Well,Drug\n\(rows)\n").controls() }
        #expect(error?.reason?.contains("\"DMSO\" in \"Drug\" (3 rows)") == true)
        #expect(error?.advice == "say which wells they are: .controls(where: \"Drug\", is: \"DMSO\")")
    }

    @Test func onlyANegativeControlIsCalledSo() throws {
        let wells = try tables(
            "Plate,Well,Control Type,Gene Symbol\nP,A1,negative control,\nP,A2,positive control,\nP,A3,technical control,\nP,A4,empty well,\n"
        ).wells()
        #expect(wells.map(\.target) == ["negative control", "", "", ""])
    }

    @Test func emptyWellsAreAKindOfTheirOwn() throws {
        let screen = try tables("Plate,Well,Control Type\nP,A1,negative control\nP,A2,empty well\n")
        #expect(try screen.controls().map(\.name) == ["A1"] && screen.controls(.empty).map(\.name) == ["A2"])
    }

    @Test func theStudysOwnColumnsSayWhatWellsWereTreatedWith() throws {
        let settings = """
            columns:
              - name: Concentration
                include: yes
              - group:
                  namespace: openmicroscopy.org/mapr/sirna
                  columns:
                  - name: siRNA Pool
                    clientname: siRNA
                  - name: siRNA Pool
                    clientname: siRNA URL
                    clientvalue: https://example.org/{{ value }}
              - group:
                  namespace: openmicroscopy.org/mapr/phenotype
                  columns:
                  - name: Phenotype 1
            """
        let screen = try tables("Plate,Well,siRNA Pool,Phenotype 1\nP,A1,s1,round\n", settings: [("idr9001-screenA-bulkmap-config.yml", settings)])
        #expect(screen.wells().map(\.target) == ["s1"])
        #expect(try screen.values(of: "siRNA") == ["s1"])
        #expect(throws: IDRError.self) { try screen.values(of: "siRNA URL") }
    }

    @Test(arguments: [("pass", 0), ("Fail", 1), ("FALSE", 1), ("Excluded: wall", 1), ("fail, n to low", 1), ("TRUE", 0)])
    func qualityIsReadAsStudiesWriteIt(text: String, failed: Int) throws {
        let screen = try tables("Plate,Well,Quality Control\nP,A1,\"\(text)\"\nP,A2,pass\n")
        let quality = try #require(screen.quality)
        #expect(screen.wells().count { quality.verdict(of: $0.rows) == .failed } == failed)
    }

    @Test func aColumnThatNamesFailuresAloneLetsOthersPass() throws {
        let screen = try tables("Plate,Well,Quality Control\nP,A1,Excluded: x\nP,A2,\n")
        #expect(screen.wells().map { screen.quality?.verdict(of: $0.rows) } == [.failed, .passed])
    }

    @Test func settingsThatAreNoYAMLAreSaidAndNotUsed() {
        let deep = String(repeating: "[", count: 5000)
        for text in ["a: [", deep, ""] {
            let settings = StudySettings([(name: "idr9001-screenA-render.yml", bytes: [UInt8](text.utf8))])
            #expect(settings.rendering.isEmpty && settings.notes.count == 1, "\(text.prefix(20))")
        }
    }
}
