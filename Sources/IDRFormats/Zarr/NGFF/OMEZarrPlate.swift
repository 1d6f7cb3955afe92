import Foundation
package import IDRFiles
package import IDRPlan

/// A plate in OME-NGFF 0.4 (Zarr 2) or 0.5 (Zarr 3). Its metadata are one object, read once.
package struct OMEZarrPlate: Sendable {
    /// The plate's own name, where it has one.
    package let name: String?
    /// Names of rows and columns as the plate lists them.
    package let rows: [String]
    package let columns: [String]
    private let wells: [OMEAttributes.Plate.Well]
    /// Groups of the fields of each well, in a plate whose images lie beside each other; nil for others.
    private let series: [WellName: [String]]?
    private let store: any ObjectStore
    private let root: String
    private let format: ZarrFormat
    private let subject: [String]

    /// Reads the metadata of the plate at `root`.
    /// - Parameters:
    ///   - root: key of the plate's group; empty for the store's root.
    ///   - subject: what errors say first, such as "plate LT0001_02".
    /// - Throws: an ``IDRError`` where there is no such plate.
    package init(store: any ObjectStore, root: String = "", of subject: [String] = []) async throws {
        do {
            let (attributes, format) = try await OMEAttributes.find(root, in: store)
            let plate: OMEAttributes.Plate?
            do throws(IDRError) { plate = try attributes.plate } catch { throw error.at(store.name(of: ZarrPath.key(root, format.groupKey))) }
            guard let plate else {
                if attributes.seriesLayout == 3 {
                    self = try await OMEZarrPlate(seriesIn: store, root: root, format, of: subject)
                    return
                }
                throw IDRError(
                    .invalidInput, "the group is not a plate", at: [store.name(of: ZarrPath.key(root, format.groupKey))],
                    because: "its metadata have no \"plate\"")
            }
            name = plate.name
            rows = plate.rows.map(\.name.text)
            columns = plate.columns.map(\.name.text)
            wells = plate.wells
            series = nil
            self.format = format
        } catch let error as IDRError {
            throw error.at(subject)
        }
        (self.store, self.root) = (store, root)
        self.subject = subject.isEmpty ? ["plate \(store.name(of: root))"] : subject
    }

    /// The plate in a store, or in a group of the store's own name within: some are packed twice, as "X.zarr/X.zarr".
    package init(finding store: any ObjectStore, of subject: [String] = []) async throws {
        do {
            try await self.init(store: store, of: subject)
        } catch let error as IDRError where !error.isPassing {
            guard let name = store.name.split(separator: "/").last?.removingPercentEncoding, name.hasSuffix(".zarr") else { throw error }
            // That there is no such group is nothing that a person asked.
            guard let plate = try? await OMEZarrPlate(store: store, root: name, of: subject) else { throw error }
            self = plate
        }
    }

    private init(seriesIn store: any ObjectStore, root: String, _ format: ZarrFormat, of subject: [String]) async throws {
        series = try await OMESeries.wells(in: store, root: root)
        (name, rows, columns, wells) = (nil, [], [], [])
        (self.store, self.root, self.format) = (store, root, format)
        self.subject = subject.isEmpty ? ["plate \(store.name(of: root))"] : subject
    }

    /// The wells that the plate lists, in its order, as far as their rows and columns have standard names.
    package var wellNames: [WellName] {
        if let series { return series.keys.sorted { ($0.row, $0.column) < ($1.row, $1.column) } }
        return wells.compactMap { well in (try? place(of: well)).flatMap { place in WellName(rows[place.row] + columns[place.column]) } }
    }

    /// Opens a well.
    /// - Parameters:
    ///   - row: from 0: the row called A is 0.
    ///   - column: from 0: the column called 1 (or 01) is 0.
    ///   - level: of resolution; 0 is the full one.
    ///   - other: reads the plate's objects instead of the store that the plate was opened with, so that a well's transfers are counted apart.
    /// - Throws: an ``IDRError`` where the plate has no such well, or its images cannot be read.
    package func well(row: Int, column: Int, level: Int = 0, through other: (any ObjectStore)? = nil) async throws -> OMEZarrWell {
        guard row >= 0, column >= 0 else {
            throw IDRError(.invalidPlan, "there is no row \(row) or column \(column)", at: subject, because: "they count from 0")
        }
        let well = WellName(row: row, column: column)
        let context = subject + ["well \(well)"]
        if let series {
            guard let fields = series[well] else {
                throw IDRError(
                    .missing, "the plate has no well \(well)", at: subject, because: "it is not among the \(series.count) wells with images")
            }
            return try await OMEZarrWell(other ?? store, fields: fields, path: root, format, level: level, of: context)
        }
        let path: String
        do throws(IDRError) {
            path = try ZarrPath.joined(root, listed(well), called: "a well")
        } catch {
            throw error.at(store.name(of: ZarrPath.key(root, format.groupKey))).at(context)
        }
        return try await OMEZarrWell(other ?? store, path: path, format, level: level, of: context)
    }

    /// The path that the plate lists for `well`.
    private func listed(_ well: WellName) throws(IDRError) -> String {
        // Row and column are found by name, because a plate need not list those that are empty.
        let row = rows.firstIndex { WellName($0 + "1")?.row == well.row }
        let column = columns.firstIndex { WellName("A" + $0)?.column == well.column }
        guard let row, let column else {
            let missing = row == nil ? "row among its \(rows.count)" : "column among its \(columns.count)"
            throw IDRError(.missing, "the plate has no well \(well)", because: "it has no such \(missing)")
        }
        for candidate in wells {
            if let place = try place(of: candidate), place.row == row, place.column == column { return candidate.path.text }
        }
        // The first version of NGFF put wells below acquisitions.
        if let old = wells.first(where: { $0.path.text.split(separator: "/").count == 3 && $0.rowIndex == nil }) {
            throw IDRError(
                .invalidInput, "the plate names its wells as OME-NGFF 0.1 does, which is not read",
                because: "the well \"\(ZarrText.shown(old.path.text))\" lies below an acquisition; since 0.2 a well's path is row/column",
                fix: "convert the plate to OME-NGFF 0.4 or 0.5")
        }
        for unplaced in wells where try place(of: unplaced) == nil {
            throw IDRError(
                .invalidInput, "the plate does not say where its wells are",
                because: "the well \"\(ZarrText.shown(unplaced.path.text))\" has no row and column of the plate's lists",
                fix: "correct the plate's metadata: a well's path is row/column, such as \"A/1\"")
        }
        throw IDRError(.missing, "the plate has no well \(well)", because: "it is not among the \(wells.count) wells with images")
    }

    /// Which of the listed rows and columns `well` is in, by its path and by its indices; nil where neither says.
    private func place(of well: OMEAttributes.Plate.Well) throws(IDRError) -> (row: Int, column: Int)? {
        let parts = well.path.text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let named: (row: Int, column: Int)? =
            if parts.count == 2, let row = rows.firstIndex(of: parts[0]), let column = columns.firstIndex(of: parts[1]) { (row, column) } else { nil }
        guard let row = well.rowIndex, let column = well.columnIndex else { return named }
        guard rows.indices.contains(row), columns.indices.contains(column), named == nil || named?.row == row && named?.column == column else {
            throw IDRError(
                .invalidInput, "the plate contradicts itself",
                because:
                    "it says that the well \"\(ZarrText.shown(well.path.text))\" is in row \(row) and column \(column), counted from 0, of its lists")
        }
        return (row, column)
    }
}
