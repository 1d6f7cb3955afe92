import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// Compares two batches' tables cell by cell; the rows are read side by side and never held together.
struct TableComparison {
    private(set) var tally: DifferenceTally
    /// Why the tables are not of the same shape; nil where every row was compared.
    private(set) var misfit: String?
    /// Metadata columns that differ.
    private(set) var otherMetadata: Set<String> = []
    private let tolerance: Agreement.Tolerance

    /// - Parameters:
    ///   - cells: ids of the rows, which both tables share.
    ///   - featureNames: columns that are features; others than these and the locations are texts.
    init(
        _ record: TableReader, _ rerun: TableReader, cells: [Fingerprint.Cell], featureNames: [String], _ tolerance: Agreement.Tolerance
    ) throws(IDRError) {
        self.tolerance = tolerance
        tally = DifferenceTally(featureNames: featureNames)
        guard try record.advance(), try rerun.advance() else {
            misfit = "a table has no header"
            return
        }
        let header = record.texts
        if let problem = Self.misfit(header, rerun.texts) {
            misfit = problem
            return
        }
        let columns = Self.columns(header, featureNames)
        for (row, cell) in cells.enumerated() {
            guard try record.advance(), try rerun.advance(), record.fields.count == header.count, rerun.fields.count == header.count else {
                misfit = "row \(row + 1) is missing, or has other columns"
                return
            }
            try add(record, rerun, columns, cell.id)
        }
        let hasMore = (try record.advance(), try rerun.advance())
        if hasMore.0 || hasMore.1 { misfit = "a table has more rows than its fingerprint" }
    }

    private struct Column {
        var name: String
        var kind: ColumnKind
        var feature: Int?
    }

    /// Outlines and locations come before features.
    private static func columns(_ header: [String], _ featureNames: [String]) -> [Column] {
        let features = Dictionary(featureNames.enumerated().map { ($1, $0) }) { first, _ in first }
        return header.map { name in
            let isLocation = name == "Location_Center_X" || name == "Location_Center_Y"
            return Column(name: name, kind: isLocation ? .location : features[name] == nil ? .text : .feature, feature: features[name])
        }
    }

    /// Which columns only one of them has.
    private static func misfit(_ record: [String], _ rerun: [String]) -> String? {
        if record == rerun { return nil }
        let missing = record.filter { !rerun.contains($0) }
        let more = rerun.filter { !record.contains($0) }
        func list(_ names: [String]) -> String { names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "") }
        if !missing.isEmpty { return "the rerun's table lacks the columns \(list(missing))" }
        return more.isEmpty ? "the tables' columns have another order" : "the rerun's table has more columns: \(list(more))"
    }

    private mutating func add(_ record: TableReader, _ rerun: TableReader, _ columns: [Column], _ cell: String) throws(IDRError) {
        var row = Row(cell)
        var (equal, wrong) = ([0, 0, 0], Int?.none)
        record.withText { own in
            rerun.withText { others in
                for (index, column) in columns.enumerated() {
                    let (text, otherText) = (own[record.fields[index]], others[rerun.fields[index]])
                    let isEqual = Self.areEqual(text, otherText)
                    if isEqual { equal[column.kind == .text ? 0 : column.kind == .location ? 1 : 2] += 1 }
                    guard column.kind != .text else {
                        if !isEqual { addText(column.name, to: &row) }
                        continue
                    }
                    // Equal features are a part of how alike nuclei are.
                    if isEqual, column.kind == .location || !row.mayBeReshaped { continue }
                    guard let reference = NumberReading.value(text), let value = NumberReading.value(otherText) else {
                        if isEqual { continue }
                        wrong = index
                        return
                    }
                    if column.kind == .feature { row.likeness.add(value, reference) }
                    if !isEqual { add(column, value, reference, to: &row) }
                }
            }
        }
        if let wrong { throw IDRError(.invalidInput, "a table holds what is no number", at: [cell, columns[wrong].name]) }
        for (kind, count) in zip([ColumnKind.text, .location, .feature], equal) { tally.count(kind, equal: count) }
        tally.add(cell: row.difference.differing > 0 ? row.difference : nil, image: Fingerprint.image(of: cell))
        if row.mayBeReshaped, !row.outside.isEmpty {
            let shift = row.squaredShift.squareRoot()
            tally.add(reshaped: ReshapedCell(name: cell, shift: shift, cosine: row.likeness.cosine), outside: row.outside)
        }
    }

    /// What is found of one nucleus.
    private struct Row {
        var difference: NamedDifference
        /// Values beyond the tolerance that another outline may give.
        var outside: [ColumnKind: Int] = [:]
        /// Whether the outline is another one: its text is, or its centre, which takes sums of whole numbers and does not round otherwise elsewhere.
        var mayBeReshaped = false
        var squaredShift = 0.0
        var likeness = FeatureLikeness()

        init(_ cell: String) { difference = NamedDifference(cell) }
    }

    private mutating func add(_ column: Column, _ value: Double, _ reference: Double, to row: inout Row) {
        let allowed =
            column.kind == .location ? tolerance.location : tolerance.featureAbsolute + tolerance.featureRelative * abs(reference)
        if column.kind == .location {
            row.mayBeReshaped = true
            row.squaredShift += (value - reference) * (value - reference)
        }
        guard let found = tally.add(column.kind, value, reference, allowed: allowed, feature: column.feature) else { return }
        row.difference.add(found)
        if found.isOutside { row.outside[column.kind, default: 0] += 1 }
    }

    private static func areEqual(_ a: Slice<UnsafeBufferPointer<UInt8>>, _ b: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard a.count == b.count else { return false }
        guard let first = UnsafeBufferPointer(rebasing: a).baseAddress, let second = UnsafeBufferPointer(rebasing: b).baseAddress else { return true }
        return memcmp(first, second, a.count) == 0
    }

    private mutating func addText(_ column: String, to row: inout Row) {
        tally.addText(areEqual: false)
        if column.hasPrefix("Metadata_") { otherMetadata.insert(column) }
        row.difference.differing += 1
        row.difference.outside += 1
        if column == "Object_Outline" {
            row.mayBeReshaped = true
            row.outside[.text, default: 0] += 1
        }
    }
}
