import IDRFiles
import IDRPlan

/// The study's own quality control of its wells, where its table has such a column.
package struct QualityColumn: Sendable {
    package enum Verdict: Sendable { case passed, failed, unknown }

    package let name: String
    private let texts: [String]
    /// A column that only says what failed lets all others pass.
    private let namesPassed: Bool

    init?(_ annotation: CSVTable) throws(IDRError) {
        let found = annotation.columns.first { column in
            let name = column.trimmed.lowercased()
            return name.hasSuffix("quality control") || name.hasSuffix("[quality control]")
        }
        guard let found else { return nil }
        name = found
        texts = try annotation.values(of: found)
        var known: [String: Verdict] = [:]
        for text in texts where known[text] == nil { known[text] = Self.verdict(text) }
        guard known.values.contains(where: { $0 != .unknown }) else { return nil }
        namesPassed = known.values.contains(.passed)
    }

    /// What the well of `rows` got: failed where any of them did.
    package func verdict(of rows: [Int]) -> Verdict {
        let verdicts = rows.map { Self.verdict(texts[$0]) }
        if verdicts.contains(.failed) { return .failed }
        return verdicts.contains(.passed) || !namesPassed ? .passed : .unknown
    }

    /// How many wells have each text, the most frequent first.
    package func counts(of wells: [ScreenWell]) -> [(text: String, count: Int)] {
        var counts: [String: Int] = [:]
        for well in wells { counts[ScreenTables.joined(well.rows.map { texts[$0] }), default: 0] += 1 }
        return counts.filter { !$0.key.isEmpty }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    private static func verdict(_ text: String) -> Verdict {
        let word = text.lowercased().split { !$0.isLetter && !$0.isNumber }.first.map(String.init) ?? ""
        switch word {
        case "pass", "passed", "true", "yes", "ok", "okay", "good", "1": return .passed
        case "false", "no", "bad", "poor", "0", "excluded", "exclude", "rejected", "reject": return .failed
        default: return word.hasPrefix("fail") ? .failed : .unknown
        }
    }
}
