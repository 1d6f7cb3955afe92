import Foundation
import IDRData
public import IDRPlan
public import IDRTables

/// What stays of a batch's tables in a record without its bulk: enough to tell which cells and wells another run has otherwise, and by how much.
public struct Fingerprint: Sendable, Equatable {
    /// One row of the tables: `cells.csv`.
    public struct Cell: Sendable, Equatable {
        /// `<image>#<label>`.
        public var id: String
        /// Centre in pixels.
        public var x: Double
        public var y: Double
        /// First 16 digits of the SHA-256 of its features, float32, little-endian.
        public var features: String
        /// See ``Projection``.
        public var projection: [Float]
    }

    /// One image: `wells.csv`.
    public struct Well: Sendable, Equatable {
        /// `<image>`, the part of its cells' ids before `#`.
        public var image: String
        public var cells: Int
        /// Of the cells that have features; NaN where none has.
        public var means: [Float]
    }

    public var cells: [Cell]
    public var wells: [Well]
    public var featureNames: [String]

    /// Of a batch's table.
    public init(_ table: ProfileTable) throws(IDRError) {
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

    /// Reads what ``write(to:)`` wrote.
    /// - Throws: an ``IDRError`` where a file is missing or has another form.
    public init(reading folder: String) throws(IDRError) {
        let cellRows = try Self.rows("\(folder)/\(RecordLayout.cells)", atLeast: 4)
        cells = []
        for row in cellRows.dropFirst() {
            cells.append(
                Cell(
                    id: row[0], x: Double(row[1]) ?? .nan, y: Double(row[2]) ?? .nan, features: row[3],
                    projection: row[4...].map { Float($0) ?? .nan }))
        }
        let wellRows = try Self.rows("\(folder)/\(RecordLayout.wells)", atLeast: 2)
        featureNames = Array(wellRows[0].dropFirst(2))
        wells = wellRows.dropFirst().map { row in Well(image: row[0], cells: Int(row[1]) ?? 0, means: row[2...].map { Float($0) ?? .nan }) }
    }

    /// Writes `cells.csv` and `wells.csv` into `folder`.
    public func write(to folder: String) throws(IDRError) {
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

    private static func image(of cell: String) -> String { String(cell[..<(cell.lastIndex(of: "#") ?? cell.endIndex)]) }

    private static func digest(of features: ArraySlice<Float>) throws(IDRError) -> String {
        try String(SHA256.hex(ofValues: features).prefix(16))
    }

    private static func rows(_ path: String, atLeast columns: Int) throws(IDRError) -> [[String]] {
        guard let data = FileManager.default.contents(atPath: path) else { throw IDRError(.missing, "the record has no \(path)") }
        let rows = try CSVText.rows(data, called: path)
        guard let header = rows.first, header.count >= columns, rows.allSatisfy({ $0.count == header.count }) else {
            throw IDRError(.invalidInput, "\(path) is not what a record holds", because: "its rows have different lengths")
        }
        return rows
    }
}
