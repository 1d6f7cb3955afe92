import Foundation
import IDRPlan

extension Verdict {
    /// For the terminal: the verdict, a line a batch with the failures first, and why.
    package var text: String {
        var lines = [headline, ""]
        let rows = worstFirst.map(Self.row)
        lines += TextTable.lines(["batch", "verdict", "declared", "images", "nuclei", "differ", "parts at", "largest difference"], rows)
        for batch in worstFirst where !batch.reasons.isEmpty || !batch.notes.isEmpty {
            lines += ["", "batch \(batch.batch)"] + (batch.reasons + batch.notes).map { "  " + $0 } + Self.details(batch).map { "  " + $0 }
        }
        if !setup.isEmpty { lines += ["", "this machine is not the record's:"] + setup.map { "  " + $0 } }
        lines += notes.map { "note: " + $0 }
        return lines.map(TextTable.printable).joined(separator: "\n") + "\n"
    }

    package static func row(_ batch: BatchComparison) -> [String] {
        let difference = batch.difference
        let differing = difference.map { $0.cells.differing + $0.cellsOnlyInRecord + $0.cellsOnlyInRerun }
        return [
            "\(batch.batch)", batch.reached.rawValue, batch.declared.rawValue + (batch.isDeclaredMet ? "" : " MISSED"),
            batch.basis == .nothing ? "-" : "\(batch.images)", batch.basis == .nothing ? "-" : "\(batch.cells)", differing.map { "\($0)" } ?? "-",
            batch.firstStage?.name ?? "-", largest(difference) ?? "-",
        ]
    }

    /// Of features where tables were compared, of what fingerprints hold otherwise.
    private static func largest(_ difference: TableDifference?) -> String? {
        guard let difference else { return nil }
        let kinds: [ColumnKind] = [.feature, .mean, .projection, .location]
        guard let column = kinds.lazy.compactMap(difference.column).first(where: { $0.differing > 0 }) else { return nil }
        return "\(TextTable.number(column.largestAbsolute)) (\(column.kind.rawValue))"
            + (column.undefined > 0 ? ", \(column.undefined) undefined" : "")
    }

    static func details(_ batch: BatchComparison) -> [String] {
        var lines = batch.difference?.lines ?? []
        if let statistical = batch.statistical {
            let cosine = statistical.smallestCosine.map { ", smallest cosine of mean profiles \(TextTable.number($0))" } ?? ""
            lines.append(
                "\(statistical.otherCounts) of \(statistical.images) images with other counts, \(statistical.otherProfiles) with other profiles\(cosine)"
            )
            for image in statistical.worst.filter({ !$0.agrees }).prefix(3) {
                lines.append(
                    "\(image.image): \(image.cells) nuclei, \(image.rerunCells) in the rerun, cosine \(image.cosine.map(TextTable.number) ?? "undefined")"
                )
            }
        }
        return lines
    }
}

extension TableDifference {
    /// A line each: what differs, by how much, and where most.
    var lines: [String] {
        var lines = ["\(images.differing) of \(images.compared) images and \(cells.differing) of \(cells.compared) nuclei differ"]
        if cellsOnlyInRecord + cellsOnlyInRerun > 0 {
            lines.append("\(cellsOnlyInRecord) nuclei are in the first only, \(cellsOnlyInRerun) in the second only")
        }
        if features.differing > 0 { lines.append("\(features.differing) of \(features.compared) features differ") }
        for column in columns where column.differing > 0 {
            var text = "\(column.kind.rawValue): \(column.differing) of \(column.compared) values differ"
            if column.kind != .text {
                text += ", by \(TextTable.number(column.largestAbsolute)) at most (relative \(TextTable.number(column.largestRelative)))"
                text += ", \(column.outside) beyond the tolerance" + (column.undefined > 0 ? ", \(column.undefined) undefined on one side" : "")
            }
            lines.append(text)
        }
        if let reshapedCells { lines.append("\(reshapedCells.count) nuclei beyond the tolerance have other outlines") }
        for (what, worst) in [("images", worstImages), ("nuclei", worstCells), ("features", worstFeatures)] where !worst.isEmpty {
            let names = worst.prefix(3).map { "\($0.name) (\(TextTable.number($0.timesTolerance)) tolerances)" }
            lines.append("worst \(what): " + names.joined(separator: ", "))
        }
        return lines
    }
}

/// Texts for the terminal.
package enum TextTable {
    /// Columns as wide as their longest text.
    package static func lines(_ header: [String], _ rows: [[String]]) -> [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(cells.joined(separator: "  ").trimmingSuffix { $0 == " " })
        }
    }

    /// Four digits are enough to judge by.
    package static func number(_ value: Double) -> String {
        if value.isNaN { return "undefined" }
        if value == 0 { return "0" }
        if abs(value) >= .greatestFiniteMagnitude { return "infinite" }
        let text = "\(rounded(value))"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func rounded(_ value: Double) -> Double {
        var scale = 1.0
        var size = abs(value)
        while size < 1000, scale < 1e300 { (size, scale) = (size * 10, scale * 10) }
        // Division by a power of ten gives the nearest value to a short decimal, multiplication does not.
        let whole = (value * scale).rounded()
        return whole / scale
    }

    /// Without characters that steer a terminal: names come from tables that others wrote.
    package static func printable(_ text: String) -> String { printable(text, keepingLines: false) }

    /// - Parameter keepingLines: leaves line ends and tabs as they are.
    package static func printable(_ text: String, keepingLines: Bool) -> String {
        func isKept(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.generalCategory != .control || keepingLines && (scalar == "\n" || scalar == "\t")
        }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isKept($0) ? $0 : "\u{fffd}" }))
    }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while isRemoved: (Character) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, isRemoved(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}
