import IDRPlan

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
