/// A well by its place on the plate: row letters (A...Z, AA...AF) and column number, "B2".
package struct WellName: Sendable, Hashable, Codable {
    /// From 0.
    package let row: Int
    /// From 0.
    package let column: Int

    /// Columns of a plate with 384 wells.
    package static let standardColumns = 24

    package init(row: Int, column: Int) {
        precondition(row >= 0 && column >= 0, "rows and columns count from 0")
        self.row = row
        self.column = column
    }

    /// Reads "A4", "a4", "A04", "AB12"; nil for anything else.
    package init?(_ text: String) {
        let letters = text.uppercased().prefix { $0.isASCII && ("A"..."Z").contains($0) }
        let digits = text.dropFirst(letters.count)
        guard (1...2).contains(letters.count), (1...3).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }),
            let number = Int(digits), number > 0
        else { return nil }
        row = letters.unicodeScalars.reduce(0) { $0 * 26 + Int($1.value) - 64 } - 1
        column = number - 1
    }

    /// The well with number `number`, counted from 1 along the rows of a plate of `columns` columns.
    package init(number: Int, columns: Int = standardColumns) throws(IDRError) {
        guard number >= 1, columns >= 1 else {
            throw IDRError(.invalidPlan, "there is no well number \(number)", because: "wells are counted from 1")
        }
        self.init(row: (number - 1) / columns, column: (number - 1) % columns)
    }

    /// `row * columns + column + 1`, as the study counts wells; nil where the plate has no such column.
    package func number(columns: Int = standardColumns) -> Int? {
        column < columns ? row * columns + column + 1 : nil
    }
}

extension WellName: CustomStringConvertible {
    package var description: String {
        let letter = { (index: Int) in String(UnicodeScalar(UInt8(65 + index % 26))) }
        return (row < 26 ? "" : letter(row / 26 - 1)) + letter(row) + String(column + 1)
    }
}
