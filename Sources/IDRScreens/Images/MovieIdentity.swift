import IDRFormats
import IDRPlan

/// What a movie says itself of which well it is of. Whoever mixes movies up, on a server or in a mirror, gives wells the pixels of others.
package enum MovieIdentity {
    /// How a note begins that says so.
    package static let beginning = "the file says that it is of another well"

    /// What is to be said where a movie that was read for `well` names another well of the same study; nil where it names this one. Movies are also
    /// renamed, cut and put together by people who do not care for the names inside: it is said and not refused, and names that are none of the
    /// study's plates, or not the number or name of a well, say nothing.
    package static func note(plate: String, experiment: String, read well: WellAddress, _ tables: ScreenTables) -> String? {
        guard tables.plates[plate] != nil, let number = number(of: experiment, on: plate, in: tables), number > 0 else { return nil }
        guard plate != well.plate || number != well.number else { return nil }
        return "\(beginning): plate \(plate), well \(experiment), and not plate \(well.plate), well \(well.well) (\(well.number))"
    }

    /// From 1; nil where it is neither a number nor a row letter and a column.
    private static func number(of experiment: String, on plate: String, in tables: ScreenTables) -> Int? {
        if !experiment.isEmpty, experiment.allSatisfy({ $0.isASCII && $0.isNumber }) { return Int(experiment) }
        guard let place = WellName(experiment) else { return nil }
        return place.number(columns: tables.columns(of: plate))
    }
}

extension CellH5Movie {
    /// ``MovieIdentity``'s note, as a list.
    func notes(read well: WellAddress, _ tables: ScreenTables) -> [String] {
        MovieIdentity.note(plate: plate, experiment: experiment, read: well, tables).map { [$0] } ?? []
    }
}
