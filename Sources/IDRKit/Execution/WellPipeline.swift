import IDRData
import IDRImaging
import IDRPlan
import IDRProvenance
import IDRTables

/// Everything that happens to one well after its frames were read: correct, segment, profile.
struct WellPipeline: Sendable {
    let plan: Plan
    let correct: CorrectExecutor?
    let segment: SegmentExecutor
    let profile: ProfileExecutor
    let keep: [Intermediate]

    /// What one image leaves behind.
    struct ImageResult: Sendable {
        var profile: ImageProfile
        var record: ImageRecord
    }

    /// - Parameters:
    ///   - diameter: of the well's plate, where it was estimated before; nil estimates it on each image.
    ///   - folder: where files that are kept go.
    /// - Returns: one result a frame of the plan. Synchronous: the caller chooses the thread.
    func process(
        _ fetched: FetchedFrames, of well: WellReference, field: Int, diameter: SegmentExecutor.Diameter?, keepingIn folder: String, clock: StageClock
    ) throws -> [ImageResult] {
        do {
            let channels = try clock.measure("correct") { try fetched.channels.map { try corrected($0) } }
            return try plan.frames.indices.map { position in
                let image = ImageName(well: well, field: field, frame: plan.frames[position])
                let plane = channels[fetched.segmented].planes[position]
                let nuclei = try clock.measure("segment") { try segment.segment(plane, diameter: diameter) }
                let saved = locations(of: nuclei)
                try clock.measure("write") {
                    try keepFiles(of: image, channels: channels.map { $0.planes[position] }, fetched, nuclei: nuclei, locations: saved, in: folder)
                }
                // The published pipeline saved locations as text and read them back with pandas, whose parser is off in the last digit.
                let locations = plan.profiling?.behaviour == .compat ? saved.asReadByPandas() : saved
                let centers = zip(locations.x, locations.y).map(CropCenter.init)
                let planes = fetched.profiled.map { channels[$0].planes[position] }
                let profiled = try clock.measure("profile") { try profile.profile(planes, labels: nuclei.labels, centers: centers) }
                let record = ImageRecord(
                    plate: well.plate, well: well.well, field: field, frame: image.frame, input: fetched.input,
                    channels: records(fetched, channels.map(\.record)), segmentation: nuclei.record,
                    cells: profiled.features == nil ? 0 : centers.count, undefinedCells: profiled.undefined,
                    digests: try digests(fetched, corrected: channels.map { $0.planes[position] }, nuclei, locations, profiled))
                let ids = ImageProfile.cellIDs(image: image.stem, labels: nuclei.outlines.labels)
                let index = image.index(channels: fetched.profiled.map { fetched.channels[$0] })
                return ImageResult(
                    profile: ImageProfile(index: index, locations: locations, cellIDs: ids, features: profiled.features), record: record)
            }
        } catch let error as IDRError {
            throw error.at("plate \(well.plate)", "well \(well.well)", fetched.input.location)
        }
    }

    /// The frames of the plan, corrected where the plan says so.
    func corrected(_ fetched: FetchedChannel) throws -> (planes: [PixelPlane], record: CorrectionRecord?) {
        guard let correct else { return (fetched.kept.map { fetched.planes[$0] }, nil) }
        let (planes, record) = try correct.correct(fetched)
        return (planes, record)
    }

    private func digests(
        _ fetched: FetchedFrames, corrected: [PixelPlane], _ nuclei: SegmentedImage, _ locations: NucleusLocations, _ profiled: ProfiledImage
    ) throws -> StageDigests {
        StageDigests(
            corrected: try fetched.order.map { try PlaneDigest.sha256(of: corrected[$0]) }, labels: try PlaneDigest.sha256(of: nuclei.labels),
            locations: try SHA256.hex(of: locations.csv), crops: profiled.cropsDigest, features: try SHA256.hex(ofValues: profiled.features ?? []))
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
        of image: ImageName, channels: [PixelPlane], _ fetched: FetchedFrames, nuclei: SegmentedImage, locations: NucleusLocations, in folder: String
    ) throws {
        if keep.contains(.frames) {
            for (channel, plane) in zip(fetched.channels, channels) {
                try plane.writeTIFF(to: "\(folder)/\(image.stem(channel: channels.count == 1 ? nil : channel.number)).tif")
            }
        }
        if keep.contains(.masks) {
            try TIFFWriter.write(labels: nuclei.labels, to: "\(folder)/\(image.stem)_masks.tif")
            try AtomicFile.write(Array(locations.csv.utf8), to: "\(folder)/\(image.stem)_Nuclei.csv")
        }
    }
}

/// The names that the published pipeline gives an image.
struct ImageName: Sendable {
    let well: WellReference
    let field: Int
    let frame: Int

    /// `<plate>_<well number>_<frame>`; fields after the first, which the published pipeline does not have, add `_f<field>`.
    var stem: String { "\(well.plate)_\(well.wellNumber)_\(frame)" + (field == 1 ? "" : "_f\(field)") }

    /// Of the file of one channel among several.
    func stem(channel: Int?) -> String { stem + (channel.map { "_c\($0)" } ?? "") }

    /// The values of `index.csv`: plate, well, site, plate map name, an image a channel, gene, replicate.
    func index(channels: [FetchedChannel]) -> [String] {
        let images = channels.map { "\(well.plate)/\(stem(channel: channels.count == 1 ? nil : $0.number)).tif" }
        return [well.plate, "\(well.wellNumber)_\(frame)", "\(field)", "\(well.plate)_\(well.wellNumber)"] + images + [well.gene, "1"]
    }
}
