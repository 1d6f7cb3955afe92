/// A channel of an image, as a script names it: by number, counted from 1, or by a name from the file or the study's table
/// ("DAPI", "DNA", or the whole entry "DAPI:DNA"; letter case does not count).
public enum Channel: Codable, Sendable, Hashable {
    case number(Int)
    case named(String)
}

extension Channel: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    public init(integerLiteral value: Int) { self = .number(value) }
    public init(stringLiteral value: String) { self = .named(value) }
}

extension Channel: CustomStringConvertible {
    public var description: String {
        switch self {
        case .number(let number): "channel \(number)"
        case .named(let name): "channel \"\(name)\""
        }
    }
}
