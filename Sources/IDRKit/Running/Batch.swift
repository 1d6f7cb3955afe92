import IDRPlan
import IDRRecord

/// Wells that are computed and committed together.
struct Batch: Sendable {
    /// Counted from 0, as the published pipeline does.
    let number: Int
    let wells: [WellReference]
    /// What an earlier run made of it, where that is whole and lacks images.
    var earlier: EarlierBatch?

    static func cut(_ wells: [WellReference], size: Int) -> [Batch] {
        stride(from: 0, to: wells.count, by: size).enumerated().map { number, start in
            Batch(number: number, wells: Array(wells[start..<min(start + size, wells.count)]))
        }
    }

    /// The batches that the options ask for, in order.
    static func chosen(of wells: [WellReference], size: Int, options: RunOptions) throws(IDRError) -> [Batch] {
        let all = cut(wells, size: size)
        let wanted = options.batches ?? Array((options.startBatch ?? 0)..<max(all.count, options.startBatch ?? 0))
        if let wrong = wanted.first(where: { $0 < 0 || $0 >= all.count }) ?? (wanted.isEmpty ? options.startBatch : nil) {
            throw IDRError(
                .invalidPlan, "batch \(wrong) does not exist",
                because: "\(wells.count) wells make \(all.count) batches of \(size), numbered 0...\(all.count - 1)",
                fix: "choose batches in that range")
        }
        return Set(wanted).sorted().map { all[$0] }
    }

    /// What is read for the batch, a request a field of a well, in the order of wells; not what is taken over from an earlier run.
    func requests(of plan: ResolvedPlan, channels: WantedChannels) -> [FrameRequest] {
        all(of: plan, channels: channels).filter { earlier?.hasAll(of: $0) != true }
    }

    /// The same with what is taken over.
    func all(of plan: ResolvedPlan, channels: WantedChannels) -> [FrameRequest] {
        wells.flatMap { well in
            plan.plan.fields.map { field in
                var request = FrameRequest(well, field: field, of: plan, channels: channels)
                request.isForRows = true
                return request
            }
        }
    }
}

/// A batch that an earlier run completed, and that is to be completed or computed anew.
struct EarlierBatch: Sendable {
    let record: BatchRecord
    /// The batch's.
    let folder: String
    /// Whether its rows can stand beside rows that are computed now.
    let isTakenOver: Bool
    /// Whether images that do not exist are asked for again.
    let asksForAbsent: Bool
    /// Whether it stands on other shared values than its run has now.
    let isOutdated: Bool

    /// Whether everything that there is of a field is in it, so that nothing is computed.
    func hasAll(of request: FrameRequest) -> Bool { isTakenOver && !record.missing.contains { isOpen($0) && request.asks(for: $0) } }

    /// Whether `image` is tried again.
    func isOpen(_ image: MissingImage) -> Bool { image.kind == .failed || asksForAbsent }

    /// Whether `batch` has every image of this one, and more of them, or fewer that failed, or files that this one does not keep.
    func isWorthLess(than batch: BatchRecord) -> Bool {
        let own = Set(record.images.map(ImageKey.init))
        guard own.isSubset(of: batch.images.map(ImageKey.init)) else { return false }
        if isOutdated { return true }
        if batch.images.count > record.images.count || batch.failedImages.count < record.failedImages.count { return true }
        return batch.failedImages.count <= record.failedImages.count && !Set(batch.kept).isSubset(of: record.kept)
    }
}

extension FrameRequest {
    /// Whether its images are other ones once `image` is there. Images that are absent were left out of a fit that fields of a well may share.
    fileprivate func asks(for image: MissingImage) -> Bool {
        (image.plate, image.well) == (well.plate, well.well) && (image.field == field || withContext && image.kind == .absent)
    }
}
