package import IDRPlan

/// Comma-separated text, quoted as Python's csv module and RFC 4180 do.
package enum CSVText {
    /// The rows of `text`. Fields in quotes may hold commas, doubled quotes and line ends; lines with nothing in them are skipped, as pandas does.
    ///
    /// - Parameter what: how errors call the text.
    /// - Throws: ``IDRError`` where a quote is never closed.
    package static func rows(_ text: some Sequence<UInt8>, called what: String) throws(IDRError) -> [[String]] {
        var parser = Parser()
        for byte in text { parser.take(byte) }
        var rows = try parser.finish(called: what)
        // A byte order mark is no part of the first name.
        if let first = rows.first?.first, first.unicodeScalars.first == "\u{feff}" { rows[0][0] = String(first.unicodeScalars.dropFirst()) }
        return rows
    }

    /// `field` in quotes where it needs them.
    static func append(_ field: String, to line: inout [UInt8]) {
        let isPlain = field.utf8.allSatisfy { byte in
            byte != UInt8(ascii: ",") && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r")
        }
        if isPlain {
            line.append(contentsOf: field.utf8)
            return
        }
        line.append(UInt8(ascii: "\""))
        for byte in field.utf8 {
            if byte == UInt8(ascii: "\"") { line.append(byte) }
            line.append(byte)
        }
        line.append(UInt8(ascii: "\""))
    }

    private struct Parser {
        private enum State { case fieldStart, plain, quoted, quoteInQuoted }

        private var state = State.fieldStart
        private var field: [UInt8] = []
        private var row: [String] = []
        private var rows: [[String]] = []

        mutating func take(_ byte: UInt8) {
            switch (state, byte) {
            case (.fieldStart, UInt8(ascii: "\"")): state = .quoted
            case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
            case (.quoted, _): field.append(byte)
            case (.quoteInQuoted, UInt8(ascii: "\"")):
                field.append(byte)
                state = .quoted
            case (_, UInt8(ascii: ",")): endField()
            case (_, UInt8(ascii: "\n")): endRow()
            default:
                field.append(byte)
                state = .plain
            }
        }

        mutating func finish(called what: String) throws(IDRError) -> [[String]] {
            guard state != .quoted else {
                throw IDRError(.invalidInput, "\(what) is truncated", because: "a quote that opens in row \(rows.count + 1) never closes")
            }
            endRow()
            return rows
        }

        private mutating func endField() {
            row.append(String(decoding: field, as: UTF8.self))
            field = []
            state = .fieldStart
        }

        private mutating func endRow() {
            // A line end of two characters.
            if state == .plain, field.last == UInt8(ascii: "\r") { field.removeLast() }
            let isBlank = row.isEmpty && field.isEmpty && state != .quoteInQuoted
            endField()
            if !isBlank { rows.append(row) }
            row = []
        }
    }
}
