package import IDRPlan
import Yams

/// A value of a YAML file. Settings of studies are small: larger or deeper ones are refused.
package struct YAML {
    private let node: Node

    /// No study's settings are larger.
    package static let limit = 1 << 20
    /// Brackets in brackets, and lists in lists of a line.
    private static let deepest = 50
    private static let widestIndent = 200

    /// - Throws: an ``IDRError`` where the text is no YAML, or too large or too deep.
    package init(_ bytes: [UInt8], called name: String) throws(IDRError) {
        guard bytes.count <= Self.limit else {
            throw IDRError(.invalidInput, "the settings are too large", at: [name], because: "they have more than \(Self.limit) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw IDRError(.invalidInput, "the settings are no UTF-8 text", at: [name]) }
        guard !Self.isTooDeep(bytes) else { throw IDRError(.invalidInput, "the settings are nested too deeply", at: [name]) }
        do {
            guard let node = try Yams.compose(yaml: text) else { throw IDRError(.invalidInput, "the settings are empty", at: [name]) }
            self.node = node
        } catch let error as IDRError {
            throw error
        } catch {
            throw IDRError(.invalidInput, "the settings are no YAML", at: [name], because: "\(error)".split(separator: "\n").first.map(String.init))
        }
    }

    private init(node: Node) { self.node = node }

    /// The value of `key`; nil where this is no mapping, or has no such key.
    package subscript(key: String) -> YAML? { node.mapping?[Node(key)].map(YAML.init(node:)) }

    /// The values of a list; empty where this is none.
    package var list: [YAML] { node.sequence?.map(YAML.init(node:)) ?? [] }

    /// Keys and values of a mapping in their order; empty where this is none.
    package var entries: [(key: String, value: YAML)] {
        node.mapping?.compactMap { key, value in key.string.map { ($0, YAML(node: value)) } } ?? []
    }

    /// A text or number as it stands there; nil for lists and mappings.
    package var text: String? { node.scalar?.string }

    /// The parser goes down a level a bracket, a dash or an indent: no deeper than a thread's stack has room for.
    private static func isTooDeep(_ bytes: [UInt8]) -> Bool {
        var (brackets, starts, indent, isAtStart) = (0, 0, 0, true)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"): (starts, indent, isAtStart) = (0, 0, true)
            case UInt8(ascii: " "): if isAtStart { indent += 1 }
            case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"): if isAtStart { starts += 1 }
            case UInt8(ascii: "["), UInt8(ascii: "{"): (brackets, isAtStart) = (brackets + 1, false)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): (brackets, isAtStart) = (max(0, brackets - 1), false)
            default: isAtStart = false
            }
            if brackets > deepest || starts > deepest || indent > widestIndent { return true }
        }
        return false
    }
}
