/// A named column of texts.
public struct TextColumn: Sendable, Equatable {
    /// The column's name.
    public let name: String
    /// One text per row.
    public var values: [String]

    /// A column with a text for each row.
    public init(name: String, values: [String]) { (self.name, self.values) = (name, values) }
}
