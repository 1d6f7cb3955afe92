import IDRHDF5
import IDRPlan

extension AnnDataFile {
    /// Reads a table that ``write(_:to:identity:)`` wrote, image by image: what it was made of, to the bit.
    /// - Parameter index: the columns of ``ProfileSchema/metadataNames`` that an image brings itself, in their order.
    /// - Returns: by the part of the cells' ids before `#`. An image without rows is not there.
    /// - Throws: ``IDRError`` where the file is no such table.
    package nonisolated static func readProfiles(_ path: String, index columns: [String]) async throws -> [String: ImageProfile] {
        let cells = try await readCells(path)
        let features = try await readFeatures(path, 0..<cells.featureNames.count)
        let file = try await HDF5Reader(path)
        let x = try await file.read("/obs/Location_Center_X", as: Double.self)
        let y = try await file.read("/obs/Location_Center_Y", as: Double.self)
        let outlines = try await file.exists("/obs/Object_Outline") ? file.readStrings("/obs/Object_Outline") : nil
        let (rows, width) = (cells.ids.count, cells.featureNames.count)
        let metadata = Dictionary(cells.metadata.map { ($0.name, $0.values) }) { first, _ in first }
        let own = columns.compactMap { metadata[$0] }
        guard x.count == rows, y.count == rows, outlines?.count ?? rows == rows, features.count == rows * width, own.count == columns.count else {
            throw IDRError(.invalidInput, "the columns of a table do not fit together", at: [path])
        }
        let images = Dictionary(grouping: 0..<rows) { row in
            let id = cells.ids[row]
            return String(id[..<(id.lastIndex(of: "#") ?? id.endIndex)])
        }
        return images.mapValues { rows in
            ImageProfile(
                index: own.map { $0[rows[0]] },
                locations: NucleusLocations(x: rows.map { x[$0] }, y: rows.map { y[$0] }, outlines: outlines.map { all in rows.map { all[$0] } }),
                cellIDs: rows.map { cells.ids[$0] }, features: rows.flatMap { features[$0 * width..<($0 + 1) * width] })
        }
    }
}
