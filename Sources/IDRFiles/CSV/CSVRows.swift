package import IDRPlan

/// Rows of comma-separated text: read as ``CSVCursor`` finds their fields, written with the quotes that Python's csv module and RFC 4180 give.
package enum CSVRows {
    /// Finds the fields of the row that begins at `start`, as ranges: nothing is copied, and quotes that are doubled inside stay so.
    /// - Parameters:
    ///   - isWhole: whether `text` ends where the file ends, so that its end also ends a row.
    ///   - fields: each without the quotes around it.
    /// - Returns: where the next row begins; nil where `text` ends first, or text follows a closing quote.
    package static func next(of text: UnsafeBufferPointer<UInt8>, at start: Int, isWhole: Bool, _ fields: inout [Range<Int>]) -> Int? {
        fields.removeAll(keepingCapacity: true)
        var cursor = CSVCursor(bytes: text, separator: UInt8(ascii: ","), position: start, isWhole: isWhole)
        while true {
            let field = cursor.next()
            guard field.isComplete, let content = field.content else { return nil }
            fields.append(content)
            if field.endsRow { return cursor.position }
        }
    }

    /// All rows of `text`. Fields in quotes may hold commas, doubled quotes and line ends; lines with nothing in them are skipped, as pandas does,
    /// and a byte order mark is no part of the first field.
    /// - Parameter what: how errors call the text.
    /// - Throws: ``IDRError`` where a quote is never closed.
    package static func all(_ text: some Sequence<UInt8>, called what: String) throws(IDRError) -> [[String]] {
        let bytes = Array(text)
        return try bytes.withUnsafeBufferPointer { buffer throws(IDRError) in
            let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            var cursor = CSVCursor(bytes: buffer, separator: UInt8(ascii: ","), position: start)
            var rows: [[String]] = []
            while !cursor.isAtEnd {
                var row: [String] = []
                var field: CSVCursor.Field
                repeat {
                    field = cursor.next()
                    guard field.isComplete else {
                        throw IDRError(.invalidInput, "\(what) is truncated", because: "a quote that opens in row \(rows.count + 1) never closes")
                    }
                    row.append(cursor.text(field, isLatin1: false))
                } while !field.endsRow
                if row.count > 1 || !field.isEmpty { rows.append(row) }
            }
            return rows
        }
    }

    /// `rows` as text, each with a line end.
    package static func text(_ rows: [[String]]) -> [UInt8] {
        var text: [UInt8] = []
        for row in rows {
            for (index, field) in row.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                append(field, to: &text)
            }
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    /// `field` in quotes where it needs them.
    package static func append(_ field: String, to line: inout [UInt8]) {
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
}
