public import IDRPlan

/// Where an image's pixels came from, and what they were.
public struct InputRecord: Codable, Sendable, Hashable {
    /// How they were reached: `mirror`, `ome-zarr`, `cellh5` (parts of a movie), `files` (whole files), `aspera`.
    public var source: String
    /// An address, or a path below the mirror.
    public var location: String
    /// Whole files that were read, in the order of their names; empty where only parts were.
    public var files: [ContentFile]
    /// Length in bytes of a file that was read in parts.
    public var length: Int?
    /// The server's entity tag of a file that was read in parts.
    public var entityTag: String?
    /// What servers said of all that was read, by name; nil where no server gave it.
    public var versions: [SourceVersion]?
    /// Every plane that was read; BaSiC needs neighbours of the one that is profiled.
    public var planes: [PlaneDigest]
    /// Whether everything came from the cache.
    public var isFromCache: Bool
    /// What came over the network for this image.
    public var transfer: TransferCounts
    /// Sources that were tried before this one, each with why it was not used.
    public var passedOver: [String]
    /// What a person should know of the planes, such as parts that are stored nowhere and values that are no numbers; nil where there is nothing.
    public var notes: [String]?

    package init(
        source: String, location: String, files: [ContentFile], length: Int? = nil, entityTag: String? = nil, versions: [SourceVersion]? = nil,
        planes: [PlaneDigest], isFromCache: Bool = false, transfer: TransferCounts = TransferCounts(), passedOver: [String] = [],
        notes: [String]? = nil
    ) {
        self.source = source
        self.location = location
        self.files = files
        self.length = length
        self.entityTag = entityTag
        self.versions = versions
        self.planes = planes
        self.isFromCache = isFromCache
        self.transfer = transfer
        self.passedOver = passedOver
        self.notes = notes
    }
}
