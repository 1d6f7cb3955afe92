package import IDRPlan

/// Measurements of objects as CellProfiler 4.2.8 makes them: their shape, place and intensities.
///
/// Reproduces Stirling et al., "CellProfiler 4: improvements in speed, utility and usability" (2021), for two-dimensional grey images with one label
/// image of objects that do not overlap. All functions are pure and run on the calling thread; the same input gives the same bits on every run.
package enum CellProfiler {
    /// Everything that is measured. A family declares its features in a file of its own; this list is all that another one needs besides.
    static let families: [Family] = [.sizeShape, .intensity, .location]

    /// All features, in the order of the families.
    package static var features: [Feature] { families.flatMap(\.features) }

    /// The names of the columns that ``measure(_:in:)`` gives for channels of these names, in its order. Known before anything is measured.
    package static func columnNames(channels: [String]) -> [String] {
        families.flatMap { $0.columnNames(channels: channels) }.sorted()
    }

    /// Measures every object of `labels`: shape and place once, intensities in each channel.
    ///
    /// - Parameters:
    ///   - labels: `[y, x]`; numbers above zero are objects, which may be in several pieces, touch the border, or leave numbers out.
    ///   - channels: planes of the same size as `labels`, with names that differ; there may be none.
    /// - Returns: a row for each number that occurs. No value is NaN or infinite where the channels hold finite numbers.
    /// - Throws: ``IDRError`` where a channel has another size than the label image, or two have one name.
    package static func measure(_ labels: LabelImage, in channels: [Channel]) throws(IDRError) -> Measurements {
        try check(channels, fit: labels)
        let objects = MeasuredObjects(labels)
        let columns = families.flatMap { $0.columns(of: objects, in: channels) }
        return Measurements(labels: objects.runs.labels, columns: columns.sorted { $0.name < $1.name })
    }

    private static func check(_ channels: [Channel], fit labels: LabelImage) throws(IDRError) {
        var names: Set<String> = []
        for channel in channels {
            guard channel.plane.height == labels.height, channel.plane.width == labels.width else {
                throw IDRError(
                    .invalidInput, "channel \(channel.name) cannot be measured",
                    because: "it has \(channel.plane.width) x \(channel.plane.height) pixels, the label image \(labels.width) x \(labels.height)",
                    fix: "give channels and labels of one image")
            }
            guard names.insert(channel.name).inserted else {
                throw IDRError(
                    .invalidInput, "two channels called \(channel.name) cannot be measured", because: "columns are named after channels",
                    fix: "give each channel a name of its own")
            }
        }
    }
}
