import IDRFiles
package import IDRPlan
package import IDRRecord
package import IDRTables

// Records are verified and compared without HDF5: what knows tables stands above them.
extension Fingerprint {
    /// Of a batch's table.
    /// - Parameter images: names of the batch's images; those without rows are there with 0 cells, after the others.
    package init(_ table: ProfileTable, images: [String] = []) throws(IDRError) {
        let count = table.featureNames.count
        let projection = Projection(features: count)
        var cells: [Cell] = []
        var wells: [Well] = []
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
                        id: table.cellIDs[row], x: table.locationX[row], y: table.locationY[row],
                        features: try String(SHA256.digest(ofValues: features).hex.prefix(16)),
                        projection: projection.of(features)))
                guard features.first?.isNaN == false else { continue }
                defined += 1
                for (feature, value) in features.enumerated() { sums[feature] += Double(value) }
            }
            wells.append(Well(image: image, cells: end - start, means: sums.map { Float($0 / Double(defined)) }))
            start = end
        }
        let known = Set(wells.map(\.image))
        let nothing = [Float](repeating: .nan, count: count)
        for image in images where !known.contains(image) { wells.append(Well(image: image, cells: 0, means: nothing)) }
        self.init(cells: cells, wells: wells, featureNames: table.featureNames)
    }
}
