package import IDRPlan

/// One well of a screen, as its annotation table describes it.
package struct ScreenWell: Sendable, Hashable, Codable {
    package let plate: String
    /// "A4".
    package let name: String
    /// From 1 along the rows of the plate.
    package let number: Int
    /// Its rows of the annotation table, from 0 under the header.
    package let rows: [Int]
    /// The table's own words for what it is a control of; empty where it has none.
    package let controlType: String
    /// The kind of control that the text names, or nil where the well is none.
    package let control: ControlKind?
    /// The perturbed gene or compound. ``negativeControl`` for a negative control without one, as in the published run's index.
    package let target: String

    /// What tables call a negative control that nothing was done to.
    package static let negativeControl = "negative control"

    /// The same well as a control of another kind than its table says.
    package func control(_ kind: ControlKind, calling text: String) -> ScreenWell {
        let own = target == Self.negativeControl ? "" : target
        return ScreenWell(
            plate: plate, name: name, number: number, rows: rows, controlType: text, control: kind,
            target: own.isEmpty && kind == .negative ? Self.negativeControl : own)
    }

    /// The first of its rows.
    package var row: Int { rows[0] }
}
