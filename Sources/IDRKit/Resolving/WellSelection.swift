import IDRFiles
import IDRPlan
import IDRScreens

/// Applies a plan's selection steps to a screen's tables.
struct WellSelection {
    let tables: ScreenTables

    /// The chosen wells, in the table's order, each once.
    func wells(_ steps: [SelectionStep]) throws(IDRError) -> [ScreenWell] {
        var wells = tables.wells()
        for step in steps {
            wells = try apply(step, to: wells)
            guard !wells.isEmpty else {
                throw IDRError(
                    .missing, "the selection is empty", at: ["screen \(tables.screen)", tables.annotation.name],
                    because: "no well is left after \(describe(step))", fix: "check this step and those before it")
            }
        }
        return wells
    }

    private func apply(_ step: SelectionStep, to wells: [ScreenWell]) throws(IDRError) -> [ScreenWell] {
        switch step {
        case .controls(let kind, let words):
            let rows = Set(try tables.controls(kind, words: words).map(\.row))
            return wells.filter { rows.contains($0.row) }
        case .wells(let names):
            let rows = try rows(named: names)
            return wells.filter { rows.contains($0.row) }
        case .excludingWells(let names):
            let rows = try rows(named: names)
            return wells.filter { !rows.contains($0.row) }
        case .plates(let names):
            let (known, wanted) = (Set(tables.plateNames), Set(names))
            // The table's own error says which plates are near.
            for name in names where !known.contains(name) { _ = try tables.wells(on: name) }
            return wells.filter { wanted.contains($0.plate) }
        case .annotation(let column, let values): return try having(values, in: column, wells)
        case .excludingAnnotation(let column, let values):
            let left = Set(try having(values, in: column, wells).map(\.row))
            return wells.filter { !left.contains($0.row) }
        case .controlsNamedIn(let column, let kind):
            let controls = Dictionary(try tables.controls(kind, namedIn: column).map { ($0.row, $0) }) { first, _ in first }
            return wells.compactMap { controls[$0.row] }
        case .controlsWhere(let column, let values):
            let cells = try tables.values(of: column)
            return try having(values, in: column, wells).map { well in
                well.control(.negative, calling: ScreenTables.joined(well.rows.map { cells[$0] }))
            }
        case .passing:
            guard let quality = tables.quality else {
                throw IDRError(
                    .missing, "screen \(tables.screen) says nothing of its wells' quality", at: [tables.annotation.name],
                    because: "its table has no column \"Quality Control\" that says what passed or failed",
                    fix: "leave .passing() out, or choose wells with .where(...) or .excluding(where: ...)")
            }
            return wells.filter { quality.verdict(of: $0.rows) == .passed }
        case .first(let count):
            guard count >= 1 else { throw IDRError(.invalidPlan, "first(\(count)) chooses nothing", fix: "give a number from 1") }
            return Array(wells.prefix(count))
        }
    }

    /// Those of `wells` that have one of `values` in `column`.
    private func having(_ values: [String], in column: String, _ wells: [ScreenWell]) throws(IDRError) -> [ScreenWell] {
        let cells = try tables.values(of: column)
        let wanted = Set(values)
        let found = wells.filter { well in well.rows.contains { wanted.contains(cells[$0]) } }
        guard found.isEmpty else { return found }
        var counts: [String: Int] = [:]
        for well in wells { for text in Set(well.rows.map { cells[$0] }) where !text.isEmpty { counts[text, default: 0] += 1 } }
        let most = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let near = values.flatMap { NearNames.to($0, in: most.map(\.key), limit: 2) }
        throw IDRError(
            .missing, "no well has \(NearNames.list(values)) in \"\(column)\"", at: ["screen \(tables.screen)", tables.annotation.name],
            because: most.isEmpty
                ? "the column is empty in the wells that are left"
                : "it holds " + most.prefix(8).map { "\"\($0.key)\" (\($0.value))" }.joined(separator: ", ") + (most.count > 8 ? ", ..." : ""),
            fix: near.isEmpty ? "choose one of the column's values" : "did you mean \(NearNames.list(near))?")
    }

    /// Rows of `A4` on every plate that has it, and of `plate/A4` on that plate.
    private func rows(named names: [String]) throws(IDRError) -> Set<Int> {
        var rows = Set<Int>()
        for name in names {
            // A plate's own name may have slashes.
            if let slash = name.lastIndex(of: "/") {
                let (plate, well) = (String(name[..<slash]), String(name[name.index(after: slash)...]))
                guard !plate.isEmpty, !well.isEmpty else {
                    throw IDRError(.invalidPlan, "\"\(name)\" is no well", fix: "write A4, or PLATE/A4 for one plate")
                }
                rows.insert(try tables.well(well, on: plate).row)
            } else {
                let place = WellName(name)
                let found = tables.wells().filter { $0.name == name || (place != nil && WellName($0.name) == place) }
                guard !found.isEmpty else {
                    throw IDRError(
                        .missing, "screen \(tables.screen) has no well \"\(name)\"", at: [tables.annotation.name],
                        because: "no plate has a well of that name", fix: "wells are named by row letter and column: A4, H12; one plate's: PLATE/A4")
                }
                rows.formUnion(found.map(\.row))
            }
        }
        return rows
    }

    private func describe(_ step: SelectionStep) -> String {
        switch step {
        case .controls(let kind, _): "controls(\(kind.map { ".\($0.rawValue)" } ?? ""))"
        case .wells(let names): "wells(\(names.joined(separator: ", ")))"
        case .plates(let names): "plates(\(names.joined(separator: ", ")))"
        case .excludingWells(let names): "excluding(wells: \(names.joined(separator: ", ")))"
        case .annotation(let column, let values): "where(\"\(column)\", is: \(values.joined(separator: ", ")))"
        case .first(let count): "first(\(count))"
        case .controlsNamedIn(let column, let kind): "controls(\(kind.map { ".\($0.rawValue), " } ?? "")column: \"\(column)\")"
        case .controlsWhere(let column, let values): "controls(where: \"\(column)\", is: \(values.joined(separator: ", ")))"
        case .passing: "passing()"
        case .excludingAnnotation(let column, let values): "excluding(where: \"\(column)\", is: \(values.joined(separator: ", ")))"
        }
    }
}
