/// What a reproduction may differ by, class by class. The values are constants of this version and are written into each run's record
/// before anybody reruns it, so that nobody can choose them by the outcome.
package struct Agreement: Codable, Sendable, Hashable {
    /// `TOLERANCE`: same objects in the same order, texts equal, numbers within these.
    package var tolerance = Tolerance()
    /// `STATISTICAL`: objects may differ, wells agree.
    package var statistical = Statistical()

    package init() {}

    /// Classes of columns. Texts (metadata, ids, outlines) must be equal in any case.
    package struct Tolerance: Codable, Sendable, Hashable {
        /// `Location_Center_X` and `_Y`, in pixels: less than the shift that one pixel of an outline makes.
        package var location = 0.05
        /// Features: |a - b| <= absolute + relative * |b|, where b is the record's.
        package var featureAbsolute = 1e-3
        package var featureRelative = 1e-3
    }

    package struct Statistical: Codable, Sendable, Hashable {
        /// Nuclei of each image: |a - b| <= max(countAbsolute, countRelative * b).
        package var countAbsolute = 2
        package var countRelative = 0.02
        /// Smallest cosine similarity of each image's mean feature vector with the record's.
        package var cosine = 0.999
    }
}
