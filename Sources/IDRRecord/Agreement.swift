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
        /// What nuclei may differ by whose outlines do; nil, as in records before 0.2, where their numbers have the limits of all others.
        package var outlines: Outlines? = Outlines()
    }

    /// Processors without the same instructions round otherwise, and a borderline pixel falls on the other side: one nucleus of hundreds has another
    /// outline, and its features move by tens of tolerances. How the values were found is said in the article on reproducing runs.
    package struct Outlines: Codable, Sendable, Hashable {
        /// How many of a batch's nuclei may have other outlines, as a share of them; one may in any case.
        package var share = 0.01
        /// By how many pixels the centre of such a nucleus may move.
        package var location = 1.0
        /// Smallest cosine similarity of its features with the record's.
        package var cosine = 0.99

        /// The number of nuclei of a batch of `cells` that may have other outlines.
        package func allowed(of cells: Int) -> Int { max(1, Int((share * Double(cells)).rounded(.down))) }
    }

    package struct Statistical: Codable, Sendable, Hashable {
        /// Nuclei of each image: |a - b| <= max(countAbsolute, countRelative * b).
        package var countAbsolute = 2
        package var countRelative = 0.02
        /// Smallest cosine similarity of each image's mean feature vector with the record's.
        package var cosine = 0.999
    }
}
