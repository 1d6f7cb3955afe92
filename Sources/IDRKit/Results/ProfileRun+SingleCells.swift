import IDRHDF5
import IDRNotebook
import IDRPlan
import IDRRecord
public import IDRTables

extension ProfileRun {
    /// The column of a nucleus's id, as records call it.
    static let cellColumn = "Cell"

    /// Profiles of single nuclei, for looking at: tables, distributions, principal components.
    ///
    /// ```swift
    /// show(try await cells.singleCells().pca(by: .controlType))
    /// ```
    /// - Parameters:
    ///   - count: where the run has more, so many are chosen, evenly over the run and the same ones each time. Only these, and one batch, are in memory.
    ///   - file: the script; leave it out.
    ///   - line: the call's line, which an error names; leave it out.
    /// - Returns: a row a nucleus, sorted by plate, well and id; what else the tables say of it are annotations.
    /// - Throws: an ``IDRError`` where the run's tables are gone.
    public func singleCells(atMost count: Int = 2_000, file: String = #filePath, line: Int = #line) async throws -> AggregatedProfiles {
        do {
            try requireResults()
            let tables = batches.map { (path: self.file(RecordLayout.annData, of: $0), cells: $0.cells) }
            return try await Self.singleCells(tables, atMost: count, wells: WellFacts(RecordFolder(reading: folder).plan))
        } catch let error as IDRError {
            throw error.at(SourcePlace.text(file, line))
        }
    }

    private static func singleCells(_ tables: [(path: String, cells: Int)], atMost count: Int, wells: WellFacts) async throws -> AggregatedProfiles {
        let chosen = Set(Sampling.scattered(tables.reduce(0) { $0 + $1.cells }, most: max(1, count)))
        var names = ["Metadata_Plate", "Metadata_Well", cellColumn]
        var texts: [String: [String]] = [:]
        var featureNames: [String] = []
        var features: [Double] = []
        var first = 0
        for (path, cells) in tables {
            let rows = (0..<cells).filter { chosen.contains(first + $0) }
            first += cells
            guard !rows.isEmpty || featureNames.isEmpty else { continue }
            let table = try await AnnDataFile.readCells(path)
            guard featureNames.isEmpty || table.featureNames == featureNames, table.ids.count == cells else {
                throw IDRError(.invalidInput, "a table does not fit its batch's record", at: [path], fix: "idrscript verify says what is wrong")
            }
            featureNames = table.featureNames
            let columns = table.metadata.map { ($0.name, $0.values) } + (try wells.texts(of: table, path)) + [(cellColumn, table.ids)]
            for (name, values) in columns {
                if !names.contains(name) { names.append(name) }
                texts[name, default: []] += rows.map { values[$0] }
            }
            let all = try await AnnDataFile.readFeatures(path, featureNames.indices)
            for row in rows { features += all[row * featureNames.count..<(row + 1) * featureNames.count].lazy.map(Double.init) }
        }
        let columns = names.map { TextColumn(name: $0, values: texts[$0] ?? []) }
        let width = featureNames.count
        return try AggregatedProfiles(
            strata: Array(columns.prefix(3)), annotations: Array(columns.dropFirst(3)), featureNames: featureNames, by: .mean
        ) { block in
            if block == 0..<width { return features }
            return (0..<(columns[0].values.count)).flatMap { row in features[row * width + block.lowerBound..<row * width + block.upperBound] }
        }
    }
}
