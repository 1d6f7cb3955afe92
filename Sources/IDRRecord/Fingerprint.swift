import IDRFiles
package import IDRPlan
package import IDRTables

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
    }

    /// One image: `wells.csv`.
    package struct Well: Sendable, Equatable {
        /// `<image>`, the part of its cells' ids before `#`.
        package var image: String
        package var cells: Int
        /// Of the cells that have features; NaN where none has.
        package var means: [Float]
    }

    package var cells: [Cell]
    package var wells: [Well]
    package var featureNames: [String]

    /// Of a batch's table.
    package init(_ table: ProfileTable) throws(IDRError) {
        let count = table.featureNames.count
        let projection = Projection(features: count)
        featureNames = table.featureNames
        cells = []
        wells = []
        var start = 0
        while start < table.rowCount {
            let image = Self.image(of: table.cellIDs[start])
            let end = table.cellIDs[start...].firstIndex { Self.image(of: $0) != image } ?? table.rowCount
            var sums = [Double](repeating: 0, count: count)
            var defined = 0
            for row in start..<end {
                let features = table.features[row * count..<(row + 1) * count]
                cells.append(
                    Cell(
                        id: table.cellIDs[row], x: table.locationX[row], y: table.locationY[row], features: try Self.digest(of: features),
                        projection: projection.of(features)))
                guard features.first?.isNaN == false else { continue }
                defined += 1
                for (feature, value) in features.enumerated() { sums[feature] += Double(value) }
            }
            wells.append(Well(image: image, cells: end - start, means: sums.map { Float($0 / Double(defined)) }))
            start = end
        }
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

    private static func digest(of features: ArraySlice<Float>) throws(IDRError) -> String {
        try String(SHA256.hex(ofValues: features).prefix(16))
    }
}
