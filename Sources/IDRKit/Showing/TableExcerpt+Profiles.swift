import IDRNotebook
import IDRTables

extension TableExcerpt {
    /// Features shown of a table that has more.
    private static let shownFeatures = 6

    /// A page with more rows is read by nobody, and a million of them would fill a browser's memory.
    private static let mostRows = 1000

    /// Columns to group by, number of cells, the first features.
    init(_ profiles: AggregatedProfiles, rows: Int, title: String?) {
        let features = profiles.featureNames.prefix(Self.shownFeatures)
        let shown = 0..<min(max(0, rows), profiles.rowCount, Self.mostRows)
        self.init(
            title: title,
            columns: (profiles.metadata + profiles.annotations).map { Column(name: $0.name, type: "text") } + [Column(name: "cells", type: "number")]
                + features.map { Column(name: $0, type: "number") },
            rows: shown.map { row in
                (profiles.metadata + profiles.annotations).map { $0.values[row] } + [String(profiles.cellCounts[row])]
                    + features.indices.map { Self.text(profiles.features[row * profiles.featureNames.count + $0], digits: 4) }
            }, rowCount: profiles.rowCount, columnCount: profiles.metadata.count + profiles.annotations.count + 1 + profiles.featureNames.count)
    }
}
