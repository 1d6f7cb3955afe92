package import IDRFiles
package import IDRPlan

/// A screen's own tables: which plates and wells there are and what was done to them.
package struct ScreenTables: Sendable {
    package let screen: ScreenName
    package let conventions: ScreenConventions
    package let plates: PlatesTable
    /// All columns under the study's names. A well has a row, or several.
    package let annotation: CSVTable

    private let rows: WellRows
    private let controlTexts: ControlTexts
    private let targets: WellTargets
    private let channelsOfRow: ChannelColumn
    /// The study's own quality control; nil where the table has none.
    package let quality: QualityColumn?
    /// Columns under the names that the IDR's pages show for them.
    private let shownColumns: [String: String]

    /// - Parameters:
    ///   - conventions: what differs from the screen's own (``ScreenConventions/of(_:)``).
    ///   - settings: what the study says of its tables beside them.
    /// - Throws: ``IDRError`` where the annotation lacks the columns `Plate` and `Well`.
    package init(
        screen: ScreenName, plates: PlatesTable, annotation: CSVTable, conventions: ScreenConventions = ScreenConventions(),
        settings: StudySettings = StudySettings()
    ) throws(IDRError) {
        self.screen = screen
        self.conventions = conventions.over(.of(screen))
        self.annotation = annotation
        try annotation.require([ScreenColumn.plate, ScreenColumn.well])
        rows = try WellRows(annotation)
        self.plates = plates.matched(to: rows.plates)
        controlTexts = try ControlTexts(annotation, self.conventions)
        targets = try WellTargets(annotation, self.conventions, settings)
        channelsOfRow = try ChannelColumn(annotation)
        quality = try QualityColumn(annotation)
        shownColumns = settings.shownColumns
    }

    /// The words by which controls are told apart where a script gives none.
    package var controlWords: ControlWords { conventions.controlWords ?? .standard }

    /// Rows that say that they have no image.
    package var withoutImage: Int { rows.withoutImage.reduce(0) { $0 + $1.rows } }

    /// What a person should know of the tables: rows that are left out, and why; names that differ between them.
    package var notes: [String] {
        var notes: [String] = []
        let without = withoutImage
        if without > 0 {
            let words = rows.withoutImage.prefix(3).map { "\"\($0.words)\" \(PeopleText.count($0.rows))" }.joined(separator: ", ")
            notes.append("\(PeopleText.count(without)) \(without == 1 ? "row has" : "rows have") no image, left out (\(words))")
        }
        if rows.unnamed > 0 { notes.append("\(rows.unnamed.counted("row names", "rows name")) no well, left out") }
        return notes + plates.notes(of: rows.plates)
    }

    /// What the table says is in each channel of the well in row `row`: entries such as "DAPI:DNA", in order; empty where it does not say.
    package func channels(row: Int) -> [String] { channelsOfRow[row] }

    /// How many wells have each text that says what is a control, the most frequent first; wells without one are left out.
    package var controlCounts: [(text: String, count: Int)] {
        var counts: [String: Int] = [:]
        for well in rows.wells {
            let text = controlTexts.text(of: well.rows)
            if !text.isEmpty { counts[text, default: 0] += 1 }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    /// The values of a column, row by row, under its own name or the one that the IDR's pages show for it.
    package func values(of column: String) throws(IDRError) -> [String] {
        if annotation.index(of: column) == nil, let own = shownColumns[column], annotation.index(of: own) != nil {
            return try annotation.values(of: own)
        }
        return try annotation.values(of: column)
    }

    /// Wells that the table says have an image, or of which it says nothing.
    package var wellCount: Int { rows.wells.count }

    /// The plates of the annotation, in its order.
    package var plateNames: [String] { rows.plates }

    /// Columns of `plate`, as its largest well shows.
    package func columns(of plate: String) -> Int {
        conventions.plateColumns ?? rows.plates.firstIndex(of: plate).map { rows.columns[$0] } ?? WellName.standardColumns
    }

    private func screenWell(_ well: WellRows.Well) -> ScreenWell {
        let columns = conventions.plateColumns ?? rows.columns[well.plate]
        let text = controlTexts.text(of: well.rows)
        let control = controlTexts.kind(of: well.rows, controlWords)
        let target = targets.target(of: well.rows)
        return ScreenWell(
            plate: rows.plates[well.plate], name: well.name, number: well.number ?? well.place?.number(columns: columns) ?? 0, rows: well.rows,
            controlType: text, control: control, target: target.isEmpty && control == .negative ? ScreenWell.negativeControl : target)
    }

    /// All wells of which `isIncluded` accepts a row, in the table's order.
    package func wells(where isIncluded: (_ row: Int) throws(IDRError) -> Bool) throws(IDRError) -> [ScreenWell] {
        var wells: [ScreenWell] = []
        for well in rows.wells {
            for row in well.rows where try isIncluded(row) {
                wells.append(screenWell(well))
                break
            }
        }
        return wells
    }

    /// All wells, in the table's order.
    package func wells() -> [ScreenWell] { rows.wells.map(screenWell) }

    /// The control wells, in the table's order: those whose table says that they are controls (of `kind`, where given; else of any but empty ones),
    /// without those of missing plates and without ``ScreenConventions/excludedControls``.
    ///
    /// For MitoCheck's screen A these are the published run's 6,743 wells.
    /// - Throws: ``IDRError`` where the table names no such control: it names what could be meant.
    package func controls(_ kind: ControlKind? = nil, words: ControlWords? = nil) throws(IDRError) -> [ScreenWell] {
        let own = words ?? controlWords
        let excluded = Set(conventions.excludedControls ?? [])
        let wells = rows.wells.filter { well in
            guard let found = controlTexts.kind(of: well.rows, own), !excluded.contains(well.name) else { return false }
            return kind.map { found == $0 } ?? (found != .empty)
        }
        guard !wells.isEmpty else { throw NoControls(tables: self, kind: kind, words: own, excluded: excluded.sorted()).error }
        return wells.map(screenWell)
    }

    /// The wells that `column` calls controls, in the table's order.
    package func controls(_ kind: ControlKind?, namedIn column: String) throws(IDRError) -> [ScreenWell] {
        let texts = try values(of: column)
        let words = controlWords
        var kinds: [String: ControlKind?] = [:]
        for text in texts where kinds[text] == nil { kinds[text] = .some(words.kind(of: text)) }
        return rows.wells.compactMap { well in
            let found = well.rows.lazy.compactMap { kinds[texts[$0]] ?? nil }.first
            guard let found, kind.map({ found == $0 }) ?? (found != .empty) else { return nil }
            return screenWell(well).control(found, calling: Self.joined(well.rows.map { texts[$0] }))
        }
    }

    /// The columns that say what is a control.
    package var controlColumns: [String] { controlTexts.columns }

    /// How many controls ``ScreenConventions/excludedControls`` leave out.
    package var excludedControlCount: Int {
        let excluded = Set(conventions.excludedControls ?? [])
        guard !excluded.isEmpty else { return 0 }
        return rows.wells.count { well in
            excluded.contains(well.name) && controlTexts.kind(of: well.rows, controlWords).map { $0 != .empty } == true
        }
    }

    /// The wells of `plate`, in the table's order.
    package func wells(on plate: String) throws(IDRError) -> [ScreenWell] {
        let wells = rows.plates.firstIndex(of: plate).map { number in rows.wells.filter { $0.plate == number } } ?? []
        guard !wells.isEmpty else {
            throw IDRError(
                .missing, "screen \(screen) has no plate \"\(plate)\"", at: [annotation.name],
                fix: NearNames.advice(plate, in: plateNames, all: "its plates"))
        }
        return wells.map(screenWell)
    }

    /// The wells of each of `plates`, in the order of their names, A1, A2 ... A10, B1.
    package func wellsByName(on plates: Set<String>) -> [String: [ScreenWell]] {
        let numbers = Set(rows.plates.indices.filter { plates.contains(rows.plates[$0]) })
        func place(_ well: ScreenWell) -> (Int, Int, String) {
            WellName(well.name).map { ($0.row, $0.column, well.name) } ?? (.max, 0, well.name)
        }
        return Dictionary(grouping: rows.wells.filter { numbers.contains($0.plate) }.map(screenWell), by: \.plate)
            .mapValues { $0.sorted { place($0) < place($1) } }
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

    /// All columns of the well under the study's names, in the table's order; what its rows say differently is joined.
    package func annotations(of well: ScreenWell) -> [(column: String, value: String)] {
        let rows = well.rows.map(annotation.row)
        return annotation.columns.enumerated().map { index, column in (column, Self.joined(rows.map { $0[index] })) }
    }

    /// Each text once, in its order.
    package static func joined(_ texts: [String]) -> String {
        guard texts.count > 1 else { return texts.first ?? "" }
        var seen = Set<String>()
        return texts.filter { !$0.isEmpty && seen.insert($0).inserted }.joined(separator: "; ")
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
