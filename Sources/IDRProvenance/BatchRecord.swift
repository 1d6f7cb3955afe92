public import Foundation
public import IDRData
public import IDRPlan

/// What was done for one batch: enough to know what went in, what came out and how long it took.
public struct BatchRecord: Codable, Sendable {
    public static let formatVersion = 2

    public var format = BatchRecord.formatVersion
    /// SHA-256 of the resolved plan.
    public var run: String
    /// Counted from 0, as the published pipeline does.
    public var batch: Int
    public var startedAt: Date
    public var finishedAt: Date
    public var images: [ImageRecord]
    /// Files of this batch, sorted by name.
    public var outputs: [FileDigest]
    /// Kinds of intermediate files among them, sorted.
    public var kept: [String]
    /// Wall-clock and CPU seconds by stage, summed over the batch's images.
    public var stages: [StageTiming]
    /// Largest resident memory of the process while the batch ran.
    public var peakMemoryBytes: Int
    public var threads: Int
    public var environment: RunEnvironment
    /// Where the screen's tables were read from.
    public var catalog: [CatalogRecord]
    public var warnings: [String]
    /// Why the batch failed; nil for a complete one.
    public var failure: IDRError?

    public init(
        run: String, batch: Int, startedAt: Date, finishedAt: Date, images: [ImageRecord], outputs: [FileDigest], kept: [String],
        stages: [StageTiming],
        peakMemoryBytes: Int, threads: Int, environment: RunEnvironment, catalog: [CatalogRecord], warnings: [String], failure: IDRError? = nil
    ) {
        self.run = run
        self.batch = batch
        // A record's text holds whole seconds: the value that wrote it is the value that is read back.
        self.startedAt = Date(timeIntervalSince1970: startedAt.timeIntervalSince1970.rounded(.down))
        self.finishedAt = Date(timeIntervalSince1970: finishedAt.timeIntervalSince1970.rounded(.down))
        self.images = images
        self.outputs = outputs
        self.kept = kept
        self.stages = stages
        self.peakMemoryBytes = peakMemoryBytes
        self.threads = threads
        self.environment = environment
        self.catalog = catalog
        self.warnings = warnings
        self.failure = failure
    }
}

/// A table that the wells were chosen by, and where it came from.
public struct CatalogRecord: Codable, Sendable, Hashable {
    public var file: ResolvedFile
    /// An address, or a path below the mirror.
    public var address: String
    /// When the server was asked; nil for files of a mirror.
    public var fetchedAt: Date?

    public init(file: ResolvedFile, address: String, fetchedAt: Date?) {
        self.file = file
        self.address = address
        // As in ``BatchRecord``: whole seconds.
        self.fetchedAt = fetchedAt.map { Date(timeIntervalSince1970: $0.timeIntervalSince1970.rounded(.down)) }
    }
}

/// One image of a batch: its input and what each stage decided for it.
public struct ImageRecord: Codable, Sendable {
    public var plate: String
    public var well: String
    /// 1-based.
    public var field: Int
    /// 1-based.
    public var frame: Int
    public var input: InputRecord
    /// One a channel, in the order of the features; the first is the one that was segmented where it is not among them.
    public var channels: [ChannelRecord]
    public var segmentation: SegmentationRecord
    /// Rows in the table.
    public var cells: Int
    /// Rows whose crop was constant: their features are NaN.
    public var undefinedCells: Int

    public init(
        plate: String, well: String, field: Int, frame: Int, input: InputRecord, channels: [ChannelRecord],
        segmentation: SegmentationRecord, cells: Int, undefinedCells: Int
    ) {
        self.plate = plate
        self.well = well
        self.field = field
        self.frame = frame
        self.input = input
        self.channels = channels
        self.segmentation = segmentation
        self.cells = cells
        self.undefinedCells = undefinedCells
    }
}

/// Where an image's pixels came from, and what they were.
public struct InputRecord: Codable, Sendable, Hashable {
    /// How they were reached: `mirror`, `ome-zarr`, `cellh5` (parts of a movie), `files` (whole files), `aspera`.
    public var source: String
    /// An address, or a path below the mirror.
    public var location: String
    /// Whole files that were read, in the order of their names; empty where only parts were.
    public var files: [FileDigest]
    /// Of a file that was read in parts: its length in bytes and the server's entity tag.
    public var length: Int?
    public var entityTag: String?
    /// Every plane that was read; BaSiC needs neighbours of the one that is profiled.
    public var planes: [PlaneDigest]
    /// Whether everything came from the cache.
    public var isFromCache: Bool
    public var transfer: TransferCounts
    /// Sources that were tried before this one, each with why it was not used.
    public var passedOver: [String]

    public init(
        source: String, location: String, files: [FileDigest], length: Int? = nil, entityTag: String? = nil, planes: [PlaneDigest],
        isFromCache: Bool = false, transfer: TransferCounts = TransferCounts(), passedOver: [String] = []
    ) {
        self.source = source
        self.location = location
        self.files = files
        self.length = length
        self.entityTag = entityTag
        self.planes = planes
        self.isFromCache = isFromCache
        self.transfer = transfer
        self.passedOver = passedOver
    }
}

/// A channel of an image, and what was done to it.
public struct ChannelRecord: Codable, Sendable, Hashable {
    /// In the file, from 1.
    public var number: Int
    public var name: String
    /// Whether nuclei were looked for in it, and whether it was profiled.
    public var isSegmented: Bool
    public var isProfiled: Bool
    public var correction: CorrectionRecord?

    public init(number: Int, name: String, isSegmented: Bool, isProfiled: Bool, correction: CorrectionRecord?) {
        self.number = number
        self.name = name
        self.isSegmented = isSegmented
        self.isProfiled = isProfiled
        self.correction = correction
    }
}

/// What BaSiC did.
public struct CorrectionRecord: Codable, Sendable, Hashable {
    /// `converged`, `ended by the bound of the ... loop`, or `not corrected: ` and why the frame was returned as it is.
    public var status: String
    public var flatfieldPenalty: Double?
    public var darkfieldPenalty: Double?
    public var reweightings: Int

    public init(status: String, flatfieldPenalty: Double?, darkfieldPenalty: Double?, reweightings: Int) {
        self.status = status
        self.flatfieldPenalty = flatfieldPenalty
        self.darkfieldPenalty = darkfieldPenalty
        self.reweightings = reweightings
    }
}

/// What the segmentation did.
public struct SegmentationRecord: Codable, Sendable, Hashable {
    /// In pixels.
    public var diameter: Double
    /// `given`, `image` (estimated on it) or `plate` (estimated on the plate's first well).
    public var diameterSource: String
    /// Nuclei found, before those at the border were left out.
    public var found: Int
    /// Nuclei left, one row each.
    public var kept: Int

    public init(diameter: Double, diameterSource: String, found: Int, kept: Int) {
        self.diameter = diameter
        self.diameterSource = diameterSource
        self.found = found
        self.kept = kept
    }
}

/// Seconds that a stage took.
public struct StageTiming: Codable, Sendable, Hashable {
    /// `fetch`, `correct`, `segment`, `profile`, `write`.
    public var stage: String
    public var wallSeconds: Double
    public var cpuSeconds: Double

    public init(stage: String, wallSeconds: Double, cpuSeconds: Double) {
        self.stage = stage
        self.wallSeconds = wallSeconds
        self.cpuSeconds = cpuSeconds
    }
}
