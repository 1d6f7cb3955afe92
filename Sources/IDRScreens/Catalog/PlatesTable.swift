package import IDRPlan

/// A screen's plates table: one line a plate, its name and, in most screens, where its files are. No header.
package struct PlatesTable: Sendable, Hashable {
    /// One plate.
    package struct Entry: Sendable, Hashable {
        package let plate: String
        /// The second column as it stands there; nil in tables of one column.
        package let source: String?

        init(plate: String, source: String?) {
            self.plate = plate
            self.source = source
        }

        /// The plate's folder where the second column has the form `../screens/<folder>.screen`.
        package var screenFolder: String? {
            guard let source, source.hasPrefix("../screens/"), source.hasSuffix(".screen") else { return nil }
            return String(source.dropFirst("../screens/".count).dropLast(".screen".count))
        }
    }

    /// In the table's order.
    package let entries: [Entry]

    init(entries: [Entry]) { self.entries = entries }

    /// - Throws: ``IDRError`` where the table names no plate, or one twice with different places.
    package init(_ text: [UInt8], called name: String) throws(IDRError) {
        let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let decoded = String(validating: text[start...], as: UTF8.self) ?? String(decoding: text.map(UInt16.init), as: UTF16.self)
        var entries: [Entry] = []
        var known: [String: String?] = [:]
        for line in decoded.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard let plate = fields.first, !plate.isEmpty else { continue }
            let entry = Entry(plate: String(plate), source: fields.count > 1 && !fields[1].isEmpty ? String(fields[1]) : nil)
            if let other = known[entry.plate] {
                guard other == entry.source else {
                    throw IDRError(.invalidInput, "plate \(entry.plate) stands twice in the plates table, at different places", at: [name])
                }
                continue
            }
            known[entry.plate] = entry.source
            entries.append(entry)
        }
        guard !entries.isEmpty else { throw IDRError(.invalidInput, "the plates table names no plate", at: [name]) }
        self.entries = entries
    }

    /// The plate called `plate`, if the table has it.
    package subscript(plate: String) -> Entry? { entries.first { $0.plate == plate } }
}
