import IDRFiles
package import IDRPlan

/// What stays of a batch's tables in a record without its bulk: enough to tell which cells and wells another run has otherwise, and by how much.
package struct Fingerprint: Sendable, Equatable {
    /// One row of the tables: `cells.csv`.
    package struct Cell: Sendable, Equatable {
        /// `<image>#<label>`.
        package var id: String
        /// Centre in pixels.
        package var x: Double
        package var y: Double
        /// First 16 digits of the SHA-256 of its features, float32, little-endian.
        package var features: String
        /// See ``Projection``.
        package var projection: [Float]

        package init(id: String, x: Double, y: Double, features: String, projection: [Float]) {
            (self.id, self.x, self.y, self.features, self.projection) = (id, x, y, features, projection)
        }
    }

    /// One image: `wells.csv`.
    package struct Well: Sendable, Equatable {
        /// `<image>`, the part of its cells' ids before `#`.
        package var image: String
        package var cells: Int
        /// Of the cells that have features; NaN where none has.
        package var means: [Float]

        package init(image: String, cells: Int, means: [Float]) { (self.image, self.cells, self.means) = (image, cells, means) }
    }

    package var cells: [Cell]
    package var wells: [Well]
    package var featureNames: [String]

    package init(cells: [Cell], wells: [Well], featureNames: [String]) {
        self.cells = cells
        self.wells = wells
        self.featureNames = featureNames
    }

    /// Writes `cells.csv` and `wells.csv` into `folder`.
    package func write(to folder: String) throws(IDRError) {
        let projections = (0..<Projection.count).map { "P\($0)" }
        var text = (["Cell", "X", "Y", "Features"] + projections).joined(separator: ",") + "\n"
        for cell in cells {
            text += ([cell.id, "\(cell.x)", "\(cell.y)", cell.features] + cell.projection.map { "\($0)" }).joined(separator: ",") + "\n"
        }
        try AtomicFile.write(Array(text.utf8), to: "\(folder)/\(RecordLayout.cells)")
        text = (["Image", "Cells"] + featureNames).joined(separator: ",") + "\n"
        for well in wells { text += ([well.image, "\(well.cells)"] + well.means.map { "\($0)" }).joined(separator: ",") + "\n" }
        try AtomicFile.write(Array(text.utf8), to: "\(folder)/\(RecordLayout.wells)")
    }

    package static func image(of cell: String) -> String { String(cell[..<(cell.lastIndex(of: "#") ?? cell.endIndex)]) }
}
