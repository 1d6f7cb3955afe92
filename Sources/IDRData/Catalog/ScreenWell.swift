public import IDRPlan

/// One well of a screen, as its annotation table describes it.
public struct ScreenWell: Sendable, Hashable, Codable {
    public let plate: String
    /// "A4".
    public let name: String
    /// From 1 along the rows of the plate.
    public let number: Int
    /// The row of the annotation table, from 0 under the header.
    public let row: Int
    /// The table's own text in `Control Type`; empty where it has none.
    public let controlType: String
    /// The kind of control that the text names, or nil where the well is none.
    public let control: ControlKind?
    /// The perturbed gene or compound. "negative control" for a control well without one, as in the published run's index.
    public let target: String
}
