import IDRHDF5
import IDRPlan
import IDRRecord
public import IDRTables

extension ProfileRun {
    /// One profile a group of cells, over all batches of the run.
    ///
    /// Features are read from the run's `.h5ad` files in blocks: of a whole screen only some columns are in memory at a time.
    /// - Parameters:
    ///   - strata: the columns to group by; groups are sorted by their texts.
    ///   - aggregation: what a group's value is; NaN is left out.
    ///   - keepingEmpty: whether groups of images in which no nuclei were found are there too, with 0 cells and without features: that a
    ///     treatment leaves no nucleus is a result. Not in a `compat` run, whose profiles are pycytominer's.
    ///   - file: the script; leave it out.
    ///   - line: the call's line, which an error names; leave it out.
    /// - Throws: an ``IDRError`` where a column is unknown, or the run's tables are gone.
    public func aggregated(
        by strata: Strata, _ aggregation: Aggregation = .median, keepingEmpty: Bool = true, file: String = #filePath, line: Int = #line
    ) async throws -> AggregatedProfiles {
        do {
            try requireResults()
            return try await aggregated(strata, aggregation, keepingEmpty: keepingEmpty)
        } catch let error as IDRError {
            throw error.at(SourcePlace.text(file, line))
        }
    }

    private func aggregated(_ strata: Strata, _ aggregation: Aggregation, keepingEmpty: Bool) async throws -> AggregatedProfiles {
        let wells = WellFacts(try RecordFolder(reading: folder).plan)
        let isPublished = resolution.plan.plan.profiling?.behaviour == .compat
        let empty = keepingEmpty && !isPublished ? batches.flatMap(\.images).filter { $0.cells == 0 }.compactMap { wells.texts(of: $0, strata) } : []
        let tables = batches.map { file(RecordLayout.annData, of: $0) }
        return try await Self.aggregate(tables, strata, aggregation, wells: wells, empty: Dictionary(empty) { first, _ in first })
    }

    /// Cells in memory at a time: a whole batch's features, or some columns of many batches.
    private static let valuesAtOnce = 1 << 26

    private static func aggregate(_ tables: [String], _ strata: Strata, _ aggregation: Aggregation, wells: WellFacts, empty: [[String]: [String]])
        async throws
        -> AggregatedProfiles
    {
        var columns = strata.columns.map { TextColumn(name: $0, values: []) }
        var annotations = WellFacts.columns.map { TextColumn(name: $0, values: []) }
        var features: [String] = []
        for path in tables {
            let cells = try await AnnDataFile.readCells(path)
            guard features.isEmpty || cells.featureNames == features else {
                throw IDRError(.invalidInput, "the tables of the run have different features", at: [path])
            }
            features = cells.featureNames
            let facts = try wells.texts(of: cells, path)
            let known = Dictionary(cells.metadata.map { ($0.name, $0.values) } + facts) { first, _ in first }
            for (position, name) in strata.columns.enumerated() {
                guard let texts = known[name] else {
                    throw IDRError(
                        .invalidPlan, "cells cannot be grouped by \(name)", at: [path],
                        because: "there are: \((cells.metadata.map(\.name) + WellFacts.columns).joined(separator: ", "))")
                }
                columns[position].values += texts
            }
            for (position, fact) in facts.enumerated() { annotations[position].values += fact.texts }
        }
        let rows = max(1, columns.first?.values.count ?? 0)
        return try await AggregatedProfiles(
            strata: columns, annotations: annotations, featureNames: features, empty: empty, by: aggregation, blockSize: max(1, valuesAtOnce / rows),
            awaiting: { block in
                var values: [Double] = []
                for path in tables { values += try await AnnDataFile.readFeatures(path, block).map(Double.init) }
                return values
            })
    }
}

/// What the plan says of a cell's well and the tables do not.
struct WellFacts {
    static let columns = [Strata.wellNameColumn, Strata.controlTypeColumn]

    /// By plate and the number that stands before the frame's in `Metadata_Well`.
    private let wells: [String: WellReference]
    /// By plate and name.
    private let byName: [String: WellReference]

    init(_ plan: ResolvedPlan) {
        byName = Dictionary(plan.wells.map { ("\($0.plate)\u{0}\($0.well)", $0) }) { first, _ in first }
        wells = Dictionary(plan.wells.map { ("\($0.plate)\u{0}\($0.wellNumber)", $0) }) { first, _ in first }
    }

    /// The texts of `strata` and of ``columns`` for an image without cells; nil where tables alone say them.
    func texts(of image: ImageRecord, _ strata: Strata) -> (key: [String], value: [String])? {
        guard let well = byName["\(image.plate)\u{0}\(image.well)"] else { return nil }
        let known = [
            "Metadata_Plate": well.plate, "Metadata_Well": "\(well.wellNumber)_\(image.frame)", "Metadata_Site": "\(image.field)",
            "Metadata_Plate_Map_Name": "\(well.plate)_\(well.wellNumber)", "Metadata_Gene": well.gene, "Metadata_Gene_Replicate": "1",
            Self.columns[0]: well.well, Self.columns[1]: well.controlType,
        ]
        let texts = strata.columns.compactMap { known[$0] }
        return texts.count == strata.columns.count ? (texts, [well.well, well.controlType]) : nil
    }

    /// One text a cell for each of ``columns``.
    func texts(of cells: AnnDataFile.Cells, _ path: String) throws(IDRError) -> [(name: String, texts: [String])] {
        let known = Dictionary(cells.metadata.map { ($0.name, $0.values) }) { first, _ in first }
        guard let plates = known["Metadata_Plate"], let numbers = known["Metadata_Well"] else {
            throw IDRError(.invalidInput, "the table does not say which wells its cells are from", at: [path])
        }
        let found = zip(plates, numbers).map { plate, number in wells["\(plate)\u{0}\(number.prefix { $0 != "_" })"] }
        return [(Self.columns[0], found.map { $0?.well ?? "" }), (Self.columns[1], found.map { $0?.controlType ?? "" })]
    }
}
