import CYAML
package import IDRPlan

/// A value of a YAML file, read by libyaml. Settings of studies are small: larger ones are refused.
package struct YAML {
    /// The values of a file; those in lists and mappings are named by their place, as libyaml does, so that an alias is no copy.
    private enum Value {
        case text(String)
        case list([Int])
        case mapping([(key: Int, value: Int)])
    }

    private let values: [Value]
    private let place: Int

    /// No study's settings are larger.
    package static let limit = 1 << 20

    /// - Throws: an ``IDRError`` where the text is no YAML, or too large.
    package init(_ bytes: [UInt8], called name: String) throws(IDRError) {
        guard bytes.count <= Self.limit else {
            throw IDRError(.invalidInput, "the settings are too large", at: [name], because: "they have more than \(Self.limit) bytes")
        }
        values = try Self.values(bytes, called: name)
        place = 0
        guard !values.isEmpty else { throw IDRError(.invalidInput, "the settings are empty", at: [name]) }
    }

    private init(_ values: [Value], _ place: Int) { (self.values, self.place) = (values, place) }

    private static func values(_ bytes: [UInt8], called name: String) throws(IDRError) -> [Value] {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw IDRError(.system, "there is no memory for the settings", at: [name]) }
        defer { yaml_parser_delete(&parser) }
        return try bytes.withUnsafeBufferPointer { buffer throws(IDRError) in
            yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            var document = yaml_document_t()
            guard yaml_parser_load(&parser, &document) == 1 else {
                let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
                throw IDRError(
                    .invalidInput, "the settings are no YAML", at: [name], because: "\(problem), near line \(parser.problem_mark.line + 1)")
            }
            defer { yaml_document_delete(&document) }
            var values: [Value] = []
            // Nodes are counted from 1; the first is the whole.
            while let node = yaml_document_get_node(&document, Int32(values.count + 1)) { values.append(value(node)) }
            return values
        }
    }

    private static func value(_ node: UnsafeMutablePointer<yaml_node_t>) -> Value {
        switch node.pointee.type {
        case YAML_SEQUENCE_NODE: .list((0..<idr_yaml_item_count(node)).map { Int(idr_yaml_item(node, $0)) - 1 })
        case YAML_MAPPING_NODE:
            .mapping((0..<idr_yaml_pair_count(node)).map { (Int(idr_yaml_key(node, $0)) - 1, Int(idr_yaml_value(node, $0)) - 1) })
        default: .text(text(node))
        }
    }

    private static func text(_ node: UnsafeMutablePointer<yaml_node_t>) -> String {
        var length = 0
        guard node.pointee.type == YAML_SCALAR_NODE, let bytes = idr_yaml_text(node, &length) else { return "" }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
    }

    /// The value of `key`; nil where this is no mapping, or has no such key.
    package subscript(key: String) -> YAML? { entries.first { $0.key == key }?.value }

    /// The values of a list; empty where this is none.
    package var list: [YAML] { if case .list(let places) = values[place] { places.map { YAML(values, $0) } } else { [] } }

    /// Keys and values of a mapping in their order; empty where this is none.
    package var entries: [(key: String, value: YAML)] {
        guard case .mapping(let pairs) = values[place] else { return [] }
        return pairs.compactMap { pair in YAML(values, pair.key).text.map { ($0, YAML(values, pair.value)) } }
    }

    /// A text or number as it stands there; nil for lists and mappings.
    package var text: String? { if case .text(let text) = values[place] { text } else { nil } }
}
