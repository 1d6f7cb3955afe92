/// Names that a misspelt one may have meant.
package enum NearNames {
    /// Up to `limit` of `names` by the number of edits it takes from `name`, letter case not counted; only those that are close.
    package static func to(_ name: String, in names: some Sequence<String>, limit: Int = 3) -> [String] {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
        let allowed = max(2, wanted.count / 3)
        let close = names.compactMap { candidate -> (edits: Int, name: String)? in
            let edits = distance(wanted, Array(candidate.lowercased().unicodeScalars.prefix(64)))
            return edits <= allowed ? (edits, candidate) : nil
        }
        return close.sorted { ($0.edits, $0.name) < ($1.edits, $1.name) }.prefix(limit).map(\.name)
    }

    /// "did you mean ..." where something is near, else a list of the first of all `names`.
    package static func advice(_ name: String, in names: [String], all kind: String) -> String {
        let near = to(name, in: names)
        if !near.isEmpty { return "did you mean \(list(near))?" }
        let shown = names.prefix(5)
        return "\(kind) are \(list(shown))" + (names.count > shown.count ? " and \(names.count - shown.count) more" : "")
    }

    /// `the table's columns are "A", "B" and 3 more`.
    package static func shortList(_ names: [String], of kind: String) -> String {
        let shown = names.prefix(40)
        return "\(kind) are \(list(shown))" + (names.count > shown.count ? " and \(names.count - shown.count) more" : "")
    }

    package static func list(_ names: some Sequence<String>) -> String { names.map { "\"\($0)\"" }.joined(separator: ", ") }

    /// Levenshtein's distance.
    private static func distance(_ a: [UnicodeScalar], _ b: [UnicodeScalar]) -> Int {
        var previous = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in b.indices {
                row.append(min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, row[j] + 1))
            }
            previous = row
        }
        return previous[b.count]
    }
}
