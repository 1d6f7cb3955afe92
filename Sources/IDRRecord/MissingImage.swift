public import IDRPlan

/// An image that the plan asks for and of which the batch's tables have no row.
public struct MissingImage: Codable, Sendable, Hashable {
    /// Why it is missing.
    public enum Kind: String, Codable, Sendable, Hashable {
        /// It could not be read or computed. The next run tries it again.
        case failed
        /// Its source says that it does not exist. It is asked for again only with `--refresh`.
        case absent

        /// What `error` says of an image.
        package init(_ error: IDRError) { self = error.code == .missing ? .absent : .failed }
    }

    /// Name of the plate in the study's table.
    public var plate: String
    /// Row letter and column: `A4`.
    public var well: String
    /// Field of view, from 1.
    public var field: Int
    /// Point in time, from 1.
    public var frame: Int
    /// Why it is missing.
    public var kind: Kind
    /// What failed, and what was tried.
    public var cause: IDRError

    package init(plate: String, well: String, field: Int, frame: Int, kind: Kind, cause: IDRError) {
        self.plate = plate
        self.well = well
        self.field = field
        self.frame = frame
        self.kind = kind
        self.cause = cause
    }
}
