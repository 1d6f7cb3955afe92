public import Foundation
import IDRFiles
public import IDRPlan

/// What was done for one batch: enough to know what went in, what came out and how long it took. `record.json` of the batch's folder.
public struct BatchRecord: Codable, Sendable {
    /// The newest form: 4 names the digests of what stages gave.
    package static let formatVersion = 4
    /// The oldest form that is read.
    package static let oldestFormat = 3

    /// The form that the record is in: the lowest that can say all of it.
    public private(set) var format = BatchRecord.oldestFormat
    /// SHA-256 of the resolved plan.
    public var run: Digest
    /// Counted from 0, as the published pipeline does.
    public var batch: Int
    /// Whole seconds, as in the record's text.
    public var startedAt: Date
    /// Whole seconds, as in the record's text.
    public var finishedAt: Date
    /// One for each field and frame of each well, in the order of the plan; of a batch that failed, those that came to their end.
    public var images: [ImageRecord] { didSet { format = Self.format(of: images) } }
    /// Tables and kept files, sorted by name. They are the batch's bulk: a published record goes without them.
    public var outputs: [OutputRecord]
    /// Kinds of intermediate files among them, sorted: `frames`, `masks`.
    public var kept: [String]
    /// What each stage took, in the order of the pipeline.
    public var stages: [StageTiming]
    /// Largest resident memory of the process while the batch ran, in bytes.
    public var peakMemoryBytes: Int
    /// Images computed at the same time, from 1.
    public var threads: Int
    /// SHA-256 of the `environment.json` beside the record: a run that was continued elsewhere has several.
    public var environment: Digest
    /// Where the screen's tables were read from.
    public var catalog: [CatalogRecord]
    /// What a person should know of the numbers, each once.
    public var warnings: [String]
    /// Why the batch failed; nil for a complete one.
    public var failure: IDRError?

    package init(
        run: Digest, batch: Int, startedAt: Date, finishedAt: Date, images: [ImageRecord], outputs: [OutputRecord], kept: [String],
        stages: [StageTiming], peakMemoryBytes: Int, threads: Int, environment: Digest, catalog: [CatalogRecord], warnings: [String],
        failure: IDRError? = nil
    ) {
        self.run = run
        self.batch = batch
        self.startedAt = startedAt.wholeSeconds
        self.finishedAt = finishedAt.wholeSeconds
        self.images = images
        format = Self.format(of: images)
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

    /// Whether the record is in the form that what it holds is written in.
    package var isInItsForm: Bool { format == Self.format(of: images) }

    private static func format(of images: [ImageRecord]) -> Int { images.map(\.format).max() ?? oldestFormat }

    /// Nuclei profiled: rows of the batch's tables.
    public var cells: Int { images.reduce(0) { $0 + $1.cells } }
}

extension BatchRecord: StoredValue {
    package static var readableFormats: ClosedRange<Int> { oldestFormat...formatVersion }
}
