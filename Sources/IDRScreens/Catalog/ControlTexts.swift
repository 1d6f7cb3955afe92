package import IDRFiles
import IDRPlan

/// What an annotation table says of rows being controls: in columns for that, or else in comments and names.
struct ControlTexts: Sendable {
    /// The columns that say it, in the order in which they are asked.
    let columns: [String]
    /// Of each column, row by row.
    private let texts: [[String]]

    init(_ annotation: CSVTable, _ conventions: ScreenConventions) throws(IDRError) {
        let words = conventions.controlWords ?? .standard
        let own = annotation.columns.filter(Self.isForControls)
        let values = try annotation.values(of: own)
        if values.contains(where: { column in Set(column).contains { words.kind(of: $0).map { $0 != .empty } == true } }) {
            (columns, texts) = (own, values)
            return
        }
        // Comments and names may say so, in so many words.
        let others = annotation.columns.filter { !own.contains($0) && Self.maySayControl($0) }
        for (column, cells) in zip(others, try annotation.values(of: others)) {
            let said = Set(cells).filter { Self.isName($0) && words.kind(of: $0) != nil }
            guard !said.isEmpty else { continue }
            (columns, texts) = (own + [column], values + [cells.map { said.contains($0) ? $0 : "" }])
            return
        }
        (columns, texts) = (own, values)
    }

    /// Whether a text is the name of a control and no description that mentions one: "scrambled control", and not "cell cycle control protein 2".
    private static func isName(_ text: String) -> Bool {
        let words = text.lowercased().split { !$0.isLetter }.map(String.init)
        guard words.count <= 6, ControlWords.saysControl(text) else { return false }
        return (words.prefix(2) + words.suffix(1)).contains { ["control", "controls"].contains($0) }
    }

    /// "Control Type", "Compound 1 Control Type", "Comment [Control Type]".
    private static func isForControls(_ column: String) -> Bool {
        let name = column.trimmed.lowercased()
        return name.hasSuffix("control type") || name.hasSuffix("[control type]")
    }

    private static func maySayControl(_ column: String) -> Bool {
        let name = column.lowercased()
        return ["comment", "name", "symbol", "identifier", "sirna", "compound", "reagent", "treatment", "control"].contains { name.contains($0) }
            && !["quality", "annotation", "url", "file", "description", "synonym", "homolog"].contains { name.contains($0) }
    }

    /// The words of a well's rows that say what it is a control of; empty where there are none.
    func text(of rows: [Int]) -> String {
        texts.count == 1 && rows.count == 1
            ? texts[0][rows[0]] : ScreenTables.joined(rows.flatMap { row in texts.map { $0[row] } }.filter { !$0.isEmpty })
    }

    /// What the well of `rows` is a control of: the first that its rows say; nil where it is none.
    func kind(of rows: [Int], _ words: ControlWords) -> ControlKind? {
        for row in rows {
            for column in texts where !column[row].isEmpty {
                if let kind = words.kind(of: column[row]) { return kind }
            }
        }
        return nil
    }
}

/// Why a table has no controls, and what a person may write instead.
struct NoControls {
    let tables: ScreenTables
    let kind: ControlKind?
    let words: ControlWords
    let excluded: [String]

    var error: IDRError {
        let counts = tables.controlCounts.prefix(8).map { "\"\($0.text)\" (\($0.count))" }
        let columns = tables.controlColumns
        let left = tables.excludedControlCount == 0 ? "" : "; \(excluded.joined(separator: ", ")) of every plate is left out in this screen"
        let found =
            columns.isEmpty
            ? "the table has no column \"\(ScreenColumn.control)\", nor another for controls"
            : "column \(NearNames.list(columns)) " + (counts.isEmpty ? "is empty" : "holds " + counts.joined(separator: ", "))
        let candidates = ControlCandidates(tables.annotation).all
        let others = candidates.isEmpty ? "" : "; wells that may be controls: " + candidates.prefix(3).map(\.description).joined(separator: ", ")
        return IDRError(
            .missing, "screen \(tables.screen) names no \(kind.map { "\($0.rawValue) " } ?? "")controls", at: [tables.annotation.name],
            because: found + left + others,
            fix: candidates.first.map { "say which wells they are: .controls(where: \(quoted($0.column)), is: \(quoted($0.value)))" }
                ?? "choose wells by name, or say which wells are controls: .controls(where: \"a column\", is: \"a value\"), "
                + "or which words name them: .controls(words: ControlWords(negative: [...], positive: [...]))")
    }

    private func quoted(_ text: String) -> String { "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }
}

/// Values of a table that look as if their wells were controls, though no column says so.
package struct ControlCandidates: Sendable {
    package struct Candidate: Sendable, Hashable {
        package let column: String
        package let value: String
        package let wells: Int

        var description: String { "\"\(value)\" in \"\(column)\" (\(wells.counted("row", "rows")))" }
    }

    /// The likeliest first.
    package let all: [Candidate]

    package init(_ annotation: CSVTable) {
        let columns = annotation.columns.filter { column in
            let name = column.lowercased()
            return ![
                "phenotype", "term", "gene description", "clone description", "protein description", "synonym", "homolog", "gene name", "url",
                "accession", "quality", "file", "path", "score",
            ]
            .contains { name.contains($0) }
        }
        var found: [Candidate] = []
        for (column, cells) in zip(columns, (try? annotation.values(of: columns)) ?? []) {
            var counts: [String: Int] = [:]
            for cell in cells where !cell.isEmpty { counts[cell, default: 0] += 1 }
            // What all wells have tells none apart.
            for (value, count) in counts where count < cells.count && Self.rank(value) != nil {
                found.append(Candidate(column: column, value: value, wells: count))
            }
        }
        all = found.sorted { (Self.rank($0.value) ?? 0, -$0.wells, $0.column, $0.value) < (Self.rank($1.value) ?? 0, -$1.wells, $1.column, $1.value) }
    }

    /// Words for what is not treated, the clearest first.
    private static let words =
        ControlWords.untreated + ["wild type", "wild-type", "wildtype", "wt", "none", "luciferase", "control", "uninfected", "parental", "blank"]

    private static func rank(_ value: String) -> Int? {
        let text = value.trimmed.lowercased()
        guard text.count <= 40 else { return nil }
        if let word = words.firstIndex(where: { text == $0 }) { return word }
        if let word = words.firstIndex(where: { $0.count > 3 && text.hasPrefix($0) }) { return 100 + word }
        let isControl = text.contains("control") && ControlWords.saysControl(text)
        return isControl ? 200 : nil
    }
}
