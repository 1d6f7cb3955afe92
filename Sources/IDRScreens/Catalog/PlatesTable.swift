import IDRFiles
package import IDRPlan

/// A screen's plates table: one line a plate, its name, where its files are, or both, in either order. No header.
package struct PlatesTable: Sendable, Hashable {
    /// One plate.
    package struct Entry: Sendable, Hashable {
        package let plate: String
        /// Where its files are, as it stands there; nil in tables of names alone.
        package let source: String?

        init(plate: String, source: String?) {
            self.plate = plate
            self.source = source
        }

        /// The plate's folder where its place has the form `../screens/<folder>.screen`.
        package var screenFolder: String? {
            guard let source, source.hasPrefix("../screens/"), source.hasSuffix(".screen") else { return nil }
            return String(source.dropFirst("../screens/".count).dropLast(".screen".count))
        }
    }

    /// In the table's order.
    package private(set) var entries: [Entry]
    /// Names of the annotation that are written otherwise here.
    private var respelt: [(own: String, other: String)] = []
    private var numbers: [String: Int] = [:]

    package static func == (one: PlatesTable, other: PlatesTable) -> Bool { one.entries == other.entries }
    package func hash(into hasher: inout Hasher) { hasher.combine(entries) }

    init(entries: [Entry]) {
        self.entries = entries
        numbers = Dictionary(entries.enumerated().map { ($1.plate, $0) }) { first, _ in first }
    }

    /// - Parameter columns: `name` and `path` in the table's order, as the study's `bulk.yml` says; empty where that is not at hand.
    /// - Throws: ``IDRError`` where the table names no plate, or one twice with different places.
    package init(_ text: [UInt8], called name: String, columns: [String] = []) throws(IDRError) {
        let lines = Self.lines(text)
        let order = Self.order(columns, of: lines)
        var entries: [Entry] = []
        var known: [String: String?] = [:]
        for line in lines {
            let path = order.path.flatMap { line.indices.contains($0) && !line[$0].isEmpty ? line[$0] : nil }
            let plate = order.name.flatMap { line.indices.contains($0) ? line[$0] : nil } ?? path.map(Self.plate(at:)) ?? ""
            guard !plate.isEmpty else { continue }
            let entry = Entry(plate: plate, source: path)
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
        self.init(entries: entries)
    }

    private static func lines(_ text: [UInt8]) -> [[String]] {
        let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let decoded = String(validating: text[start...], as: UTF8.self) ?? String(decoding: text.map(UInt16.init), as: UTF16.self)
        return decoded.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(\.trimmed)
        }.filter { line in line.contains { !$0.isEmpty } }
    }

    /// Which fields are names and places: as the study says, or else by what they look like.
    private static func order(_ columns: [String], of lines: [[String]]) -> (name: Int?, path: Int?) {
        let width = lines.map(\.count).max() ?? 0
        if let path = columns.firstIndex(of: "path"), columns.count <= width { return (columns.firstIndex(of: "name"), path) }
        func paths(_ column: Int) -> Int { lines.count { $0.indices.contains(column) && isPath($0[column]) } }
        if width == 1 { return paths(0) > lines.count / 2 ? (nil, 0) : (0, nil) }
        return paths(0) > paths(1) ? (1, 0) : (0, 1)
    }

    private static func isPath(_ text: String) -> Bool { ["/", "./", "../"].contains { text.hasPrefix($0) } }

    /// Names of indices that are the same for every plate.
    private static let commonNames: Set<String> = ["index", "measurementindex", "imageindex", "experiment_descriptor", "images"]

    /// What a plate is called that only its place is known of: its file without ending, or its folder.
    private static func plate(at path: String) -> String {
        for part in path.split(separator: "/").reversed() {
            let ending = part.firstIndex(of: ".").map { part[$0...].lowercased() } ?? ""
            let isIndex = endings.contains { ending.hasSuffix($0) }
            let stem = isIndex ? String(part.prefix { $0 != "." }) : String(part)
            if !commonNames.contains(stem.lowercased()) { return stem }
        }
        return ""
    }

    private static let endings = [".screen", ".pattern", ".xml", ".htd", ".wpi", ".mlf", ".mrf", ".xdce", ".ome", ".zarr", ".flex"]

    /// The plate called `plate`, if the table has it.
    package subscript(plate: String) -> Entry? { numbers[plate].map { entries[$0] } }

    /// The same table under the names that the annotation has, where they differ in letter case, blanks and other signs alone.
    func matched(to plates: [String]) -> PlatesTable {
        let wanted = plates.filter { self[$0] == nil }
        guard !wanted.isEmpty else { return self }
        let known = Set(plates)
        let free = Dictionary(grouping: entries.filter { !known.contains($0.plate) }) { Self.folded($0.plate) }
        var (copy, taken) = (self, Set<String>())
        for plate in wanted {
            guard let found = free[Self.folded(plate)], found.count == 1, taken.insert(found[0].plate).inserted, let place = numbers[found[0].plate]
            else { continue }
            copy.entries[place] = Entry(plate: plate, source: found[0].source)
            copy.numbers[plate] = place
            copy.numbers[found[0].plate] = nil
            copy.respelt.append((plate, found[0].plate))
        }
        return copy
    }

    private static func folded(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    /// What a person should know where the two tables do not agree.
    func notes(of plates: [String]) -> [String] {
        var notes: [String] = []
        if let first = respelt.first {
            notes.append(
                "\(respelt.count.counted("plate is", "plates are")) written otherwise in the plates table, such as \"\(first.own)\": \"\(first.other)\""
            )
        }
        let lacking = plates.filter { self[$0] == nil }
        if !lacking.isEmpty {
            notes.append(
                "the plates table lacks \(lacking.count.counted("plate", "plates")) of the annotation: \(NearNames.list(lacking.prefix(3)))"
                    + (lacking.count > 3 ? ", ..." : ""))
        }
        let annotated = Set(plates)
        let unknown = entries.count { !annotated.contains($0.plate) }
        if unknown > 0 { notes.append("the annotation has no well of \(unknown.counted("plate", "plates")) of the plates table") }
        return notes
    }
}
