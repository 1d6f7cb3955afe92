public import Foundation
import IDRFiles
public import IDRPlan

/// What was done for one batch: enough to know what went in, what came out and how long it took. `record.json` of the batch's folder.
public struct BatchRecord: Codable, Sendable {
    /// The newest form: 4 names the digests of what stages gave, 5 knows missing images and images of other environments.
    package static let formatVersion = 5
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
    public var images: [ImageRecord] { didSet { format = needed } }
    /// Images that the tables lack, in the order of the plan.
    public var missing: [MissingImage] { didSet { format = needed } }
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
        run: Digest, batch: Int, startedAt: Date, finishedAt: Date, images: [ImageRecord], missing: [MissingImage] = [],
        outputs: [OutputRecord], kept: [String], stages: [StageTiming], peakMemoryBytes: Int, threads: Int, environment: Digest,
        catalog: [CatalogRecord], warnings: [String],
        failure: IDRError? = nil
    ) {
        self.run = run
        self.batch = batch
        self.startedAt = startedAt.wholeSeconds
        self.finishedAt = finishedAt.wholeSeconds
        self.images = images
        self.missing = missing
        self.outputs = outputs
        self.kept = kept
        self.stages = stages
        self.peakMemoryBytes = peakMemoryBytes
        self.threads = threads
        self.environment = environment
        self.catalog = catalog
        self.warnings = warnings
        self.failure = failure
        format = needed
    }

    /// Whether the record is in the form that what it holds is written in.
    package var isInItsForm: Bool { format == needed }

    private var needed: Int { missing.isEmpty ? images.map(\.format).max() ?? Self.oldestFormat : 5 }

    /// Images of the plan that a later run tries again.
    public var failedImages: [MissingImage] { missing.filter { $0.kind == .failed } }
    /// Images of the plan that do not exist.
    public var absentImages: [MissingImage] { missing.filter { $0.kind == .absent } }

    /// Nuclei profiled: rows of the batch's tables.
    public var cells: Int { images.reduce(0) { $0 + $1.cells } }
}

extension BatchRecord {
    private enum CodingKeys: String, CodingKey {
        case format, run, batch, startedAt, finishedAt, images, missing, outputs, kept, stages, peakMemoryBytes, threads, environment, catalog
        case warnings, failure
    }

    /// A record of any form up to ``formatVersion``.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        run = try values.decode(Digest.self, forKey: .run)
        batch = try values.decode(Int.self, forKey: .batch)
        startedAt = try values.decode(Date.self, forKey: .startedAt)
        finishedAt = try values.decode(Date.self, forKey: .finishedAt)
        images = try values.decode([ImageRecord].self, forKey: .images)
        missing = try values.decodeIfPresent([MissingImage].self, forKey: .missing) ?? []
        outputs = try values.decode([OutputRecord].self, forKey: .outputs)
        kept = try values.decode([String].self, forKey: .kept)
        stages = try values.decode([StageTiming].self, forKey: .stages)
        peakMemoryBytes = try values.decode(Int.self, forKey: .peakMemoryBytes)
        threads = try values.decode(Int.self, forKey: .threads)
        environment = try values.decode(Digest.self, forKey: .environment)
        catalog = try values.decode([CatalogRecord].self, forKey: .catalog)
        warnings = try values.decode([String].self, forKey: .warnings)
        failure = try values.decodeIfPresent(IDRError.self, forKey: .failure)
        // As it is stored, whatever it holds: see ``isInItsForm``.
        format = try values.decode(Int.self, forKey: .format)
    }

    /// In its ``format``.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(format, forKey: .format)
        try values.encode(run, forKey: .run)
        try values.encode(batch, forKey: .batch)
        try values.encode(startedAt, forKey: .startedAt)
        try values.encode(finishedAt, forKey: .finishedAt)
        try values.encode(images, forKey: .images)
        if !missing.isEmpty { try values.encode(missing, forKey: .missing) }
        try values.encode(outputs, forKey: .outputs)
        try values.encode(kept, forKey: .kept)
        try values.encode(stages, forKey: .stages)
        try values.encode(peakMemoryBytes, forKey: .peakMemoryBytes)
        try values.encode(threads, forKey: .threads)
        try values.encode(environment, forKey: .environment)
        try values.encode(catalog, forKey: .catalog)
        try values.encode(warnings, forKey: .warnings)
        try values.encodeIfPresent(failure, forKey: .failure)
    }
}

extension BatchRecord: StoredValue {
    package static var readableFormats: ClosedRange<Int> { oldestFormat...formatVersion }
}
