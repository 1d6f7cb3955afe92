import IDRFiles
import IDRPlan
import IDRRecord
import IDRTables

/// What became of the images of a batch, or of a part of it, in the order of the plan.
struct BatchOutcome: Sendable {
    var images: [DoneImage] = []
    var missing: [MissingImage] = []

    init() {}

    /// Frames that could not be had.
    /// - Throws: `error` where it is no image's.
    init(
        lacking frames: [Int], of request: FrameRequest, _ error: any Error, at place: String? = nil, _ kind: (IDRError) -> MissingImage.Kind
    ) throws {
        let cause = IDRError(error, "an image cannot be computed").at(
            ["plate \(request.well.plate)", "well \(request.well.well)"] + [place].compactMap(\.self))
        guard !(error is CancellationError), !cause.endsRun else { throw error }
        missing = frames.map {
            MissingImage(plate: request.well.plate, well: request.well.well, field: request.field, frame: $0, kind: kind(cause), cause: cause)
        }
    }

    mutating func add(_ other: BatchOutcome) {
        images += other.images
        missing += other.missing
    }

    /// The same with the frames in the order in which they are wanted.
    func inOrder(of request: FrameRequest) -> BatchOutcome {
        var sorted = self
        sorted.missing.sort { $0.frame < $1.frame }
        return sorted
    }

    /// Why there is no image at all; nil where none was to be had.
    var failure: IDRError? {
        let failures = missing.filter { $0.kind == .failed }
        guard var error = failures.first?.cause else { return nil }
        guard failures.count > 1 else { return error }
        let others = failures.dropFirst().map { "\($0.cause.subject.prefix(2).joined(separator: ", ")): \($0.cause.problem)" }
        error.reason = [error.reason, "\(others.count) more images of the batch failed: \(others.joined(separator: "; "))"].compactMap(\.self).joined(
            separator: "; ")
        return error
    }
}

/// Images of a batch that an earlier run has computed, with their rows from that batch's own table.
struct EarlierImages: Sendable {
    private let batch: EarlierBatch?
    private let records: [ImageKey: ImageRecord]
    private let profiles: [String: ImageProfile]
    private let columns: Int

    /// - Throws: an ``IDRError`` where the table cannot be read.
    init(_ batch: EarlierBatch?, schema: ProfileSchema) async throws {
        self.batch = batch
        columns = schema.indexColumns.count
        guard let batch, batch.isTakenOver else {
            (records, profiles) = ([:], [:])
            return
        }
        records = Dictionary(batch.record.images.map { (ImageKey($0), $0) }) { first, _ in first }
        profiles = try await AnnDataFile.readProfiles(
            "\(batch.folder)/\(RecordLayout.annData(batch.record.batch))", index: Array(schema.metadataNames.prefix(schema.indexColumns.count)))
    }

    /// The images of a field; nil where they are to be computed.
    func outcome(of request: FrameRequest) throws(IDRError) -> BatchOutcome? {
        guard let batch, batch.hasAll(of: request) else { return nil }
        var outcome = BatchOutcome()
        let well = request.well
        for frame in request.frames {
            let key = ImageKey(plate: well.plate, well: well.well, field: request.field, frame: frame)
            if let missing = batch.record.missing.first(where: { ImageKey($0) == key }) {
                outcome.missing.append(missing)
                continue
            }
            guard var record = records[key] else {
                throw IDRError(
                    .invalidInput, "the batch's record lacks the image \(key)", at: [batch.folder], fix: "remove that folder, and run again")
            }
            record.environment = record.environment ?? batch.record.environment
            let name = ImageName(well, field: request.field, frame: frame)
            let empty = ImageProfile(index: Array(repeating: "", count: columns), locations: NucleusLocations(), cellIDs: [], features: nil)
            let profile = profiles[name.stem] ?? empty
            guard profile.cellIDs.count == record.cells else {
                throw IDRError(
                    .invalidInput, "the batch's table has \(profile.cellIDs.count) nuclei of the image \(key), and its record \(record.cells)",
                    at: [batch.folder], fix: "remove that folder, and run again")
            }
            outcome.images.append(DoneImage(record: record, profile: profile))
        }
        return outcome
    }
}
