import IDRFiles
import IDRPlan

/// What rows of a table say their wells were treated with: a gene, an RNA or a compound.
struct WellTargets: Sendable {
    /// Of each column, row by row, the one that says most first.
    private let columns: [[String]]

    init(_ annotation: CSVTable, _ conventions: ScreenConventions, _ settings: StudySettings) throws(IDRError) {
        // What the study's own page calls genes and compounds comes after the usual names.
        let wanted = (conventions.targetColumns ?? []) + settings.treatmentColumns
        var names: [String] = []
        for name in wanted where annotation.index(of: name) != nil && !names.contains(name) { names.append(name) }
        columns = try annotation.values(of: names)
    }

    /// The first column that says something of a row, each text once.
    func target(of rows: [Int]) -> String {
        ScreenTables.joined(rows.map { row in columns.lazy.map { $0[row] }.first { !$0.isEmpty } ?? "" })
    }
}

/// What the column `Channels` of a table says, split once for each of the few texts that it has.
struct ChannelColumn: Sendable {
    private let texts: [String]
    private let lists: [String: [String]]

    init(_ annotation: CSVTable) throws(IDRError) {
        let name = annotation.columns.first { $0 == ScreenColumn.channels } ?? annotation.columns.first { $0.lowercased().hasSuffix("[channels]") }
        texts = if let name { try annotation.values(of: name) } else { [] }
        var lists: [String: [String]] = [:]
        for text in texts where lists[text] == nil { lists[text] = ChannelLabels.split(text) }
        self.lists = lists
    }

    subscript(row: Int) -> [String] { texts.isEmpty ? [] : lists[texts[row]] ?? [] }
}
