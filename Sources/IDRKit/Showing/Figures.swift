import Foundation
public import IDRNotebook
import IDRPlan
import IDRRecord
public import IDRTables

/// A number that each group of cells has: `.cells`, or a feature by its name.
public enum ProfileValue: Sendable, Hashable, ExpressibleByStringLiteral {
    /// Nuclei of the group.
    case cells
    /// A feature by the name of its column: `efficientnet-lite0_17`.
    case feature(String)

    /// A feature by name.
    public init(stringLiteral feature: String) { self = .feature(feature) }

    fileprivate var name: String {
        switch self {
        case .cells: "nuclei"
        case .feature(let name): name
        }
    }
}

extension AggregatedProfiles {
    /// Wells of the plates, coloured by a number. Needs profiles of wells: `aggregated(by: .well)`.
    public func plateMap(of value: ProfileValue = .cells, title: String? = nil) -> Picture {
        figure(title ?? "Plate map of \(value.name)", of: value) {
            PlateMap.picture(
                title: $0, plates: texts("Metadata_Plate"), wells: texts(Strata.wellNameColumn), values: values(of: value), name: value.name)
        }
    }

    /// Wells of the plates, coloured by a column of texts.
    public func plateMap(by column: Strata, title: String? = nil) -> Picture {
        let name = column.columns.joined(separator: ", ")
        return figure(title ?? "Plate map of \(name)", by: column) {
            PlateMap.picture(
                title: $0, plates: texts("Metadata_Plate"), wells: texts(Strata.wellNameColumn), categories: texts(column), name: name)
        }
    }

    /// A number's distribution in each group of `column`: a point for each profile, or a violin where there are many.
    public func distribution(of value: ProfileValue, by column: Strata = .controlType, title: String? = nil) -> Picture {
        figure(title ?? "\(value.name) by group", of: value, by: column) {
            DistributionChart.picture(title: $0, values: values(of: value), groups: texts(column), name: value.name)
        }
    }

    /// All features of the profiles, each standardised over them.
    public func heatMap(by column: Strata = .controlType, title: String = "Features") -> Picture {
        described(title, by: column) { title in
            let shown = groupsWithCells
            let rows = texts(column)
            return FeatureHeatMap.picture(
                title: titled(title), features: features(of: shown), rows: shown.map { rows[$0] }, names: featureNames)
        }
    }

    /// The two first principal components of the standardised features.
    public func pca(by column: Strata = .controlType, title: String = "Principal components") -> Picture {
        described(title, by: column) { title in
            let shown = groupsWithCells
            let groups = texts(column)
            return PCAChart.picture(title: titled(title), features: features(of: shown), groups: shown.map { groups[$0] })
        }
    }

    /// A figure of features; a sentence where no group has any.
    private func described(_ title: String, by column: Strata, _ draw: (String) -> Picture) -> Picture {
        groupsWithCells.isEmpty ? .nothing(title, because: "there are no nuclei") : figure(title, by: column, draw)
    }

    /// Groups that have something to describe: those without cells have no features.
    private var groupsWithCells: [Int] { cellCounts.indices.filter { cellCounts[$0] > 0 } }

    private func features(of groups: [Int]) -> [Float] {
        let count = featureNames.count
        return groups.flatMap { features[$0 * count..<($0 + 1) * count].map(Float.init) }
    }

    private func titled(_ title: String) -> String {
        let left = rowCount - groupsWithCells.count
        return left == 0 ? title : "\(title) (\(left) of \(rowCount) without nuclei are left out)"
    }

    /// The figure that `draw` makes of a title; a sentence where the profiles do not have what it is to show.
    private func figure(_ title: String, of value: ProfileValue = .cells, by column: Strata = [], _ draw: (String) -> Picture) -> Picture {
        let isOfFeatures = if case .feature = value { true } else { false }
        if rowCount == 0 || isOfFeatures && groupsWithCells.isEmpty { return .nothing(title, because: "there are no nuclei") }
        if case .feature(let name) = value, !featureNames.contains(name) {
            return .nothing(title, because: "the profiles have no feature \(name)")
        }
        let known = (metadata + annotations).map(\.name)
        if let missing = column.columns.first(where: { !known.contains($0) }) {
            return .nothing(title, because: "the profiles have no column \(missing); there are: \(known.joined(separator: ", "))")
        }
        return draw(title)
    }

    private func values(of value: ProfileValue) -> [Double] {
        switch value {
        case .cells: cellCounts.map(Double.init)
        case .feature(let name): featureNames.firstIndex(of: name).map(values(of:)) ?? []
        }
    }

    private func texts(_ strata: Strata) -> [String] {
        let columns = strata.columns.map { texts($0) }
        return (0..<rowCount).map { row in columns.map { $0[row] }.joined(separator: " ") }
    }

    /// A column of texts; empty texts where the profiles do not have it.
    private func texts(_ name: String) -> [String] {
        (metadata + annotations).first { $0.name == name }?.values ?? [String](repeating: "", count: rowCount)
    }
}

extension ProfileRun {
    /// How long the stages took: their times summed over images, and over batches.
    public func timings(title: String = "Time by stage") -> Picture { TimingChart.totals(title: title, stages: stageTimes) }

    /// A bar for each batch.
    public func timingsOfBatches(title: String = "Time by batch") -> Picture { TimingChart.batches(title: title, stages: stageTimes) }

    private var stageTimes: [TimingChart.Stage] {
        batches.flatMap { batch in
            batch.stages.map { TimingChart.Stage(name: $0.stage, batch: "batch \(batch.batch)", seconds: $0.wallSeconds) }
        }
    }
}
