import IDRComparison
package import IDRPlan

/// Something that a cell gave out.
package enum CellOutput: Codable, Sendable, Hashable {
    /// What was printed.
    case text(String)
    case markdown(String)
    case table(TableExcerpt)
    case figure(Picture)
    /// A named number with its unit, empty where it has none.
    case number(name: String, value: String, unit: String)
    case run(RunSummary)
    case warning(String)
    case error(String)
}

/// The beginning of a table.
package struct TableExcerpt: Codable, Sendable, Hashable {
    package struct Column: Codable, Sendable, Hashable {
        package var name: String
        /// `text` or `number`.
        package var type: String

        package init(name: String, type: String) { (self.name, self.type) = (name, type) }
    }

    package var title: String?
    package var columns: [Column]
    /// Texts of the first rows, one a column.
    package var rows: [[String]]
    /// Of the whole table.
    package var rowCount: Int
    package var columnCount: Int

    package init(title: String?, columns: [Column], rows: [[String]], rowCount: Int, columnCount: Int) {
        self.title = title
        self.columns = columns
        self.rows = rows
        self.rowCount = rowCount
        self.columnCount = columnCount
    }

    /// `12 rows × 1,289 columns`, and what is not shown of them.
    package var caption: String {
        var text =
            "\(Self.grouped(rowCount)) \(rowCount == 1 ? "row" : "rows") × \(Self.grouped(columnCount)) \(columnCount == 1 ? "column" : "columns")"
        if rows.count < rowCount || columns.count < columnCount {
            text += "; shown: \(Self.grouped(rows.count)) × \(Self.grouped(columns.count))"
        }
        return text
    }

    private static func grouped(_ number: Int) -> String {
        let digits = String(number)
        return String(
            digits.enumerated().flatMap { index, digit in
                index > 0 && (digits.count - index) % 3 == 0 ? [",", digit] : [digit]
            })
    }
}

/// What a report says of a run; everything but times is in the run's record too.
package struct RunSummary: Codable, Sendable, Hashable {
    package struct Batch: Codable, Sendable, Hashable {
        package var number: Int
        package var images: Int
        package var cells: Int
        package var seconds: Double
        /// Why it failed.
        package var failure: String?
        /// Images that it lacks, counted in words: `1 image failed, 2 do not exist`; nil where it lacks none.
        package var lacks: String?

        package init(number: Int, images: Int, cells: Int, seconds: Double, failure: String?, lacks: String? = nil) {
            self.number = number
            self.images = images
            self.cells = cells
            self.seconds = seconds
            self.failure = failure
            self.lacks = lacks
        }
    }

    /// The folder's own name.
    package var name: String
    package var facts: [Fact]
    package var batches: [Batch]
    package var warnings: [String]
    /// What a run that repeats another one was judged to be.
    package var verdict: Verdict?

    package struct Verdict: Codable, Sendable, Hashable {
        /// One line: the class that was reached, and what that means.
        package var headline: String
        /// SHA-256 of the manifest of the record that was repeated.
        package var record: Digest?
        /// All that the verdict says, for people.
        package var text: String

        package init(headline: String, record: Digest?, text: String) { (self.headline, self.record, self.text) = (headline, record, text) }
    }

    package struct Fact: Codable, Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) { (self.name, self.value) = (name, value) }
    }

    package init(name: String, facts: [Fact], batches: [Batch], warnings: [String], verdict: Verdict? = nil) {
        self.name = name
        self.facts = facts
        self.batches = batches
        self.warnings = warnings
        self.verdict = verdict
    }
}
