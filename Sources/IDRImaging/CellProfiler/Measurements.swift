extension CellProfiler {
    /// What was measured of the objects of one image: a row for each object, a named column for each feature.
    package struct Measurements: Sendable, Equatable {
        /// One feature of all objects.
        package struct Column: Sendable, Equatable {
            /// CellProfiler's name with the channel in it: `Intensity_MeanIntensity_DNA`.
            package let name: String
            package let feature: Feature
            /// One value for each row.
            package let values: [Double]
        }

        /// The objects' numbers in the label image, ascending: 1...n, or those that occur. As in ``Cellpose/Outlines/labels``.
        package let labels: [Int32]
        /// Ordered by name, as in CellProfiler's tables.
        package let columns: [Column]

        package var rowCount: Int { labels.count }
        package var columnNames: [String] { columns.map(\.name) }

        /// The values of the column called `name`, or nil where there is none.
        package subscript(name: String) -> [Double]? { columns.first { $0.name == name }?.values }
    }
}
