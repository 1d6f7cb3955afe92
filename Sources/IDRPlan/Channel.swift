/// A channel of an image, as a script names it: by number, counted from 1, or by a name from the file or the study's table
/// ("DAPI", "DNA", or the whole entry "DAPI:DNA"; letter case does not count).
public enum Channel: Codable, Sendable, Hashable {
    /// The channel's place in the image, counted from 1.
    case number(Int)
    /// A name from the file or the study's table.
    case named(String)
}

extension Channel: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// `channel: 2`.
    public init(integerLiteral value: Int) { self = .number(value) }
    /// `channel: "DNA"`.
    public init(stringLiteral value: String) { self = .named(value) }
}

extension Channel: CustomStringConvertible {
    /// For people: `channel 2` or `channel "DNA"`.
    public var description: String {
        switch self {
        case .number(let number): "channel \(number)"
        case .named(let name): "channel \"\(name)\""
        }
    }
}
