import IDRPlan

/// The tables of an INI file: `[table]` and lines `key = value`; lines that begin with "#" or ";" are remarks.
struct INITables {
    /// In the file's order; what stands before the first table is none's.
    let tables: [(name: String, values: [String: String])]
    private let places: [String: Int]

    private static let mostLines = 1 << 20

    init(_ bytes: [UInt8], called file: String) throws(IDRError) {
        var tables: [(name: String, values: [String: String])] = []
        var places: [String: Int] = [:]
        let lines = String(decoding: bytes, as: UTF8.self).split(maxSplits: Self.mostLines, whereSeparator: \.isNewline)
        guard lines.count <= Self.mostLines else { throw PlateIndexFormats.error(file, "it has more than \(Self.mostLines) lines") }
        for line in lines {
            let text = line.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
            if text.hasPrefix("#") || text.hasPrefix(";") { continue }
            if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
                let name = String(text[text.index(after: text.startIndex)..<end])
                guard places.updateValue(tables.count, forKey: name) == nil else {
                    throw PlateIndexFormats.error(file, "it has the table [\(name.prefix(40))] twice")
                }
                tables.append((name, [:]))
            } else if let sign = text.firstIndex(of: "="), !tables.isEmpty {
                tables[tables.count - 1].values[Self.trimmed(text[..<sign])] = Self.trimmed(text[text.index(after: sign)...])
            }
        }
        (self.tables, self.places) = (tables, places)
    }

    subscript(_ name: String) -> [String: String]? { places[name].map { tables[$0].values } }

    private static func trimmed(_ text: Substring) -> String {
        let rest = text.drop(while: \.isWhitespace)
        return String(rest.prefix(rest.count - rest.reversed().prefix(while: \.isWhitespace).count))
    }
}
