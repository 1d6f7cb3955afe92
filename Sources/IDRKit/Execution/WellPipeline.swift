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
        _ fetched: FetchedFrames, of well: WellReference, diameter: SegmentExecutor.Diameter?, keepingIn folder: String, clock: StageClock
    ) throws -> [ImageResult] {
        do {
            let (planes, correction) = try clock.measure("correct") { try corrected(fetched) }
            return try zip(plan.frames, planes).map { frame, plane in
                let image = ImageName(well: well, frame: frame)
                let nuclei = try clock.measure("segment") { try segment.segment(plane, diameter: diameter) }
                let saved = locations(of: nuclei)
                try clock.measure("write") { try keepFiles(of: image, plane: plane, nuclei: nuclei, locations: saved, in: folder) }
                // The published pipeline saved locations as text and read them back with pandas, whose parser is off in the last digit.
                let locations = plan.profiling?.behaviour == .compat ? saved.asReadByPandas() : saved
                let centers = zip(locations.x, locations.y).map(CropCenter.init)
                let (features, undefined) = try clock.measure("profile") { try profile.profile(plane, labels: nuclei.labels, centers: centers) }
                let record = ImageRecord(
                    plate: well.plate, well: well.well, frame: frame, input: fetched.input, correction: correction, segmentation: nuclei.record,
                    cells: features == nil ? 0 : centers.count, undefinedCells: undefined)
                let ids = ImageProfile.cellIDs(image: image.stem, labels: nuclei.outlines.labels)
                return ImageResult(profile: ImageProfile(index: image.index, locations: locations, cellIDs: ids, features: features), record: record)
            }
        } catch let error as IDRError {
            throw error.at("plate \(well.plate)", "well \(well.well)", well.movie)
        }
    }

    /// The frames of the plan, corrected where the plan says so.
    func corrected(_ fetched: FetchedFrames) throws -> (planes: [PixelPlane], record: CorrectionRecord?) {
        guard let correct else { return (fetched.planes, nil) }
        let (planes, record) = try correct.correct(fetched)
        return (planes, record)
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

    private func keepFiles(of image: ImageName, plane: PixelPlane, nuclei: SegmentedImage, locations: NucleusLocations, in folder: String) throws {
        if keep.contains(.frames) { try plane.writeTIFF(to: "\(folder)/\(image.stem).tif") }
        if keep.contains(.masks) {
            try TIFFWriter.write(labels: nuclei.labels, to: "\(folder)/\(image.stem)_masks.tif")
            try AtomicFile.write(Array(locations.csv.utf8), to: "\(folder)/\(image.stem)_Nuclei.csv")
        }
    }
}

/// The names that the published pipeline gives an image.
struct ImageName: Sendable {
    let well: WellReference
    let frame: Int

    /// `<plate>_<well number>_<frame>`.
    var stem: String { "\(well.plate)_\(well.wellNumber)_\(frame)" }

    /// The values of `index.csv`: plate, well, site, plate map name, image, gene, replicate.
    var index: [String] {
        [well.plate, "\(well.wellNumber)_\(frame)", "1", "\(well.plate)_\(well.wellNumber)", "\(well.plate)/\(stem).tif", well.gene, "1"]
    }
}
