import IDRFiles
import IDRPlan
import IDRScreens
import TestSupport
import Testing

private func table(_ text: String) throws(IDRError) -> CSVTable { try CSVTable([UInt8](text.utf8), called: "table.csv") }

@Suite struct CSVTableTests {
    @Test func quotesSeparatorsAndLineEndsAreRead() throws {
        let table = try table("a,\"b,1\",c\r\n1,\"x \"\"y\"\"\nz\",3\r\n\n4,,\n\"7\"tail,8\"9,\"\"\r10")
        #expect(table.columns == ["a", "b,1", "c"])
        #expect(table.count == 4)
        #expect(table.row(0) == ["1", "x \"y\"\nz", "3"])
        #expect(table.row(1) == ["4", "", ""])
        // As pandas: text after a closing quote is kept, a quote inside a field is a character.
        #expect(table.row(2) == ["7tail", "8\"9", ""])
        #expect(table.row(3) == ["10", "", ""])
        #expect(try table.values(of: ["c", "a"]) == [["3", "", "", ""], ["1", "4", "7tail", "10"]])
        #expect(try table.values(of: ["a", "a"]) == [["1", "4", "7tail", "10"], ["1", "4", "7tail", "10"]])
    }

    @Test func encodings() throws {
        #expect(try table("\u{FEFF}Plate,Well\nP,A1\n").columns == ["Plate", "Well"])
        #expect(try table("Plate,Gene\nP,Hériché µ\n").row(0) == ["P", "Hériché µ"])
        let latin1 = [UInt8]("Plate,Gene\nP,H".utf8) + [0xE9, 0x72, 0x69] + [UInt8](" \"".utf8) + [0xB5, 0x0A]
        #expect(try CSVTable(latin1, called: "old.csv").row(0) == ["P", "Héri \"µ"])
        let utf16 = #expect(throws: IDRError.self) { try CSVTable([0xFF, 0xFE, 0x50, 0x00], called: "t.csv") }
        #expect(utf16?.problem.contains("UTF-16") == true)
    }

    @Test(arguments: ["", "\n", "\r\n", "\u{FEFF}", ",,\n", "\"\""])
    func aTableWithoutHeaderIsRefused(text: String) {
        let error = #expect(throws: IDRError.self) { try table(text) }
        #expect(error?.problem == "the table is empty" && error?.subject == ["table.csv"])
    }

    @Test func brokenRowsAreRefused() throws {
        let open = #expect(throws: IDRError.self) { try table("a,b\n1,2\n3,\"4\n5,6\n") }
        #expect(open?.problem == "a quoted field in row 2 of the table is never closed")
        #expect(throws: IDRError.self) { try table("a,\"b\n") }
        let long = #expect(throws: IDRError.self) { try table("a,b\n1,2,3\n") }
        #expect(long?.problem == "row 1 of the table has 3 fields" && long?.reason == "the header names 2 columns")
        // Separators at a row's end are no fields.
        #expect(try table("a,b\n1,2,,\n").row(0) == ["1", "2"])
    }

    @Test func missingColumnsAreNamedTogetherWithThoseThatThereAre() throws {
        let table = try table("Plate,Well,Control Type\nP,A1,\n")
        let error = #expect(throws: IDRError.self) { try table.values(of: ["Plate", "Controll Type", "Score"]) }
        #expect(error?.code == .missing && error?.problem == "the table has no column \"Controll Type\", \"Score\"")
        #expect(error?.reason == "its columns are \"Plate\", \"Well\", \"Control Type\"")
        #expect(error?.advice == "did you mean \"Control Type\"?")
    }

    @Test(arguments: 0..<60)
    func whatIsWrittenIsRead(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet: [Character] = ["a", "B", "7", " ", ",", "\"", "\n", "\r", "é", "µ", ";", "\t"]
        let columns = Int.random(in: 1...6, using: &random)
        func text() -> String { String((0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "x" }) }
        let header = (0..<columns).map { "column \($0)" }
        let rows = (0..<Int.random(in: 0...20, using: &random)).map { _ in ["k"] + (1..<columns + 1).dropLast().map { _ in text() } }
        let lineEnd = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
        func quoted(_ field: String) -> String {
            let mustQuote = field.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) } || Bool.random(using: &random)
            return mustQuote ? "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : field
        }
        let lines = ([header] + rows).map { $0.map(quoted).joined(separator: ",") }
        let table = try table(lines.joined(separator: lineEnd) + (Bool.random(using: &random) ? lineEnd : ""))
        #expect(table.columns == header)
        #expect((0..<table.count).map(table.row) == rows)
        for (index, column) in header.enumerated() { #expect(try table.values(of: column) == rows.map { $0[index] }) }
    }

    @Test(arguments: 0..<200)
    func arbitraryBytesNeverTrap(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = [0x2C, 0x0A, 0x0D, 0x22, 0x41, 0xC3, 0xFF, 0x00]
        let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ -> UInt8 in alphabet.randomElement(using: &random) ?? 0 }
        guard let table = try? CSVTable(bytes, called: "t") else { return }
        let rows = (0..<table.count).map(table.row)
        #expect(rows.allSatisfy { $0.count == table.columns.count })
        #expect((try? table.values(of: table.columns[0]))?.count == table.count)
    }
}

@Suite struct PlatesTableTests {
    @Test func bothFormsAreRead() throws {
        let two = try PlatesTable([UInt8]("LT0001_02\t../screens/LT0001_02--ex2005.screen\r\nTOG[2702]\t/uod/idr/a b[1]\n".utf8), called: "p")
        #expect(two.entries.map(\.plate) == ["LT0001_02", "TOG[2702]"])
        #expect(two["LT0001_02"]?.screenFolder == "LT0001_02--ex2005" && two["TOG[2702]"]?.screenFolder == nil)
        let one = try PlatesTable([UInt8]("P1\nP2\n\n".utf8), called: "p")
        #expect(one.entries.map(\.plate) == ["P1", "P2"] && one["P1"]?.source == nil && one["P3"] == nil)
        #expect(throws: IDRError.self) { try PlatesTable([], called: "p") }
        #expect(throws: IDRError.self) { try PlatesTable([UInt8]("P\ta\nP\tb\n".utf8), called: "p") }
    }
}

@Suite struct NameTests {
    @Test func screensAreNamed() throws {
        let name = try ScreenName("idr0013A")
        #expect(name.study == "idr0013" && name.letter == "A" && name.description == "idr0013A")
        #expect(try ScreenName("IDR0013b").description == "idr0013B")
    }

    @Test(arguments: [
        "", "idr", "idr13A", "idr0013", "0013A", "idr0013AB", "idr0013-screenA", "idr00131", "idrabcdA", "idr0013 A", "idr٠٠١٣A", "idr0013Ä",
    ])
    func whatIsNoScreenIsSaidToBeNone(text: String) {
        let error = #expect(throws: IDRError.self) { try ScreenName(text) }
        #expect(error?.code == .invalidPlan && error?.problem == "\"\(text)\" is not the name of a screen" && error?.advice != nil)
    }

    @Test func wellsAreCountedAlongTheRows() throws {
        #expect(WellName("A1")?.number() == 1 && WellName("A4")?.number() == 4 && WellName("B2")?.number() == 26 && WellName("P24")?.number() == 384)
        #expect(WellName("B2")?.number(columns: 12) == 14 && WellName("A25")?.number() == nil)
        for number in 1...384 {
            let well = try WellName(number: number)
            #expect(well.number() == number && WellName(well.description) == well)
        }
        #expect(try WellName(number: 26 * 48 + 1, columns: 48).description == "AA1" && WellName("AF48")?.row == 31)
        #expect(throws: IDRError.self) { try WellName(number: 0) }
        #expect(WellName("b02") == WellName("B2"))
        for text in ["", "A", "4", "A0", "AAA1", "A-1", "A1 ", "Ä1", "A٤", "A9999", "1A"] { #expect(WellName(text) == nil, "\(text)") }
    }

    @Test(arguments: [
        "", ".", "..", "../x", "a/b", "/etc", "a\\b", "a\u{0}b", "a\nb", "\u{7F}", "\u{85}", "a..b", String(repeating: "x", count: 201),
    ])
    func whatIsNoPathPartIsRefused(name: String) {
        let error = #expect(throws: IDRError.self) { try PathPart.checked(name, called: "the plate's name") }
        #expect(error?.code == .refused)
    }

    @Test(arguments: ["LT0001_02--ex2005_11_16--sp2005_02_17--tt17--c3", "200972429 TOG[2702]", "a.b", "#1", "Hériché"])
    func namesOfPlatesArePathParts(name: String) throws { #expect(try PathPart.checked(name, called: "x") == name) }

    @Test func controlsAreToldByTheBeginningsOfTheirTexts() {
        let words = ControlWords()
        for text in ["negative control", "Negative Control (scrambled)", "  NEGATIVE", "negative"] { #expect(words.kind(of: text) == .negative) }
        #expect(words.kind(of: "positive control") == .positive)
        for text in ["technical control", "unknown control"] { #expect(words.kind(of: text) == .other) }
        for text in ["", "  ", "no reagent"] { #expect(words.kind(of: text) == nil) }
        for text in ["empty well", "Empty", "blank"] { #expect(words.kind(of: text) == .empty) }
        let own = ControlWords(negative: ["No Reagent", ""], positive: [], none: [])
        #expect(own.kind(of: "no reagent") == .negative && own.kind(of: "empty well") == nil)
    }
}
