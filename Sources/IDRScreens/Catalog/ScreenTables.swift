package import IDRFiles
package import IDRPlan

/// A screen's own tables: which plates and wells there are and what was done to them.
package struct ScreenTables: Sendable {
    package let screen: ScreenName
    package let conventions: ScreenConventions
    package let plates: PlatesTable
    /// One row a well, all columns under the study's names.
    package let annotation: CSVTable

    private let plateOfRow: [String]
    private let nameOfRow: [String]
    private let numberOfRow: [String]
    private let controlOfRow: [String]
    private let targetOfRow: [String]
    private let issueOfRow: [String]
    private let channelsOfRow: [String]

    /// - Parameter conventions: what differs from the screen's own (``ScreenConventions/of(_:)``).
    /// - Throws: ``IDRError`` where the annotation lacks the columns `Plate` and `Well`.
    package init(
        screen: ScreenName, plates: PlatesTable, annotation: CSVTable, conventions: ScreenConventions = ScreenConventions()
    ) throws(IDRError) {
        self.screen = screen
        self.conventions = conventions.over(.of(screen))
        self.plates = plates
        self.annotation = annotation
        try annotation.require([ScreenColumn.plate, ScreenColumn.well])
        let target = self.conventions.targetColumns?.first { annotation.index(of: $0) != nil }
        let wanted = [
            ScreenColumn.plate, ScreenColumn.well, ScreenColumn.number, ScreenColumn.control, target, ScreenColumn.issues, ScreenColumn.channels,
        ].map { $0.flatMap { annotation.index(of: $0) == nil ? nil : $0 } }
        var values = try annotation.values(of: wanted.compactMap(\.self))[...]
        let columns = wanted.map { $0 == nil ? [] : values.removeFirst() }
        plateOfRow = columns[0]
        nameOfRow = columns[1]
        numberOfRow = columns[2]
        controlOfRow = columns[3]
        targetOfRow = columns[4]
        issueOfRow = columns[5]
        channelsOfRow = columns[6]
    }

    /// The words by which controls are told apart where a script gives none.
    package var controlWords: ControlWords { conventions.controlWords ?? ControlWords() }

    /// What the table says is in each channel of the well in row `row`: entries such as "DAPI:DNA", in order; empty where it does not say.
    package func channels(row: Int) -> [String] { channelsOfRow.isEmpty ? [] : ChannelLabels.split(channelsOfRow[row]) }

    /// How many wells have each text in `Control Type`, the most frequent first; wells without one are left out.
    package var controlCounts: [(text: String, count: Int)] {
        var counts: [String: Int] = [:]
        for text in controlOfRow where !text.isEmpty { counts[text, default: 0] += 1 }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    /// The well's name in row `row` of the annotation, from 0.
    package func name(of row: Int) -> String { nameOfRow[row] }

    /// The plates of the annotation, in its order.
    package var plateNames: [String] {
        var seen = Set<String>()
        return plateOfRow.filter { seen.insert($0).inserted }
    }

    /// The well in row `row` of the annotation, from 0.
    /// - Throws: ``IDRError`` where its number is neither in the table nor follows from its name.
    package func well(row: Int) throws(IDRError) -> ScreenWell {
        let name = nameOfRow[row]
        let given = numberOfRow.isEmpty ? nil : Int(numberOfRow[row])
        guard let number = given ?? WellName(name)?.number(columns: conventions.plateColumns ?? WellName.standardColumns), number > 0 else {
            throw IDRError(
                .invalidInput, "well \"\(name)\" has no number", at: [annotation.name, "row \(row + 1)", "plate \(plateOfRow[row])"],
                because: "its name is not a row letter and a column, and \"\(ScreenColumn.number)\" holds no number")
        }
        let text = controlOfRow.isEmpty ? "" : controlOfRow[row]
        let control = controlWords.kind(of: text)
        let target = targetOfRow.isEmpty ? "" : targetOfRow[row]
        return ScreenWell(
            plate: plateOfRow[row], name: name, number: number, row: row, controlType: text, control: control,
            target: target.isEmpty && control != nil ? "negative control" : target)
    }

    /// All wells whose rows `isIncluded` accepts, in the table's order.
    package func wells(where isIncluded: (_ row: Int) throws(IDRError) -> Bool) throws(IDRError) -> [ScreenWell] {
        var wells: [ScreenWell] = []
        for row in plateOfRow.indices where try isIncluded(row) { wells.append(try well(row: row)) }
        return wells
    }

    /// The control wells, in the table's order: those whose `Control Type` names a control (of `kind`, where given),
    /// without those of missing plates and without ``ScreenConventions/excludedControls``.
    ///
    /// For MitoCheck's screen A these are the published run's 6,743 wells.
    /// - Throws: ``IDRError`` where the table has no `Control Type`, or names no such control.
    package func controls(_ kind: ControlKind? = nil, words: ControlWords? = nil) throws(IDRError) -> [ScreenWell] {
        try annotation.require([ScreenColumn.control])
        let words = words ?? controlWords
        let excluded = Set(conventions.excludedControls ?? [])
        // A screen writes the same few words again and again.
        var kinds: [String: ControlKind?] = [:]
        let wells = try wells { row in
            let text = controlOfRow[row]
            if text.isEmpty { return false }
            let found = kinds[text] ?? words.kind(of: text)
            kinds[text] = .some(found)
            return found != nil && (kind == nil || found == kind) && !isMissing(row) && !excluded.contains(nameOfRow[row])
        }
        guard !wells.isEmpty else { throw noControls(kind, words) }
        return wells
    }

    /// Whether the table says that the plate of row `row` is missing.
    package func isMissing(_ row: Int) -> Bool { !issueOfRow.isEmpty && issueOfRow[row] == "plate missing" }

    /// The wells of `plate`, in the table's order.
    package func wells(on plate: String) throws(IDRError) -> [ScreenWell] {
        let wells = try wells { plateOfRow[$0] == plate }
        guard !wells.isEmpty else {
            throw IDRError(
                .missing, "screen \(screen) has no plate \"\(plate)\"", at: [annotation.name],
                fix: NearNames.advice(plate, in: plateNames, all: "its plates"))
        }
        return wells
    }

    /// The wells of each of `plates`, in the order of their names, A1, A2 ... A10, B1, each name once; without those of missing plates.
    package func wellsByName(on plates: Set<String>) throws(IDRError) -> [String: [ScreenWell]] {
        let wells = try wells { plates.contains(plateOfRow[$0]) && !isMissing($0) }
        func place(_ well: ScreenWell) -> (Int, Int, String) {
            WellName(well.name).map { ($0.row, $0.column, well.name) } ?? (.max, 0, well.name)
        }
        return Dictionary(grouping: wells, by: \.plate).mapValues { wells in
            var seen = Set<String>()
            return wells.filter { seen.insert($0.name).inserted }.sorted { place($0) < place($1) }
        }
    }

    /// The well called `name` ("A4", "a04") on `plate`.
    package func well(_ name: String, on plate: String) throws(IDRError) -> ScreenWell {
        let candidates = try wells(on: plate)
        let place = WellName(name)
        if let well = candidates.first(where: { $0.name == name }) ?? candidates.first(where: { place != nil && WellName($0.name) == place }) {
            return well
        }
        throw IDRError(
            .missing, "plate \(plate) has no well \"\(name)\"", at: [annotation.name],
            fix: NearNames.advice(name, in: candidates.map(\.name), all: "its wells"))
    }

    /// All columns of the well's row, under the study's names, in the table's order.
    package func annotations(of well: ScreenWell) -> [(column: String, value: String)] {
        zip(annotation.columns, annotation.row(well.row)).map { (column: $0, value: $1) }
    }

    private func noControls(_ kind: ControlKind?, _ own: ControlWords) -> IDRError {
        let words = controlCounts.prefix(8).map { "\"\($0.text)\" (\($0.count))" }
        let excluded = (conventions.excludedControls ?? []).filter { name in
            zip(nameOfRow, controlOfRow).contains { $0 == name && own.kind(of: $1) != nil }
        }
        return IDRError(
            .missing, "screen \(screen) names no \(kind.map { "\($0.rawValue) " } ?? "")controls", at: [annotation.name],
            because: words.isEmpty
                ? "column \"\(ScreenColumn.control)\" is empty; \(NearNames.shortList(annotation.columns, of: "the table's columns"))"
                : "column \"\(ScreenColumn.control)\" holds " + words.joined(separator: ", ")
                    + (excluded.isEmpty ? "" : "; \(excluded.joined(separator: ", ")) of every plate is left out in this screen"),
            fix: "choose wells by name, or say which words name controls: controls(words: ControlWords(negative: [...], positive: [...]))")
    }
}

/// The columns that every screen's annotation table names alike.
enum ScreenColumn {
    static let plate = "Plate"
    static let well = "Well"
    static let number = "Well Number"
    static let control = "Control Type"
    static let issues = "Plate Issues"
    static let channels = "Channels"
}
