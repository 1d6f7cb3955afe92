package import IDRPlan

/// One well of a screen, as its annotation table describes it.
package struct ScreenWell: Sendable, Hashable, Codable {
    package let plate: String
    /// "A4".
    package let name: String
    /// From 1 along the rows of the plate.
    package let number: Int
    /// The row of the annotation table, from 0 under the header.
    package let row: Int
    /// The table's own text in `Control Type`; empty where it has none.
    package let controlType: String
    /// The kind of control that the text names, or nil where the well is none.
    package let control: ControlKind?
    /// The perturbed gene or compound. "negative control" for a control well without one, as in the published run's index.
    package let target: String
}
