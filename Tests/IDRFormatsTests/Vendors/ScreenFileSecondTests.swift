import IDRFormats
import IDRPlan
import Testing

/// `.screen` files written anew from what the IDR publishes, by somebody who did not write the reader.
@Suite struct ScreenFileSecondTests {
    private static let root = "/uod/idr/filesets/idr0999-doe-made/2020-ftp"

    private static func text(fields: Int = 1, rows: Int = 2, columns: Int = 3, _ wells: [Int: [String]]) -> String {
        var lines = ["[Plate]", "Name = /uod/idr/a = b/P 1", "Rows = \(rows)", "Columns = \(columns)", "Fields = \(fields)", ""]
        for number in 0..<rows * columns {
            lines += ["[Well \(number)]", "Row = \(number / columns)", "Column = \(number % columns)"] + (wells[number] ?? []) + [""]
        }
        return lines.joined(separator: "\n")
    }

    private static func read(_ text: String) async throws -> PlateIndex { try await IndexFolder(["P.screen": text]).read("P.screen") }

    @Test func wellsWithoutFieldsHaveNoImages() async throws {
        let index = try await Self.read(Self.text([1: ["Field_0 = \(Self.root)/a.zvi"], 5: ["Field_0 = \(Self.root)/b.ch5"]]))
        #expect(index.wellNames == ["A2", "B3"] && (index.rows, index.columns) == (2, 3))
        #expect(index.place("A2") == "\(Self.root)/a.zvi" && index.place("B3") == "\(Self.root)/b.ch5")
    }

    /// Names with blanks, brackets and commas in the list; the channels' names are in the order of its words.
    @Test func channelsAndTimesArePartsOfThePath() async throws {
        let path = "\(Self.root)/day 6-3/11-33_PMT <[GREEN] [00]_C00,[FAR RED] [00]_C01>_Time Time<0000-0029>.ome.tif"
        let index = try await Self.read(Self.text([0: ["AxisTypes = CT", "ChannelNames = GREEN,FAR RED", "Field_0 = \(path)"]]))
        #expect(index.channelNames == ["GREEN", "FAR RED"] && index.count("A1") == 60)
        #expect(index.place("A1", frame: 30, channel: 2) == "\(Self.root)/day 6-3/11-33_PMT [FAR RED] [00]_C01_Time Time0029.ome.tif")
    }

    /// Lists may lead through folders, and each word has its own identifier.
    @Test func wordsMayHoldFolders() async throws {
        let path = "\(Self.root)/20585-<ER/x_A01_s2_w22CA7BDF3,Mito/x_A01_s2_w58DA6AF6>.tif"
        let index = try await Self.read(Self.text(fields: 9, [0: ["AxisTypes = C", "ChannelNames = ER,Mito", "Field_1 = \(path)"]]))
        #expect(index.place("A1", field: 1) == nil && index.count("A1") == 2)
        #expect(index.place("A1", field: 2, channel: 2) == "\(Self.root)/20585-Mito/x_A01_s2_w58DA6AF6.tif")
    }

    @Test func linesMayEndAsOnWindows() async throws {
        let text = Self.text([0: ["Field_0 = \(Self.root)/a.tif"]]).replacing("\n", with: "\r\n").replacing(" = ", with: "=")
        #expect(try await Self.read("\u{FEFF}" + text).place("A1") == "\(Self.root)/a.tif")
    }

    @Test(arguments: [
        text([:]), text(rows: 0, columns: 0, [:]), text([0: ["Field_1 = a.tif"]]), text([0: ["Field_-1 = a.tif"]]), text([0: ["Field_x = a.tif"]]),
        text([0: ["Row = 7", "Field_0 = a.tif"]]), text([0: ["Column = -1", "Field_0 = a.tif"]]),
        text([0: ["AxisTypes = Q", "Field_0 = <a,b>.tif"]]),
        text([0: ["AxisTypes = CZ", "Field_0 = <a,b>.tif"]]), text([0: ["Field_0 = <1-99999999>.tif"]]), text([0: ["Field_0 = <9-1>.tif"]]),
        text([0: ["Field_0 = \(String(repeating: "<0-9>", count: 11))"]]), text([0: ["Field_0 = <a"]]), text([0: ["Field_0 = ../../../../../x.tif"]]),
        text([0: ["Field_0 = /etc/passwd"]]), text([0: ["Field_0 = \(root)/../../../../etc/passwd"]]), "[Plate]\n", "", "\u{0}", "[Plate\nRows=1",
    ])
    func whatIsWrongIsRefused(text: String) async throws {
        await #expect(throws: IDRError.self) {
            let index = try await Self.read(text)
            for well in index.wells.keys { _ = try IndexedWell(well, of: index, in: "idr0999-doe-made/screens") }
        }
    }
}
