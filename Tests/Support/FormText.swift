import Foundation

/// A text that names every field of JSON values, by its path, with the kinds of values that stand there: the form, whatever the types of the program
/// that writes it are called.
package enum FormText {
    package static func describe(_ values: [any Encodable]) throws -> String {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        var kinds: [String: Set<String>] = [:]
        for value in values { visit(try JSONSerialization.jsonObject(with: encoder.encode(value)), "", &kinds) }
        return kinds.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.sorted().joined(separator: " or "))\n" }.joined()
    }

    private static func visit(_ value: Any, _ path: String, _ kinds: inout [String: Set<String>]) {
        switch value {
        case let fields as [String: Any]:
            if fields.isEmpty { kinds[path, default: []].insert("object") }
            for (name, field) in fields { visit(field, path + "." + name, &kinds) }
        case let elements as [Any]:
            if elements.isEmpty { kinds[path, default: []].insert("list") }
            for element in elements { visit(element, path + "[]", &kinds) }
        case is String: kinds[path, default: []].insert("text")
        case let number as NSNumber: kinds[path, default: []].insert(String(cString: number.objCType) == "c" ? "truth" : "number")
        default: kinds[path, default: []].insert("null")
        }
    }
}
