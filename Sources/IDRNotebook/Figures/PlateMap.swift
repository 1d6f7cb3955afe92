import IDRData

/// Wells of plates in their places, coloured by a number or by a category.
public enum PlateMap {
    /// More plates are left out, and the caption says so.
    public static let mostPlates = 12

    /// Wells coloured by a number, with a colour bar for all plates.
    /// - Parameters:
    ///   - plates: each row's plate.
    ///   - wells: each row's well, "A1" or "P24". Rows whose well cannot be read are left out; the caption counts them.
    ///   - values: each row's number. Of a well with several rows the mean is shown. Numbers that are not finite do not count.
    ///   - name: what the number is, with its unit.
    public static func picture(title: String, plates: [String], wells: [String], values: [Double], name: String) -> Picture {
        guard plates.count == wells.count, wells.count == values.count else { return uneven(title) }
        let placed = PlacedWells(plates: plates, wells: wells, most: mostPlates)
        let means = placed.wells.mapValues { rows in Statistics.moments(rows.lazy.map { values[$0] }.filter(Scale.takes)).mean }
        let finite = means.values.filter { !$0.isNaN }
        guard let lowest = finite.min(), let highest = finite.max() else {
            return .nothing(title, because: placed.wells.isEmpty ? placed.emptiness : "no well has a finite value of \(name)")
        }
        let scale = Scale(lowest...highest, from: 0, to: 1)
        var svg = SVG(title: title)
        let top = svg.y
        let right = SVG.width - 120
        let width = svg.plates(placed, right: right) { place in
            guard let mean = means[place], !mean.isNaN else { return nil }
            return (.colour(ColourMap.viridis.colour(scale.place(mean))), NumberText.short(mean, digits: 4))
        }
        let height = min(260, max(100, svg.y - top - 40))
        let bar = Scale(lowest...highest, from: top + 36 + height, to: top + 36, spacing: 40)
        svg.colourBar(.viridis, bar, x: SVG.margin + width + 36, name: name)
        let lost = means.count - finite.count
        var notes = placed.notes(shown: "\(name), from \(NumberText.short(lowest)) to \(NumberText.short(highest)).")
        if placed.hasRepeats { notes.append("Wells with several rows show their mean.") }
        if lost > 0 { notes.append("Hatched too, without a finite value: \(NumberText.count(lost, "well")).") }
        return svg.picture(notes: notes)
    }

    /// Wells coloured by a category, with a legend.
    /// - Parameters:
    ///   - plates: each row's plate.
    ///   - wells: each row's well, as in ``picture(title:plates:wells:values:name:)``.
    ///   - categories: each row's category. A well shows that of its first row. The largest eight have colours, further ones share one.
    ///   - name: what the category is.
    public static func picture(title: String, plates: [String], wells: [String], categories: [String], name: String) -> Picture {
        guard plates.count == wells.count, wells.count == categories.count else { return uneven(title) }
        let placed = PlacedWells(plates: plates, wells: wells, most: mostPlates)
        let places = placed.wells.keys.sorted()
        guard !places.isEmpty else { return .nothing(title, because: placed.emptiness) }
        let colours = GroupColours(Groups(places.map { categories[placed.wells[$0]?.first ?? 0] }))
        let group = Dictionary(uniqueKeysWithValues: zip(places, colours.groups.ofRow))
        var svg = SVG(title: title)
        svg.legend(colours.entries)
        svg.plates(placed, right: SVG.width) { place in
            group[place].map { (.style(colours.styles[$0]), colours.groups.names[$0]) }
        }
        var notes = placed.notes(shown: "\(name) of \(NumberText.count(places.count)) wells.")
        if placed.hasRepeats { notes.append("Wells with several rows show that of the first.") }
        return svg.picture(notes: notes)
    }

    private static func uneven(_ title: String) -> Picture { .nothing(title, because: "the columns are not equally long") }
}

/// Rows of a table at their plates and wells.
struct PlacedWells {
    struct Place: Hashable, Comparable {
        let plate: Int
        let row: Int
        let column: Int

        static func < (a: Place, b: Place) -> Bool { (a.plate, a.row, a.column) < (b.plate, b.row, b.column) }
    }

    /// The shown plates' names.
    let plates: [String]
    let plateCount: Int
    /// Table rows of every well of the shown plates.
    private(set) var wells: [Place: [Int]] = [:]
    /// Rows without a place.
    private(set) var unreadable = 0
    private(set) var rows = 8
    private(set) var columns = 12

    /// The largest plates there are, 1536 wells.
    static let (mostRows, mostColumns) = (32, 48)

    init(plates: [String], wells: [String], most: Int) {
        let groups = Groups(plates)
        self.plates = Array(groups.names.prefix(most))
        plateCount = groups.names.count
        var names: [String: WellName] = [:]
        for row in wells.indices {
            let name = names[wells[row]] ?? WellName(wells[row])
            names[wells[row]] = name
            guard let name, name.row < PlacedWells.mostRows, name.column < PlacedWells.mostColumns else {
                unreadable += 1
                continue
            }
            while name.row >= rows || name.column >= columns { (rows, columns) = (rows * 2, columns * 2) }
            guard groups.ofRow[row] < most else { continue }
            self.wells[Place(plate: groups.ofRow[row], row: name.row, column: name.column), default: []].append(row)
        }
    }

    var hasRepeats: Bool { wells.values.contains { $0.count > 1 } }

    var emptiness: String {
        unreadable > 0 ? "none of the \(NumberText.count(unreadable)) well names can be read" : "there are no wells"
    }

    func notes(shown: String) -> [String] {
        var notes = [shown]
        if wells.count < plates.count * rows * columns { notes.append("Hatched: no data.") }
        if plateCount > plates.count { notes.append("Left out: \(plateCount - plates.count) of \(plateCount) plates.") }
        if unreadable > 0 { notes.append("Left out for a well name that cannot be read: \(NumberText.count(unreadable, "row")).") }
        return notes
    }
}

extension SVG {
    /// Plates as small multiples.
    /// - Parameters:
    ///   - right: where they end.
    ///   - paint: colour and words of a well, or nil where it has none.
    /// - Returns: how wide they are.
    @discardableResult
    mutating func plates(_ placed: PlacedWells, right: Double, paint: (PlacedWells.Place) -> (paint: Paint, text: String)?) -> Double {
        let across = placed.plates.count == 1 ? 1 : placed.plates.count <= 4 ? 2 : 3
        let letters = 26.0
        let room = (right - SVG.margin) / Double(across)
        let cell = min(42, (room - letters - 16) / Double(placed.columns))
        let height = cell * Double(placed.rows) + 58
        for (plate, name) in placed.plates.enumerated() {
            let x = SVG.margin + Double(plate % across) * room
            let top = y + Double(plate / across) * height
            text(TextWidth.shortened(name, to: room - 20, size: 12), x: x + letters, y: top + 12)
            self.plate(plate, placed, x: x + letters, y: top + 36, cell: cell, paint: paint)
        }
        y += Double((placed.plates.count + across - 1) / across) * height
        return Double(across - 1) * room + letters + cell * Double(placed.columns)
    }

    private mutating func plate(
        _ plate: Int, _ placed: PlacedWells, x: Double, y: Double, cell: Double, paint: (PlacedWells.Place) -> (paint: Paint, text: String)?
    ) {
        let style = cell < 14 ? "small" : nil
        for row in stride(from: 0, to: placed.rows, by: Int((11 / cell).rounded(.up))) {
            let letter = WellName(row: row, column: 0).description.dropLast()
            text(String(letter), x: x - 5, y: y + (Double(row) + 0.5) * cell + 4, anchor: .end, style: style)
        }
        for column in stride(from: 0, to: placed.columns, by: Int((18 / cell).rounded(.up))) {
            text(String(column + 1), x: x + (Double(column) + 0.5) * cell, y: y - 5, anchor: .middle, style: style)
        }
        let side = cell * 0.9
        var hatching = ""
        for row in 0..<placed.rows {
            for column in 0..<placed.columns {
                let (left, top) = (x + Double(column) * cell, y + Double(row) * cell)
                if let shown = paint(PlacedWells.Place(plate: plate, row: row, column: column)) {
                    let tip = WellName(row: row, column: column).description + ": " + shown.text
                    rectangle(x: left, y: top, width: side, height: side, shown.paint, tip: tip)
                } else {
                    hatching += SVG.hatch(x: left, y: top, side: side)
                }
            }
        }
        if !hatching.isEmpty { path(hatching, style: "hatch") }
    }

    /// Three diagonal lines in a square. (A pattern would need an id.)
    private static func hatch(x: Double, y: Double, side: Double) -> String {
        let half = number(side / 2)
        let whole = number(side)
        return "M\(number(x)) \(number(y + side / 2))l\(half) -\(half)M\(number(x)) \(number(y + side))l\(whole) -\(whole)"
            + "M\(number(x + side / 2)) \(number(y + side))l\(half) -\(half)"
    }
}
