extension CellProfiler {
    /// The objects of a label image, found once for all families.
    struct MeasuredObjects: Sendable {
        let image: LabelImage
        let runs: ObjectRuns

        init(_ image: LabelImage) {
            self.image = image
            runs = ObjectRuns(image)
        }

        var count: Int { runs.count }
    }
}
