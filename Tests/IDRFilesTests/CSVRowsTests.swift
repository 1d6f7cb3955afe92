import IDRFiles
import IDRPlan
import TestSupport
import Testing

@Suite struct CSVRowsTests {
    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,", [["a", "b"], ["1", ""]]),
        ("\"a,b\",\"say \"\"x\"\"\"\n", [["a,b", "say \"x\""]]),
        ("\"two\nlines\",\"\"\n\n,\n", [["two\nlines", ""], ["", ""]]),
        ("\"cr\r\"\r\n\"\"\n", [["cr\r"], [""]]),
        ("\"7\"tail,8\"9\n", [["7tail", "8\"9"]]),
        ("\u{feff}a,µ\n", [["a", "µ"]]),
        ("", []), ("\n", []), ("\r\n", []), ("\u{feff}", []),
    ])
    func rowsOfAText(text: String, rows: [[String]]) throws { #expect(try CSVRows.all(text.utf8, called: "text") == rows) }

    @Test func anOpenQuoteIsAnError() {
        let error = #expect(throws: IDRError.self) { try CSVRows.all("a,b\n1,\"2\n3,4\n".utf8, called: "plates.csv") }
        #expect(error?.problem == "plates.csv is truncated" && error?.reason == "a quote that opens in row 2 never closes")
    }

    @Test func fieldsAreQuotedWhereTheyNeedIt() {
        var text: [UInt8] = []
        for field in ["plain", "", "a,b", "say \"x\"", "two\nlines", "cr\r", "µ"] {
            CSVRows.append(field, to: &text)
            text.append(UInt8(ascii: ";"))
        }
        #expect(String(decoding: text, as: UTF8.self) == "plain;;\"a,b\";\"say \"\"x\"\"\";\"two\nlines\";\"cr\r\";µ;")
    }

    /// The rows of `text` as ranges, which comes in two pieces.
    private func rows(_ text: [UInt8], cutAt cut: Int) -> [[String]]? {
        var (rows, fields, position) = ([[String]](), [Range<Int>](), 0)
        for isWhole in [false, true] {
            let part = isWhole ? text : Array(text[..<cut])
            let isRead = part.withUnsafeBufferPointer { bytes in
                while position < bytes.count {
                    guard let next = CSVRows.next(of: bytes, at: position, isWhole: isWhole, &fields) else { return !isWhole }
                    rows.append(fields.map { String(decoding: bytes[$0], as: UTF8.self) })
                    position = next
                }
                return true
            }
            if !isRead { return nil }
        }
        return rows
    }

    @Test(arguments: ["a,\"b \"\"c\"\"\",\n\"x\ny\",-1.5e-7,\"\"\nlast,1,2\n", "a,\"b\"\r\n\"1\",2\r\n\r\n3,4", "1,2\r3,\"4\"\r"])
    func aTextReadInPiecesHasTheSameRows(text: String) throws {
        let bytes = [UInt8](text.utf8)
        let whole = try #require(rows(bytes, cutAt: bytes.count))
        for cut in bytes.indices { #expect(rows(bytes, cutAt: cut) == whole, "cut at \(cut)") }
    }

    @Test func rangesLeaveDoubledQuotesAlone() {
        #expect(rows([UInt8]("a,\"b \"\"c\"\"\",\n".utf8), cutAt: 0) == [["a", "b \"\"c\"\"", ""]])
    }

    @Test(arguments: ["\"a\"b,1\n", "1,\"open\n", "\"a\" \n"])
    func textBehindAClosingQuoteIsNoRow(text: String) { #expect(rows([UInt8](text.utf8), cutAt: 0) == nil) }

    @Test(arguments: 0..<100)
    func arbitraryBytesNeverTrap(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = [0x2C, 0x0A, 0x0D, 0x22, 0x41, 0xC3, 0xFF, 0x00]
        let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ -> UInt8 in alphabet.randomElement(using: &random) ?? 0 }
        guard let whole = rows(bytes, cutAt: 0) else { return }
        for cut in bytes.indices { #expect(rows(bytes, cutAt: cut) == whole, "cut at \(cut) of \(bytes)") }
    }
}
