public import Foundation
public import IDRPlan

/// What was done for one batch: enough to know what went in, what came out and how long it took.
public struct BatchRecord: Codable, Sendable {
    public static let formatVersion = 1

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
    public var warnings: [String]
    /// Why the batch failed; nil for a complete one.
    public var failure: IDRError?

    public init(
        run: String, batch: Int, startedAt: Date, finishedAt: Date, images: [ImageRecord], outputs: [FileDigest], kept: [String],
        stages: [StageTiming],
        peakMemoryBytes: Int, threads: Int, environment: RunEnvironment, warnings: [String], failure: IDRError? = nil
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
        self.warnings = warnings
        self.failure = failure
    }
}

/// A file by content; `name` is relative to the record's folder, `/`-separated.
public struct FileDigest: Codable, Sendable, Hashable {
    public var name: String
    public var bytes: Int
    /// Lower-case hexadecimal.
    public var sha256: String

    public init(name: String, bytes: Int, sha256: String) {
        self.name = name
        self.bytes = bytes
        self.sha256 = sha256
    }
}

/// One image of a batch: its input and what each stage decided for it.
public struct ImageRecord: Codable, Sendable {
    public var plate: String
    public var well: String
    /// 1-based.
    public var frame: Int
    public var input: InputRecord
    public var correction: CorrectionRecord?
    public var segmentation: SegmentationRecord
    /// Rows in the table.
    public var cells: Int
    /// Rows whose crop was constant: their features are NaN.
    public var undefinedCells: Int

    public init(
        plate: String, well: String, frame: Int, input: InputRecord, correction: CorrectionRecord?, segmentation: SegmentationRecord,
        cells: Int, undefinedCells: Int
    ) {
        self.plate = plate
        self.well = well
        self.frame = frame
        self.input = input
        self.correction = correction
        self.segmentation = segmentation
        self.cells = cells
        self.undefinedCells = undefinedCells
    }
}

/// Where an image's pixels came from.
public struct InputRecord: Codable, Sendable, Hashable {
    /// The movie, by its path below the study's folder.
    public var file: FileDigest
    /// How it was reached: `mirror`.
    public var source: String
    /// 1-based frames that were read; BaSiC needs neighbours of the one that is profiled.
    public var frames: [Int]

    public init(file: FileDigest, source: String, frames: [Int]) {
        self.file = file
        self.source = source
        self.frames = frames
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
