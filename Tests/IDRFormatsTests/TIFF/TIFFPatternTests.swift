import Foundation
import IDRFormats
import IDRPlan
import TestSupport
import Testing

/// A pattern, and how the names that fit it are made.
struct NamingCase: Sendable, CustomTestStringConvertible {
    let pattern: String
    var fields = 1
    var frames = 1
    var channels = 1
    var slices = 1
    let name: @Sendable (PlaneIndex) -> String

    var testDescription: String { pattern }

    var indices: [PlaneIndex] {
        (1...fields).flatMap { field in
            (1...frames).flatMap { frame in
                (1...channels).flatMap { channel in (1...slices).map { PlaneIndex(field: field, frame: frame, channel: channel, z: $0) } }
            }
        }
    }

    static func padded(_ number: Int, _ digits: Int) -> String { String(String(number + 1_000_000_000).suffix(max(digits, String(number).count))) }

    static let all: [NamingCase] = [
        NamingCase(pattern: opera, fields: 4, frames: 2, channels: 3, slices: 12) {
            "P/r01c04f\(padded($0.field, 2))p\(padded($0.z, 2))-ch\($0.channel)sk\($0.frame)fk1fl1.tiff"
        },
        NamingCase(pattern: opera, fields: 101, frames: 1) { "P/r01c04f\(padded($0.field, 2))p01-ch1sk\($0.frame)fk1fl1.tiff" },
        NamingCase(pattern: cellPainting, fields: 9, channels: 5) { "P/P_A04_s\($0.field)_w\($0.channel)\(UInt32($0.field) &* 2_654_435_761).tif" },
        NamingCase(pattern: "{plate}-{channel:Hoechst|ERSyto|ERSytoBleed}/x_{well:padded}_s{field}_*.tif", fields: 3, channels: 3) {
            "P-\(["Hoechst", "ERSyto", "ERSytoBleed"][$0.channel - 1])/x_a04_s\($0.field)_w1.tif"
        },
        NamingCase(pattern: "{row:letter}/{row}/{column}/{number}_{number:4}_{well}_t{frame:3:0}.tif", frames: 5) {
            "a/1/4/4_0004_A4_t\(padded($0.frame - 1, 3)).tif"
        },
        NamingCase(pattern: "{field:2}{z:2}.tif", fields: 11, slices: 12) { "\(padded($0.field, 2))\(padded($0.z, 2)).tif" },
        NamingCase(pattern: "*é*_{z}*", slices: 3) { "aé é5_\($0.z).tif" },
        NamingCase(pattern: "{plate}.companion.ome") { _ in "P.companion.ome" },
    ]

    static let opera = "{plate}/r{row:2}c{column:2}f{field:2}p{z:2}-ch{channel}sk{frame}fk1fl1.tiff"
    static let cellPainting = "{plate}/{plate}_{well:padded}_s{field}_w{channel:1}*.tif"
}

@Suite struct TIFFPatternTests {
    private func names(_ pattern: String, _ names: [String], well: String = "A4", plate: String = "P") throws -> TIFFWellNames {
        try TIFFWellNames(pattern: TIFFPattern(pattern), plate: plate, well: #require(WellName(well)), names: names)
    }

    @Test(arguments: NamingCase.all) func theNamesOfAWellAreFoundAmongOthers(_ naming: NamingCase) throws {
        let expected = Dictionary(uniqueKeysWithValues: naming.indices.map { ($0, naming.name($0)) })
        var random = SeededGenerator(seed: 3)
        let others = [
            "", "P", "thumbs.db", "P/r01c05f01p01-ch1sk1fk1fl1.tiff", "Q/P_A04_s1_w1.tif", "P/P_A04_s1_w1.jpg", "P/P_A14_s1_w1.tif",
            "P/x/P_A04_s1_w1.tif",
        ]
        let found = try names(naming.pattern, (Array(expected.values) + others).shuffled(using: &random))
        #expect(found.names == expected)
        let last = try #require(naming.indices.last)
        #expect(found.name(of: last) == naming.name(last))
    }

    /// Not every plane of a grid must have a file.
    @Test(arguments: NamingCase.all.filter { $0.indices.count > 1 }) func aMissingPlaneHasNoName(_ naming: NamingCase) throws {
        for gap in naming.indices.dropLast().prefix(40) {
            let found = try names(naming.pattern, naming.indices.filter { $0 != gap }.map(naming.name))
            #expect(found.name(of: gap) == nil && found.names.count == naming.indices.count - 1)
        }
    }

    /// ImageXpress writes a preview beside each image, whose name fits where the image's does.
    @Test func previewsAreNoImages() throws {
        let all = ["T_1/e_A04_s1_w1C9B2-11.tif", "T_1/e_A04_s1_w1_thumbC9B2-12.tif", "T_1/e_A04_s1_w1_ThumbX.TIF"]
        let pattern = "T_{frame}/*_{well:padded}_s{field}_w{channel:1}*.tif"
        #expect(try names(pattern, all).names.values.sorted() == [all[0]])
        // Whoever asks for them gets them.
        #expect(try names("T_{frame}/*_{well:padded}_s{field}_w{channel:1}_thumbC*.tif", all).names.values.sorted() == [all[1]])
    }

    @Test func rowsAndColumnsMayCountFromZero() throws {
        let found = try names("U{column:2:0}--V{row:2:0}--{number:4:0}--{number:2}.tif", ["U03--V00--0003--04.tif", "U04--V01--0004--05.tif"])
        #expect(found.names.values.sorted() == ["U03--V00--0003--04.tif"])
        #expect(try names("{row:1:0}x{column}.tif", ["1x2.tif"], well: "B2").names.count == 1)
    }

    @Test func letterCaseOfTheEndingDoesNotCount() throws {
        #expect(try names("{well}_s{field}.tif", ["A4_s1.TIF", "A4_s2.Tif", "A4_s3.tif"]).names.count == 3)
        #expect(throws: IDRError.self) { try names("Img{field}.tif", ["img1.tif"]) }
        #expect(throws: IDRError.self) { try names("{well}.TIFF", ["A4.tif"]) }
    }

    /// Numbers that are no counts: memory and time are taken for what is there.
    @Test func numbersThatAreNoCountsAreNamed() throws {
        let error = #expect(throws: IDRError.self) { try names("s{field}.tif", ["s1.tif", "s20260315.tif"]) }
        #expect(error?.problem.contains("up to 20260315") == true)
    }

    @Test func axesInTheFilesCountAsOne() throws {
        let found = try names("{plate}_{well}_s{field}.tif", ["P_A4_s1.tif", "P_A4_s2.tif"])
        #expect(found.pattern.axes == [.field])
        #expect(found.name(of: PlaneIndex(field: 2, frame: 7, channel: 3, z: 9)) == "P_A4_s2.tif")
        #expect(found.name(of: PlaneIndex(field: 3, frame: 1)) == nil)
    }

    @Test func twoFilesOfOnePlaneAreAnError() throws {
        let error = #expect(throws: IDRError.self) { try names("s{field}*.tif", ["s1a.tif", "s1b.tif"]) }
        #expect(error?.reason?.contains("\"s1a.tif\" and \"s1b.tif\"") == true)
        // The same name twice is one file.
        #expect(try names("s{field}*.tif", ["s1a.tif", "s1a.tif"]).names.count == 1)
    }

    @Test func aPatternThatFitsNothingShowsWhatThereIs() throws {
        let error = #expect(throws: IDRError.self) { try names(NamingCase.opera, ["P/r01c04f1p01-ch1sk1fk1fl1.tiff"]) }
        #expect(error?.code == .missing)
        #expect(error?.reason?.contains("1 files, such as \"P/r01c04f1p01-ch1sk1fk1fl1.tiff\"") == true)
        #expect(#expect(throws: IDRError.self) { try names("a", []) }?.reason == "there are no files")
        // The plate has no such column, so no number.
        #expect(throws: IDRError.self) { try names("{number}.tif", ["0.tif", "30.tif"], well: "A30") }
        #expect(throws: IDRError.self) { try names("s{field}.tif", ["s0.tif"]) }
        #expect(throws: IDRError.self) { try names("s{field}.tif", ["s99999999999999999999.tif"]) }
    }

    @Test func namesThatLeadOutOfTheFolderAreRefused() throws {
        for name in ["../1.tif", "a\u{7}/1.tif", "/1.tif", "a\\b/1.tif"] {
            #expect(#expect(throws: IDRError.self) { try names("*/{field}.tif", [name]) }?.code == .refused)
        }
    }

    /// Many stars against a name that almost fits would take for ever without a memory of what has failed.
    @Test(.timeLimit(.minutes(1))) func starsTakeBoundedTime() throws {
        let pattern = String(repeating: "*a", count: 30) + "{field}b"
        #expect(throws: IDRError.self) { try names(pattern, [String(repeating: "a", count: 190)]) }
    }

    @Test(arguments: [
        ("", "empty"), ("{plate", "no }"), ("plate}", "no {"), ("{plane}", "{plane}"), ("{field}{field}", "twice"), ("{field:0}", "{field:0}"),
        ("{field:10}", "{field:10}"), ("{field:2:2}", "{field:2:2}"), ("{field:2:0:1}", "{field:2:0:1}"), ("{channel:a|}", "empty word"),
        ("{channel:a|a}", "twice"), ("{well:big}", "{well:big}"), ("{plate:2}", "{plate:2}"), ("{row:-1}", "{row:-1}"), ("{}", "{}"),
        ("{{z}}", "{{z}"), ("{row:2:2}", "{row:2:2}"), ("{column:2:0:1}", "{column:2:0:1}"),
    ])
    func patternsThatAreNoneAreRefused(text: String, reason: String) throws {
        let error = #expect(throws: IDRError.self) { try TIFFPattern(text) }
        #expect(error?.code == .invalidPlan)
        #expect(error?.reason?.contains(reason) == true, "\(error?.reason ?? "nothing")")
        #expect(throws: IDRError.self) { try JSONDecoder().decode([TIFFPattern].self, from: JSONEncoder().encode([text])) }
    }

    @Test func patternsAreStoredAsTheirText() throws {
        for naming in NamingCase.all {
            let pattern = try TIFFPattern(naming.pattern)
            let stored = try JSONEncoder().encode([pattern])
            #expect(try JSONDecoder().decode([String].self, from: stored) == [naming.pattern])
            #expect(try JSONDecoder().decode([TIFFPattern].self, from: stored) == [pattern])
        }
    }
}
