import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
public import IDRNotebook
import IDRPlan
import IDRRecord

/// One image of a run, made again for looking at: read, corrected and segmented as the run did it.
public struct ProfiledWell: Sendable {
    let name: String
    let before: Plane<Float>
    let after: Plane<Float>
    /// nil where the plan does not correct.
    let fit: BaSiC.Fit?
    let labels: LabelImage
    let outlines: Cellpose.Outlines

    /// Nuclei that were profiled.
    public var cellCount: Int { outlines.count }

    /// The frame before and after correction, with flatfield and darkfield.
    public func correction(title: String? = nil) -> Picture {
        guard let fit else { return Picture.grey(after, title: title ?? "\(name), not corrected") }
        return IllumFigure.picture(
            title: title ?? "Illumination correction of \(name)", before: before, after: after, flatfield: fit.flatfield, darkfield: fit.darkfield,
            status: fit.status.description)
    }

    /// Outlines of the nuclei over the corrected frame.
    public func outlinesOverImage(title: String? = nil) -> Picture {
        OutlineFigure.picture(title: title ?? "Nuclei of \(name)", image: after, labels: labels)
    }

    /// Squares of the corrected frame around nuclei, as they are cut for the network; outside of the frame is 0.
    /// - Parameters:
    ///   - nuclei: numbers as in the cells' ids, from 1; nil: the first ones.
    ///   - side: of a square, in pixels, 2...1024.
    ///   - title: what stands above.
    public func gallery(of nuclei: [Int]? = nil, side: Int = 128, title: String? = nil) -> Picture {
        let chosen = (nuclei ?? Array(outlines.labels.map { Int($0) }.prefix(CropGallery.mostCrops)))
        let places = Dictionary(zip(outlines.labels.map { Int($0) }, 0..<outlines.count)) { first, _ in first }
        let found = chosen.compactMap { nucleus in places[nucleus].flatMap { outlines.center(of: $0) }.map { (nucleus, $0) } }
        let crops = found.map { _, center in crop(side: max(2, min(side, 1024)), x: center.x, y: center.y) }
        return CropGallery.picture(title: title ?? "Crops of \(name)", crops: crops, ids: found.map { "#\($0.0)" })
    }

    private func crop(side: Int, x: Double, y: Double) -> Plane<Float> {
        let (left, top) = (Int(x.rounded()) - side / 2, Int(y.rounded()) - side / 2)
        var pixels = [Float](repeating: 0, count: side * side)
        for row in 0..<side where (0..<after.height).contains(top + row) {
            for column in 0..<side where (0..<after.width).contains(left + column) {
                pixels[row * side + column] = after[top + row, left + column]
            }
        }
        return Plane(height: side, width: side, pixels: pixels)
    }
}

extension ProfileRun {
    /// Makes an image of the run again for looking at; its pixels are read from where the run read them, or from the cache.
    ///
    /// - Parameters:
    ///   - well: row letter and column, `A4`.
    ///   - plate: needed where the run has several plates.
    ///   - frame: 1-based; nil: the plan's first.
    ///   - field: 1-based; nil: the plan's first.
    ///   - file: the script; leave it out.
    ///   - line: the call's line, which an error names; leave it out.
    /// - Throws: an ``IDRError`` where the run has no such image, or it cannot be read any more.
    public func image(
        of well: String, plate: String? = nil, frame: Int? = nil, field: Int? = nil, file: String = #filePath, line: Int = #line
    ) async throws -> ProfiledWell {
        do {
            try requireResults()
            let (image, isOwn) = try await image(well, plate, frame, field)
            if !isOwn {
                let warning = "the image of well \(well), made again, has other nuclei than the run's"
                StandardError.write("warning: \(warning)\n")
                NotebookRecorder.shared.note(.warning(warning), file: file, line: line)
            }
            return image
        } catch let error as IDRError {
            throw error.at(SourcePlace.text(file, line))
        }
    }

    /// - Returns: the image, and whether its nuclei are those of the record.
    private func image(_ well: String, _ plate: String?, _ frame: Int?, _ field: Int?) async throws -> (ProfiledWell, isOwn: Bool) {
        let resolution = resolution
        let found = batches.flatMap { batch in
            batch.images.filter {
                $0.well == well && (plate ?? $0.plate) == $0.plate && (frame ?? $0.frame) == $0.frame && (field ?? $0.field) == $0.field
            }.map { (batch: batch.batch, image: $0) }
        }
        guard let (batch, image) = found.first, let reference = resolution.plan.wells.first(where: { $0.well == well && $0.plate == image.plate })
        else {
            throw IDRError(
                .missing, "the run has no image of well \(well)", at: [folder], because: "its plan, or the batches that were run, leave it out")
        }
        let plates = Set(found.map(\.image.plate)).sorted()
        guard plates.count == 1 else {
            throw IDRError(
                .invalidPlan, "several plates have a well \(well)", because: plates.prefix(10).joined(separator: ", "), fix: "name the plate")
        }
        let request = FrameRequest(reference, field: image.field, of: resolution.plan, channels: resolution.channels)
        let fetched = try await resolution.fetcher.fetch(request).onlySegmented
        let frame = try CorrectedFrame(image, fetched.channel(fetched.channels.segmented), of: resolution.plan.plan)
        let nuclei = try await nuclei(of: image, frame, fetched, reference, batch: batch)
        return (ProfiledWell(image, frame, nuclei), try PlaneDigest.sha256(of: nuclei.labels) == image.digests[.labels])
    }

    /// The run's own, where they were kept; found again otherwise, by the stage that the run took the image through.
    private func nuclei(
        of image: ImageRecord, _ frame: CorrectedFrame, _ fetched: FetchedFrames, _ well: WellReference, batch: Int
    ) async throws -> SegmentedImage {
        var plan = resolution.plan.plan
        plan.frames = [image.frame]
        var shared = SharedDecisions()
        if image.segmentation.diameterSource != Diameter.ofImage {
            shared.diameter = Diameter(pixels: image.segmentation.diameter, source: image.segmentation.diameterSource)
        }
        var images = try FieldImages(fetched, of: well, field: image.field, plan: plan, shared: shared)
        try images.take(frame.after, of: fetched.channels.segmented)
        let environment = try? RecordFolder(reading: folder).environment(of: batch)
        let runner = StageRunner(
            cache: environment == nil ? nil : try? StageCache(resolution.options.stages ?? .configured),
            keys: StageKeys(plan: resolution.plan, environment: environment), queue: ComputeQueue(threads: 1),
            progress: Progress(total: 0, isQuiet: true))
        let done = try await runner.pass(images, through: [SegmentExecutor(onDemand: resolution)])
        guard let nuclei = done.images.first?.nuclei else { throw IDRError(.missing, "the run has no nuclei of this image", at: [folder]) }
        return nuclei
    }
}

extension FieldImages {
    /// Puts one frame in the place of what a correction would give.
    fileprivate mutating func take(_ plane: PixelPlane, of channel: Int) throws {
        let corrected = try CorrectedChannel(planes: [plane], record: nil)
        frames[channel] = corrected
        for position in images.indices { images[position].record.digests[.frames, channel: channel] = corrected.digests[0] }
    }
}

/// A frame as it was read and as it was corrected.
private struct CorrectedFrame {
    let before: PixelPlane
    let after: PixelPlane
    /// nil where the plan does not correct.
    let fit: BaSiC.Fit?

    init(_ image: ImageRecord, _ channel: FetchedChannel, of plan: Plan) throws(IDRError) {
        guard let position = plan.frames.firstIndex(of: image.frame), channel.kept.indices.contains(position) else {
            throw IDRError(.missing, "the run has no frame \(image.frame)", at: ["well \(image.well)"])
        }
        before = channel.planes[channel.kept[position]]
        guard plan.correction != nil else {
            (after, fit) = (before, nil)
            return
        }
        let penalties = image.channels.first(where: \.isSegmented)?.correction?.penalties
        let isDeep = FieldImages.deepType(of: channel, plan: plan) != nil
        let fitted = try CorrectExecutor.fitted(CorrectExecutor.Input(channel: channel, penalties: penalties, isDeep: isDeep))
        (after, fit) = (fitted.channel.planes[position], fitted.fit)
    }
}

extension ProfiledWell {
    fileprivate init(_ image: ImageRecord, _ frame: CorrectedFrame, _ nuclei: SegmentedImage) {
        name = "\(image.plate)/\(image.well), frame \(image.frame)"
        (before, after, fit) = (frame.before.asFloat(), frame.after.asFloat(), frame.fit)
        (labels, outlines) = (nuclei.labels, nuclei.outlines)
    }
}
