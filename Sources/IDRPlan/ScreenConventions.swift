/// What must be known about a screen beyond its tables: where its images lie and how its tables are meant.
public struct ScreenConventions: Sendable, Hashable, Codable {
    /// The study's folder, "idr0013-neumann-mitocheck"; nil: the list of studies says it.
    public var study: String?
    /// Path of a well's movie below the study's folder, with the placeholders `{screen}` (folder from the plates table),
    /// `{plate}`, `{well}` (name), `{number}` and `{number:5}` (zero-padded); nil where there are no such files.
    public var moviePath: String?
    /// Names of a well's TIFF files, where its planes lie in several; see `TIFFPattern`.
    public var tiffPattern: String?
    /// What the pages of a TIFF file are that says nothing of them, from the axis that changes slowest: `["frame"]`, or
    /// `["field", "channel:2"]` for pages of two channels, field after field. Without it such pages are refused.
    public var tiffPages: [String]?
    /// What a plane is for which its file stores nothing at all; nil: ``EmptyPlanes/missing``.
    public var emptyPlanes: EmptyPlanes?
    /// Columns that name the perturbed gene or compound; the first that the table has is used.
    public var targetColumns: [String]?
    /// Wells that are no controls whatever the table says.
    public var excludedControls: [String]?
    /// Columns of a plate, for wells without a number of their own in the table.
    public var plateColumns: Int?
    /// The words that name controls.
    public var controlWords: ControlWords?

    /// Facts about a screen; what is left out is taken from the layer below.
    public init(
        study: String? = nil, moviePath: String? = nil, tiffPattern: String? = nil, tiffPages: [String]? = nil, emptyPlanes: EmptyPlanes? = nil,
        targetColumns: [String]? = nil, excludedControls: [String]? = nil, plateColumns: Int? = nil, controlWords: ControlWords? = nil
    ) {
        self.study = study
        self.moviePath = moviePath
        self.tiffPattern = tiffPattern
        self.tiffPages = tiffPages
        self.emptyPlanes = emptyPlanes
        self.targetColumns = targetColumns
        self.excludedControls = excludedControls
        self.plateColumns = plateColumns
        self.controlWords = controlWords
    }

    /// These facts, with those of `lower` where they say nothing.
    package func over(_ lower: ScreenConventions) -> ScreenConventions {
        ScreenConventions(
            study: study ?? lower.study, moviePath: moviePath ?? lower.moviePath, tiffPattern: tiffPattern ?? lower.tiffPattern,
            tiffPages: tiffPages ?? lower.tiffPages, emptyPlanes: emptyPlanes ?? lower.emptyPlanes,
            targetColumns: targetColumns ?? lower.targetColumns, excludedControls: excludedControls ?? lower.excludedControls,
            plateColumns: plateColumns ?? lower.plateColumns, controlWords: controlWords ?? lower.controlWords)
    }
}

/// What a plane is of which no chunk, strip or tile is stored. The formats promise a fill value, which is 0 in almost every file, whether its
/// pixels were black or were never uploaded.
public enum EmptyPlanes: String, Codable, Sendable, Hashable, CaseIterable {
    /// It does not exist: another source is tried.
    case missing
    /// It has the fill value everywhere.
    case fill
}
