import IDRHDF5
import IDRPlan

extension AnnDataFile {
    /// What a file says of its cells besides their features.
    package struct Cells: Sendable {
        /// One id a cell, in the file's order.
        package let ids: [String]
        /// Columns of texts; one value a cell.
        package let metadata: [TextColumn]
        /// Names of the features, in the order of the file's columns.
        package let featureNames: [String]
    }

    /// Reads ids, metadata and feature names of a file that ``write(_:to:identity:)`` wrote.
    /// - Throws: ``IDRError`` where the file is none of these.
    package nonisolated static func readCells(_ path: String) async throws -> Cells {
        let file = try await HDF5Reader(path)
        let ids = try await file.readStrings("/obs/_index")
        var metadata: [TextColumn] = []
        for name in try await file.attributeStrings("column-order", of: "/obs") {
            guard try await file.exists("/obs/\(name)/codes") else { continue }
            let categories = try await file.readStrings("/obs/\(name)/categories")
            let codes = try await file.read("/obs/\(name)/codes", as: Int32.self)
            guard codes.count == ids.count, codes.allSatisfy({ categories.indices.contains(Int($0)) }) else {
                throw IDRError(.invalidInput, "the column \(name) does not fit its table", at: [path])
            }
            metadata.append(TextColumn(name: name, values: codes.map { categories[Int($0)] }))
        }
        return Cells(ids: ids, metadata: metadata, featureNames: try await file.readStrings("/var/_index"))
    }

    /// Reads `[cell, feature]` of some features, in row-major order.
    package nonisolated static func readFeatures(_ path: String, _ features: Range<Int>) async throws -> [Float] {
        let file = try await HDF5Reader(path)
        let rows = try await file.info(of: "/X").shape.first ?? 0
        guard rows > 0, !features.isEmpty else { return [] }
        return try await file.read("/X", HDF5Block(offset: [0, features.lowerBound], count: [rows, features.count]))
    }
}
