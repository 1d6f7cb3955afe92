/// Any JSON, for comparing values field by field.
package enum JSONValue: Decodable, Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let values = try? container.decode([JSONValue].self) {
            self = .list(values)
        } else {
            let values = try container.decode([String: JSONValue].self)
            // What Swift makes of an enumeration's unnamed value.
            self = values.count == 1 ? values["_0"] ?? .object(values) : .object(values)
        }
    }

    /// Short text, `controls(kind: negative)` for the case of an enumeration.
    package var text: String {
        switch self {
        case .null: "none"
        case .bool(let value): "\(value)"
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        case .text(let value): value
        case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let fields):
            fields.isEmpty ? "" : fields.sorted { $0.key < $1.key }.map { $1.text.isEmpty ? $0 : "\($0): \($1.text)" }.joined(separator: ", ")
        }
    }
}
