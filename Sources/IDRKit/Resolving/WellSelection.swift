import IDRFiles
import IDRPlan
import IDRScreens

/// Applies a plan's selection steps to a screen's tables.
struct WellSelection {
    let tables: ScreenTables

    /// The chosen wells, in the table's order, each once.
    func wells(_ steps: [SelectionStep]) throws(IDRError) -> [ScreenWell] {
        var wells = try tables.wells { row throws(IDRError) in !tables.isMissing(row) }
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
            for name in names { _ = try tables.wells(on: name) }
            return wells.filter { names.contains($0.plate) }
        case .annotation(let column, let values):
            let cells = try tables.annotation.values(of: column)
            return wells.filter { values.contains(cells[$0.row]) }
        case .first(let count):
            guard count >= 1 else { throw IDRError(.invalidPlan, "first(\(count)) chooses nothing", fix: "give a number from 1") }
            return Array(wells.prefix(count))
        }
    }

    /// Rows of `A4` on every plate that has it, and of `plate/A4` on that plate.
    private func rows(named names: [String]) throws(IDRError) -> Set<Int> {
        var rows = Set<Int>()
        for name in names {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            switch parts.count {
            case 2: rows.insert(try tables.well(parts[1], on: parts[0]).row)
            case 1:
                let place = WellName(name)
                let found = try tables.wells { row throws(IDRError) in
                    tables.name(of: row) == name || (place != nil && WellName(tables.name(of: row)) == place)
                }
                guard !found.isEmpty else {
                    throw IDRError(
                        .missing, "screen \(tables.screen) has no well \"\(name)\"", at: [tables.annotation.name],
                        because: "no plate has a well of that name", fix: "wells are named by row letter and column: A4, H12; one plate's: PLATE/A4")
                }
                rows.formUnion(found.map(\.row))
            default:
                throw IDRError(.invalidPlan, "\"\(name)\" is no well", fix: "write A4, or PLATE/A4 for one plate")
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
        }
    }
}
