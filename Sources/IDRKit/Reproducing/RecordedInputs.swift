import Foundation
import IDRPlan
import IDRRecord

/// Pixels that must be those of a record, whatever source they come from now.
struct RecordedInputs: FrameFetcher {
    private let fetcher: any FrameFetcher
    private let recorded: [String: Set<PlaneDigest>]

    /// - Parameter batches: whose records are read.
    init(_ fetcher: any FrameFetcher, _ record: RecordFolder, batches: [Int]) throws(IDRError) {
        self.fetcher = fetcher
        var recorded: [String: Set<PlaneDigest>] = [:]
        for number in Set(batches).intersection(record.completeBatches) {
            for image in try record.batch(number).images { recorded[Self.key(image.plate, image.well), default: []].formUnion(image.input.planes) }
        }
        for shared in try record.sharedValues().values { recorded[Self.key(shared.plate, shared.well), default: []].formUnion(shared.planes) }
        self.recorded = recorded
    }

    func fetch(_ request: FrameRequest) async throws -> FetchedFrames {
        let fetched = try await fetcher.fetch(request)
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

    private static func key(_ plate: String, _ well: String) -> String { "\(plate)\u{0}\(well)" }
}
