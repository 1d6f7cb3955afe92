import Foundation
package import IDRPlan
package import IDRRecord

/// Pixels that must be those of a record, whatever source they come from now.
package struct RecordedInputs: FrameFetcher {
    private let fetcher: any FrameFetcher
    private let recorded: [String: Set<PlaneDigest>]
    /// Images that the record lacks.
    private let missing: Set<ImageKey>

    /// - Parameter batches: whose records are read.
    package init(_ fetcher: any FrameFetcher, _ record: RecordFolder, batches: [Int]) throws(IDRError) {
        self.fetcher = fetcher
        var recorded: [String: Set<PlaneDigest>] = [:]
        var missing = Set<ImageKey>()
        for number in Set(batches).intersection(record.completeBatches) {
            let batch = try record.batch(number)
            for image in batch.images { recorded[Self.key(image.plate, image.well), default: []].formUnion(image.input.planes) }
            missing.formUnion(batch.missing.map(ImageKey.init))
        }
        self.missing = missing
        for shared in try record.sharedValues().values {
            recorded[Self.key(shared.plate, shared.well), default: []].formUnion(shared.planes)
            for candidate in shared.candidates ?? [] {
                recorded[Self.key(candidate.plate ?? shared.plate, candidate.well), default: []].formUnion(candidate.planes)
            }
        }
        self.recorded = recorded
    }

    package func fetch(_ request: FrameRequest) async throws -> FetchedFrames {
        // What the record lacks is tried, and has no part in what is compared: frames of a field are corrected together.
        var own = request
        // What values that images share were computed from is all in the record, or was not there.
        own.frames = request.isForRows ? request.frames.filter { !missing.contains(Self.image(request, $0)) } : request.frames
        if own.frames.isEmpty {
            _ = try await fetcher.fetch(request)
            throw Self.isThereNow
        }
        let fetched = try own.frames == request.frames ? await fetcher.fetch(own) : await fetcher.fetch(own).lacking(Self.isThereNow)
        let well = request.well
        guard let expected = recorded[Self.key(well.plate, well.well)] else { return fetched }
        let indices = Set(expected.map(\.index))
        if let other = fetched.input.planes.first(where: { indices.contains($0.index) && !expected.contains($0) }) {
            throw IDRError(
                .changed, "the pixels are not the recorded ones", at: ["plate \(well.plate)", "well \(well.well)", fetched.input.location],
                because:
                    "frame \(other.index.frame), channel \(other.index.channel), field \(other.index.field) has SHA-256 \(other.sha256.short)...",
                fix: "use the source that the record names; where the study itself has changed, the run cannot be reproduced")
        }
        return fetched
    }

    /// Why the rerun's record lacks an image that could be had.
    static let isThereNow = IDRError(
        .changed, "the record lacks this image, which can be had now", fix: "run its script again to have it in the record")

    private static func image(_ request: FrameRequest, _ frame: Int) -> ImageKey {
        ImageKey(plate: request.well.plate, well: request.well.well, field: request.field, frame: frame)
    }

    private static func key(_ plate: String, _ well: String) -> String { "\(plate)\u{0}\(well)" }
}
