/// What a batch knows of one image: a row of its index, its nuclei and their features.
package struct ImageProfile: Sendable {
    /// The values of ``ProfileSchema/indexColumns``, in their order.
    package let index: [String]
    /// Centres of the nuclei, in pixels.
    package let locations: NucleusLocations
    /// One id per nucleus; see ``cellIDs(image:labels:)``.
    package let cellIDs: [String]
    /// `[nucleus, feature]` in row-major order, or nil where the image has no profile (DeepProfiler wrote no `.npz`: no nuclei, or a failure).
    package internal(set) var features: [Float]?

    /// An image with one location and one id for each nucleus.
    package init(index: [String], locations: NucleusLocations, cellIDs: [String], features: [Float]?) {
        self.index = index
        self.locations = locations
        self.cellIDs = cellIDs
        self.features = features
    }

    /// Ids that join rows to the objects of a label image: `<image>#<label>`.
    package static func cellIDs(image: String, labels: some Sequence<Int32>) -> [String] { labels.map { "\(image)#\($0)" } }
}
