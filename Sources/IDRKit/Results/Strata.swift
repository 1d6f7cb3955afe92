/// The metadata columns that cells are grouped by: `.well`, `.plate`, `.gene`, or names of columns of the tables.
///
/// ```swift
/// cells.aggregated(by: .well)
/// cells.aggregated(by: ["Metadata_Plate", "Metadata_Gene"], .mean)
/// ```
public struct Strata: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    /// Names of columns; of the tables, or ``wellNameColumn`` or ``controlTypeColumn``.
    public let columns: [String]

    /// Columns by name, in the order in which groups are sorted.
    public init(_ columns: [String]) { self.columns = columns }
    /// One column by name.
    public init(stringLiteral column: String) { self.init([column]) }
    /// Columns by name.
    public init(arrayLiteral columns: String...) { self.init(columns) }

    /// One profile a well, as pycytominer groups by default.
    public static let well = Strata(["Metadata_Plate", "Metadata_Well"])
    /// One profile a plate.
    public static let plate = Strata(["Metadata_Plate"])
    /// One profile for each thing that wells were treated with.
    public static let gene = Strata(["Metadata_Gene"])
    /// One profile for each kind of control.
    public static let controlType = Strata([controlTypeColumn])

    /// Which kind of control the study's table calls the cell's well. The published tables do not have this column; the plan does.
    public static let controlTypeColumn = "Metadata_Control_Type"

    /// The well's name, row letter and column: `A4`. The published tables have numbers of wells and frames instead.
    public static let wellNameColumn = "Metadata_Well_Name"

    /// These columns and others, each once.
    public func and(_ other: Strata) -> Strata { Strata(columns + other.columns.filter { !columns.contains($0) }) }
}
