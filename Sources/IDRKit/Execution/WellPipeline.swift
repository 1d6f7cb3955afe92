import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRRecord
import IDRTables

/// Everything that happens to one well after its frames were read: correct, segment, profile.
struct WellPipeline: Sendable {
    let plan: Plan
    let correct: CorrectExecutor?
    let segment: SegmentExecutor
    let profile: ProfileExecutor
    let keep: [Intermediate]
    let runner: StageRunner

    /// What one image leaves behind.
    struct ImageResult: Sendable {
        var profile: ImageProfile
        var record: ImageRecord
    }

    /// - Parameters:
    ///   - diameter: of the well's plate, where it was estimated before; nil estimates it on each image.
    ///   - folder: where files that are kept go.
    /// - Returns: one result a frame of the plan. What takes long runs on the queue's threads.
    func process(
        _ fetched: FetchedFrames, of well: WellReference, field: Int, diameter: SegmentExecutor.Diameter?, keepingIn folder: String, clock: StageClock
    ) async throws -> [ImageResult] {
        do {
            var channels: [StageRunner.Outcome<CorrectedChannel>] = []
            for channel in fetched.channels { channels.append(try await corrected(channel, of: fetched, clock: clock)) }
            var results: [ImageResult] = []
            for position in plan.frames.indices {
                let image = ImageName(well: well, field: field, frame: plan.frames[position])
                let frames = ImageFrames(fetched: fetched, channels: channels.map(\.value), position: position)
                var (result, reused) = try await process(frames, of: image, diameter: diameter, keepingIn: folder, clock: clock)
                if correct != nil, channels.allSatisfy(\.isReused) { reused.insert("correct", at: 0) }
                result.record.reused = reused.isEmpty ? nil : reused
                results.append(result)
            }
            return results
        } catch let error as IDRError {
            throw error.at("plate \(well.plate)", "well \(well.well)", fetched.input.location)
        }
    }

    /// - Returns: what the image leaves behind, and the stages that were taken from the cache.
    private func process(
        _ frames: ImageFrames, of image: ImageName, diameter: SegmentExecutor.Diameter?, keepingIn folder: String, clock: StageClock
    ) async throws -> (ImageResult, reused: [String]) {
        let plane = frames.segmented
        let segmented = try await runner.run(
            runner.keys.segment(plane: plane.digest, diameter: diameter?.pixels), clock: clock,
            fits: { ($0.labels.height, $0.labels.width) == (plane.plane.height, plane.plane.width) },
            compute: { try segment.segment(plane.plane, diameter: diameter) })
        var nuclei = segmented.value
        // A diameter is the same number wherever it comes from.
        if let diameter { nuclei.record.diameterSource = diameter.source }
        let located = try await runner.queue.run { [nuclei] in try locate(nuclei, frames, of: image, keepingIn: folder, clock: clock) }
        let profiled = try await runner.run(
            runner.keys.profile(planes: frames.profiled.map(\.digest), labels: located.labelsDigest), clock: clock,
            fits: { profile.isResult($0, of: located.centers.count, channels: frames.profiled.count) },
            compute: { [nuclei] in try profile.profile(frames.profiled.map(\.plane), labels: nuclei.labels, centers: located.centers) })
        let finished = try await runner.queue.run { [nuclei] in try result(frames, of: image, nuclei, located, profiled.value) }
        return (finished, [segmented.isReused ? "segment" : nil, profiled.isReused ? "profile" : nil].compactMap(\.self))
    }

    /// The frames of the plan, corrected where the plan says so.
    func corrected(
        _ channel: FetchedChannel, of fetched: FetchedFrames, clock: StageClock? = nil
    ) async throws -> StageRunner.Outcome<CorrectedChannel> {
        guard let correct else {
            let planes = channel.kept.map { channel.planes[$0] }
            return StageRunner.Outcome(value: try await runner.queue.run { try CorrectedChannel(planes: planes, record: nil) }, isReused: false)
        }
        let digests = fetched.input.planes.filter { $0.index.channel == channel.number }.map(\.sha256)
        return try await runner.run(
            runner.keys.correct(planes: digests, kept: channel.kept, penalties: correct.penalties), clock: clock,
            fits: { $0.planes.count == channel.kept.count }, compute: { try correct.correct(channel) })
    }

    /// Where the nuclei of an image are.
    private struct Located: Sendable {
        var locations: NucleusLocations
        var centers: [CropCenter]
        var labelsDigest: String
    }

    private func locate(
        _ nuclei: SegmentedImage, _ frames: ImageFrames, of image: ImageName, keepingIn folder: String, clock: StageClock
    ) throws -> Located {
        let saved = locations(of: nuclei)
        try clock.measure("write") { try keepFiles(of: image, frames, nuclei: nuclei, locations: saved, in: folder) }
        // The published pipeline saved locations as text and read them back with pandas, whose parser is off in the last digit.
        let locations = plan.profiling?.behaviour == .compat ? saved.asReadByPandas() : saved
        let centers = zip(locations.x, locations.y).map(CropCenter.init)
        return Located(locations: locations, centers: centers, labelsDigest: try PlaneDigest.sha256(of: nuclei.labels))
    }

    private func result(
        _ frames: ImageFrames, of image: ImageName, _ nuclei: SegmentedImage, _ located: Located, _ profiled: ProfiledImage
    ) throws -> ImageResult {
        let fetched = frames.fetched
        let digests = StageDigests(
            corrected: fetched.order.map { frames[$0].digest }, labels: located.labelsDigest, locations: try SHA256.hex(of: located.locations.csv),
            crops: profiled.cropsDigest, features: try SHA256.hex(ofValues: profiled.features ?? []))
        let record = ImageRecord(
            plate: image.well.plate, well: image.well.well, field: image.field, frame: image.frame, input: fetched.input,
            channels: records(fetched, frames.channels.map(\.record)), segmentation: nuclei.record,
            cells: profiled.features == nil ? 0 : located.centers.count, undefinedCells: profiled.undefined, digests: digests)
        let ids = ImageProfile.cellIDs(image: image.stem, labels: nuclei.outlines.labels)
        let index = image.index(channels: fetched.profiled.map { fetched.channels[$0] })
        return ImageResult(
            profile: ImageProfile(index: index, locations: located.locations, cellIDs: ids, features: profiled.features), record: record)
    }

    private func records(_ fetched: FetchedFrames, _ corrections: [CorrectionRecord?]) -> [ChannelRecord] {
        fetched.order.map { position in
            ChannelRecord(
                number: fetched.channels[position].number, name: fetched.channels[position].name, isSegmented: position == fetched.segmented,
                isProfiled: fetched.profiled.contains(position), correction: corrections[position])
        }
    }

    /// The mean of each outline's points; NaN where an outline is too short to have one, as in the published pipeline.
    private func locations(of nuclei: SegmentedImage) -> NucleusLocations {
        let centers = (0..<nuclei.outlines.count).map { nuclei.outlines.center(of: $0) ?? (.nan, .nan) }
        var outlines: [String]?
        if let profiling = plan.profiling, profiling.outlines {
            outlines = (0..<nuclei.outlines.count).map { index in
                NumPyText.pairs(nuclei.outlines[index].flatMap { [$0.x, $0.y] }, isAbbreviated: profiling.behaviour == .compat)
            }
        }
        return NucleusLocations(x: centers.map(\.x), y: centers.map(\.y), outlines: outlines)
    }

    private func keepFiles(
        of image: ImageName, _ frames: ImageFrames, nuclei: SegmentedImage, locations: NucleusLocations, in folder: String
    ) throws {
        if keep.contains(.frames) {
            for (position, channel) in frames.fetched.channels.enumerated() {
                let name = image.stem(channel: frames.channels.count == 1 ? nil : channel.number)
                try frames[position].plane.writeTIFF(to: "\(folder)/\(name).tif")
            }
        }
        if keep.contains(.masks) {
            try TIFFWriter.write(labels: nuclei.labels, to: "\(folder)/\(image.stem)_masks.tif")
            try AtomicFile.write(Array(locations.csv.utf8), to: "\(folder)/\(image.stem)_Nuclei.csv")
        }
    }
}
