package import IDRPlan

/// A table with a header row, read lazily: the text is kept and a column or row is decoded when it is asked for.
///
/// MitoCheck's annotation (196,608 rows of 143 columns, nearly all empty) is indexed in under a second this way
/// and takes the memory of its text. UTF-8 with or without a byte order mark; text that is not valid UTF-8 is read as Latin-1.
package struct CSVTable: Sendable {
    /// The header's names, in the table's order.
    package let columns: [String]
    /// What the table is of, for errors: a path.
    package let name: String

    private let bytes: [UInt8]
    private let separator: UInt8
    private let isLatin1: Bool
    /// Where each row begins; empty lines are left out.
    private let rowStarts: [Int]

    /// Rows under the header.
    package var count: Int { rowStarts.count }

    /// - Throws: ``IDRError`` where there is no header, a quote is never closed or a row has more fields than the header.
    package init(_ text: [UInt8], called name: String, separator: UInt8 = UInt8(ascii: ",")) throws(IDRError) {
        guard !text.starts(with: [0xFF, 0xFE]), !text.starts(with: [0xFE, 0xFF]) else {
            throw IDRError(.invalidInput, "the table is UTF-16 text", at: [name], fix: "save it as UTF-8")
        }
        let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let isLatin1 = text.contains { $0 >= 0x80 } && String(validating: text, as: UTF8.self) == nil
        self.name = name
        self.separator = separator
        self.isLatin1 = isLatin1
        do throws(IDRError) {
            (columns, rowStarts) = try text.withUnsafeBufferPointer { (buffer) throws(IDRError) in
                try CSVTable.index(CSVCursor(bytes: buffer, separator: separator, position: start), isLatin1: isLatin1)
            }
        } catch {
            throw error.at([name])
        }
        bytes = text
    }

    private static func index(_ start: CSVCursor, isLatin1: Bool) throws(IDRError) -> (columns: [String], rowStarts: [Int]) {
        var cursor = start
        var columns: [String] = []
        while !cursor.isAtEnd {
            let field = cursor.next()
            // Some tables have blanks about their names.
            columns.append(cursor.text(field, isLatin1: isLatin1).trimmed)
            guard field.isComplete else { throw unclosed(row: 0) }
            if field.endsRow { break }
        }
        guard columns.contains(where: { !$0.isEmpty }) else { throw IDRError(.invalidInput, "the table is empty", because: "it has no header row") }

        var rowStarts: [Int] = []
        while !cursor.isAtEnd {
            let rowStart = cursor.position
            var fields = 0
            var lastFilled = 0
            var field: CSVCursor.Field
            repeat {
                field = cursor.next()
                fields += 1
                if !field.isEmpty { lastFilled = fields }
                guard field.isComplete else { throw unclosed(row: rowStarts.count + 1) }
            } while !field.endsRow
            if fields == 1, lastFilled == 0 { continue }
            guard lastFilled <= columns.count else {
                throw IDRError(
                    .invalidInput, "row \(rowStarts.count + 1) of the table has \(fields) fields",
                    because: "the header names \(columns.count) columns",
                    fix: "check the row's quotes and separators")
            }
            rowStarts.append(rowStart)
        }
        return (columns, rowStarts)
    }

    private static func unclosed(row: Int) -> IDRError {
        IDRError(.invalidInput, "a quoted field in row \(row) of the table is never closed", because: row == 0 ? "row 0 is the header" : nil)
    }

    /// Where `column` stands in ``columns``.
    package func index(of column: String) -> Int? { columns.firstIndex(of: column) }

    /// The values of the named columns, one array a column, in one pass over the table. Fields that a short row lacks are empty.
    /// - Throws: ``IDRError`` that says which columns are missing and which there are.
    package func values(of names: [String]) throws(IDRError) -> [[String]] {
        try require(names)
        let wanted = names.compactMap(index(of:))
        guard let last = wanted.max() else { return [] }
        var slots = [[Int]](repeating: [], count: last + 1)
        for (slot, column) in wanted.enumerated() { slots[column].append(slot) }
        var result = names.map { _ in [String](repeating: "", count: count) }
        bytes.withUnsafeBufferPointer { buffer in
            for row in rowStarts.indices {
                var cursor = CSVCursor(bytes: buffer, separator: separator, position: rowStarts[row])
                for column in 0...last {
                    let field = cursor.next()
                    if !field.isEmpty, !slots[column].isEmpty {
                        let text = cursor.text(field, isLatin1: isLatin1)
                        for slot in slots[column] { result[slot][row] = text }
                    }
                    if field.endsRow { break }
                }
            }
        }
        return result
    }

    /// The values of one column, row after row.
    package func values(of name: String) throws(IDRError) -> [String] { try values(of: [name])[0] }

    /// The fields of row `row` (from 0), as many as there are columns.
    package func row(_ row: Int) -> [String] {
        var fields: [String] = []
        bytes.withUnsafeBufferPointer { buffer in
            var cursor = CSVCursor(bytes: buffer, separator: separator, position: rowStarts[row])
            while fields.count < columns.count {
                let field = cursor.next()
                fields.append(cursor.text(field, isLatin1: isLatin1))
                if field.endsRow { break }
            }
        }
        return fields + Array(repeating: "", count: columns.count - fields.count)
    }

    /// Throws an error that says which of `names` the table lacks and which columns it has.
    package func require(_ names: [String]) throws(IDRError) {
        let missing = names.filter { index(of: $0) == nil }
        guard !missing.isEmpty else { return }
        let near = missing.flatMap { NearNames.to($0, in: columns, limit: 2) }
        throw IDRError(
            .missing, "the table has no column \(NearNames.list(missing))", at: [name], because: NearNames.shortList(columns, of: "its columns"),
            fix: near.isEmpty ? "name one of the table's columns" : "did you mean \(NearNames.list(near))?")
    }
}
