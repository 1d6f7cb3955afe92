import Foundation

/// A text that names every stored property and enum case of a value, with types, in declaration order.
package enum SchemaText {
    package static func describe(_ values: [Any]) -> String {
        var types: [String: String] = [:]
        for value in values { visit(value, into: &types) }
        return types.sorted { $0.key < $1.key }.map { "\($0.key) { \($0.value) }" }.joined(separator: "\n") + "\n"
    }

    private static func visit(_ value: Any, into types: inout [String: String]) {
        let mirror = Mirror(reflecting: value)
        let name = String(describing: type(of: value))
        switch mirror.displayStyle {
        // What is inside these is the library's own affair.
        case .struct where name != "String" && name != "Date":
            types[name] = mirror.children.map { "\($0.label ?? "?"): \(type(of: $0.value))" }.joined(separator: ", ")
        case .enum:
            let caseName = mirror.children.first.map { "\($0.label ?? "?")(\(type(of: $0.value)))" } ?? "\(value)"
            let cases = Set((types[name] ?? "").components(separatedBy: " | ")).union([caseName]).subtracting([""])
            types[name] = cases.sorted().joined(separator: " | ")
        default: break
        }
        for child in mirror.children { visit(child.value, into: &types) }
    }
}
