/// What a reproduction may differ by, class by class. The values are constants of this version and are written into each run's record
/// before anybody reruns it, so that nobody can choose them by the outcome.
public struct Agreement: Codable, Sendable, Hashable {
    /// `TOLERANCE`: same objects in the same order, texts equal, numbers within these.
    public var tolerance = Tolerance()
    /// `STATISTICAL`: objects may differ, wells agree.
    public var statistical = Statistical()

    public init() {}

    /// Classes of columns. Texts (metadata, ids, outlines) must be equal in any case.
    public struct Tolerance: Codable, Sendable, Hashable {
        /// `Location_Center_X` and `_Y`, in pixels: less than the shift that one pixel of an outline makes.
        public var location = 0.05
        /// Features: |a - b| <= absolute + relative * |b|, where b is the record's.
        public var featureAbsolute = 1e-3
        public var featureRelative = 1e-3
    }

    public struct Statistical: Codable, Sendable, Hashable {
        /// Nuclei of each image: |a - b| <= max(countAbsolute, countRelative * b).
        public var countAbsolute = 2
        public var countRelative = 0.02
        /// Smallest cosine similarity of each image's mean feature vector with the record's.
        public var cosine = 0.999
    }
}
