import IDRPlan

/// How the cells of a group become one profile.
public enum Aggregation: String, Sendable, Hashable, Codable, CaseIterable {
    /// The middle value; of an even number, the mean of the two in the middle.
    case median
    /// The sum over the number.
    case mean
}

/// One profile a group of cells, as pycytominer's `aggregate` makes them (version 1.2): groups in the order of their texts, NaN left out.
public struct AggregatedProfiles: Sendable, Equatable {
    /// The columns that cells were grouped by, one text a group.
    public let metadata: [TextColumn]
    /// What else is known of the groups, one text a group: empty where its cells differ.
    public let annotations: [TextColumn]
    /// Cells of each group, those without features among them; 0 for a group whose images have no nuclei.
    public let cellCounts: [Int]
    /// Names of the features, in the order of the tables' columns.
    public let featureNames: [String]
    /// `[group, feature]` in row-major order; NaN where no cell of the group has the feature.
    public private(set) var features: [Double]

    /// How many groups there are.
    public var rowCount: Int { cellCounts.count }

    /// The values of one feature, a group each.
    public func values(of feature: Int) -> [Double] { (0..<rowCount).map { features[$0 * featureNames.count + feature] } }

    /// Groups cells by the texts of `strata`.
    ///
    /// - Parameters:
    ///   - strata: one text a cell in each column.
    ///   - annotations: other columns of the same length, which do not group.
    ///   - blockSize: features that are read at once; decides memory, never a number.
    ///   - read: gives `[cell, feature]` in row-major order of some of the features.
    /// - Throws: an ``IDRError`` where columns have different lengths, and what `read` throws.
    public init(
        strata: [TextColumn], annotations: [TextColumn] = [], featureNames: [String], by aggregation: Aggregation,
        blockSize: Int = .max,
        reading read: (Range<Int>) throws -> [Double]
    ) throws {
        let (profiles, rows) = try Self.grouped(strata, annotations, featureNames)
        self = profiles
        for block in Self.blocks(of: featureNames.count, blockSize) {
            let values = try read(block)
            try fill(block, of: values, rows, aggregation)
        }
    }

    /// The same where features are read as they come.
    /// - Parameter empty: texts of `strata`, and of `annotations`, of images without cells, whose groups are there with 0 cells.
    package init(
        strata: [TextColumn], annotations: [TextColumn] = [], featureNames: [String], empty: [[String]: [String]] = [:], by aggregation: Aggregation,
        blockSize: Int = .max,
        awaiting read: (Range<Int>) async throws -> [Double]
    ) async throws {
        let (profiles, rows) = try Self.grouped(strata, annotations, featureNames, empty: empty)
        self = profiles
        for block in Self.blocks(of: featureNames.count, blockSize) {
            let values = try await read(block)
            try fill(block, of: values, rows, aggregation)
        }
    }

    private init(
        groups: [(key: [String], value: [Int])], strata: [TextColumn], annotations: [TextColumn], featureNames: [String],
        empty: [[String]: [String]]
    ) {
        metadata = strata.indices.map { column in TextColumn(name: strata[column].name, values: groups.map { $0.key[column] }) }
        self.annotations = annotations.enumerated().map { position, column in
            TextColumn(
                name: column.name,
                values: groups.map { group in
                    if group.value.isEmpty { return empty[group.key]?[position] ?? "" }
                    let first = group.value.first.map { column.values[$0] } ?? ""
                    return group.value.allSatisfy { column.values[$0] == first } ? first : ""
                })
        }
        cellCounts = groups.map(\.value.count)
        self.featureNames = featureNames
        features = [Double](repeating: .nan, count: groups.count * featureNames.count)
    }

    /// Groups without features yet, and the rows of each.
    private static func grouped(
        _ strata: [TextColumn], _ annotations: [TextColumn], _ featureNames: [String], empty: [[String]: [String]] = [:]
    ) throws -> (profiles: AggregatedProfiles, rows: [[Int]]) {
        let count = strata.first?.values.count ?? 0
        guard !strata.isEmpty, (strata + annotations).allSatisfy({ $0.values.count == count }) else {
            throw IDRError(.invalidInput, "cells cannot be grouped", because: "the columns to group by do not have a text for each cell")
        }
        var rows: [[String]: [Int]] = [:]
        for row in 0..<count { rows[strata.map { $0.values[row] }, default: []].append(row) }
        for key in empty.keys where key.count == strata.count { rows[key, default: []] += [] }
        // By code points, as Python sorts texts.
        let groups = rows.sorted { $0.key.lexicographicallyPrecedes($1.key) { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
        return (
            AggregatedProfiles(groups: groups, strata: strata, annotations: annotations, featureNames: featureNames, empty: empty),
            groups.map(\.value)
        )
    }

    private static func blocks(of count: Int, _ size: Int) -> [Range<Int>] {
        let step = Swift.max(1, Swift.min(size, count))
        return stride(from: 0, to: count, by: step).map { $0..<Swift.min($0 + step, count) }
    }

    private mutating func fill(_ block: Range<Int>, of values: [Double], _ rows: [[Int]], _ aggregation: Aggregation) throws {
        let count = cellCounts.reduce(0, +)
        guard values.count == count * block.count else {
            throw IDRError(
                .invalidInput, "cells cannot be grouped", because: "\(values.count) values are not \(count) rows of \(block.count) features")
        }
        for (group, rows) in rows.enumerated() {
            for feature in block {
                let present = rows.map { values[$0 * block.count + feature - block.lowerBound] }.filter { !$0.isNaN }
                features[group * featureNames.count + feature] = Self.value(of: present, aggregation)
            }
        }
    }

    private static func value(of values: [Double], _ aggregation: Aggregation) -> Double {
        guard !values.isEmpty else { return .nan }
        switch aggregation {
        case .mean: return values.reduce(0, +) / Double(values.count)
        case .median:
            let sorted = values.sorted()
            let middle = sorted.count / 2
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }
    }
}
