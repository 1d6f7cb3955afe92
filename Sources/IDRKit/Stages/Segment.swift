import IDRFiles
import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan
import IDRRecord
import IDRTables

/// The nuclei of one image.
struct SegmentedImage: Sendable {
    /// Labels 1...n of the nuclei that do not touch the border.
    var labels: LabelImage
    /// One per label, in the order of the labels.
    var outlines: Cellpose.Outlines
    var record: SegmentationRecord
}

/// A diameter and where it comes from, as records name it.
struct Diameter: Sendable {
    /// Of a nucleus.
    var pixels: Double
    var source: String
    /// Nuclei of the image that gave it; nil where it was given.
    var nuclei: Int?

    /// The source of one that its own image gave.
    static let ofImage = "image"
    /// The source of one that the plate's images share, and of one that the plan gives.
    static let ofPlate = "plate"
    static let given = "given"
}

/// Segmentation of one image.
struct SegmentExecutor: StageExecutor {
    static let stage = Stage.segment
    static let kernels = [Kernel(1, since: "0.1.0"), Kernel(2, since: "0.2.0", of: "what is not `compat`")]

    struct Input: Sendable {
        var plane: PixelPlane
        /// nil estimates it on the image.
        var diameter: Diameter?
    }

    let segmenter: OnDemand<any Segmenter>
    let plan: Plan

    init(loading resolution: Resolution) throws {
        self.init(onDemand: resolution)
        _ = try segmenter.value()
    }

    /// The executor that reads its network where a result is not kept.
    init(onDemand resolution: Resolution) {
        plan = resolution.plan.plan
        segmenter = OnDemand {
            guard let path = resolution.modelPaths[ModelFiles.networkRole] else {
                throw IDRError(.invalidPlan, "the plan finds no nuclei", fix: "add .segment()")
            }
            return try Segmenters.load(path, sizeModel: resolution.modelPaths[ModelFiles.sizeRole])
        }
    }

    static func keys(of image: ImageRecord, _ keys: StageKeys) throws(IDRError) -> [StageKey] {
        let frames = image.channels.filter(\.isSegmented).compactMap { image.digests[.frames, channel: $0.number] }
        let isEstimated = image.segmentation.diameterSource == Diameter.ofImage
        let models = Self.stage.models.map(\.id).filter { isEstimated || $0 != ModelFiles.sizeRole }
        let stage = keys.plan.plan.segmentation
        return frames.map { frame in
            keys.key(Self.self, ["frame": frame], kernel: Self.kernel(of: keys.plan.plan), models: models) { settings in
                settings["diameter"] = isEstimated ? "the image's own" : "\(image.segmentation.diameter)"
                settings["flowThreshold"] = (stage?.flowThreshold).map { "\($0)" }
                settings["cellProbabilityThreshold"] = (stage?.cellProbabilityThreshold).map { "\($0)" }
                settings["precision"] = stage?.precision?.rawValue
            }
        }
    }

    /// In `compat` the numbers are those of the first one: it cuts images into the published tiles.
    static func kernel(of plan: Plan) -> Int? { plan.segmentation?.behaviour == .compat ? 1 : nil }

    func parts(of images: FieldImages) throws -> [StagePart<Input>] {
        try images.open.map { position, image in
            let known = image.record.segmentation
            let diameter = known.diameterSource == Diameter.ofImage ? nil : Diameter(pixels: known.diameter, source: known.diameterSource)
            return StagePart(input: Input(plane: try images.plane(images.channels.segmented, position), diameter: diameter), images: [position])
        }
    }

    func run(_ input: Input) throws -> SegmentedImage {
        guard let stage = plan.segmentation else { throw IDRError(.invalidPlan, "the plan finds no nuclei", fix: "add .segment()") }
        let segmenter = try segmenter.value()
        let image = segmenter.normalized(input.plane, isCorrected: plan.correction != nil)
        let diameter = try input.diameter ?? Diameter(pixels: segmenter.diameter(of: image, stage).pixels, source: Diameter.ofImage)
        let found = try segmenter.labels(of: image, diameter: diameter.pixels, stage)
        let kept = Cellpose.removingEdgeObjects(found)
        let outlines = Cellpose.outlines(of: kept)
        var record = SegmentationRecord(
            diameter: diameter.pixels, diameterSource: diameter.source, found: Int(found.pixels.max() ?? 0), kept: outlines.count)
        record.tile = segmenter.tile(of: image, diameter: diameter.pixels, stage).map { TileSize(height: $0.height, width: $0.width) }
        return SegmentedImage(labels: kept, outlines: outlines, record: record)
    }

    func fits(_ value: SegmentedImage, _ input: Input) -> Bool {
        (value.labels.height, value.labels.width) == (input.plane.height, input.plane.width)
    }

    func digests(of value: SegmentedImage, position: Int) throws -> [Artifact: Digest] {
        [.labels: try PlaneDigest.sha256(of: value.labels), .locations: try SHA256.digest(of: locations(of: value).used.csv)]
    }

    func give(_ value: SegmentedImage, _ part: StagePart<Input>, to images: inout FieldImages) {
        let (saved, used) = locations(of: value)
        for position in part.images {
            var record = value.record
            // A diameter is the same number wherever it comes from.
            if let diameter = part.input.diameter { record.diameterSource = diameter.source }
            images.images[position].nuclei = value
            images.images[position].record.segmentation = record
            images.images[position].savedLocations = saved
            images.images[position].locations = used
        }
    }

    /// The mean of each outline's points; NaN where an outline is too short to have one, as in the published pipeline.
    /// - Returns: as files of locations have them, and as the tables do.
    private func locations(of nuclei: SegmentedImage) -> (saved: NucleusLocations, used: NucleusLocations) {
        let centers = (0..<nuclei.outlines.count).map { nuclei.outlines.center(of: $0) ?? (.nan, .nan) }
        var outlines: [String]?
        if let profiling = plan.profiling, profiling.outlines {
            outlines = (0..<nuclei.outlines.count).map { index in
                NumPyText.pairs(nuclei.outlines[index].flatMap { [$0.x, $0.y] }, isAbbreviated: profiling.behaviour == .compat)
            }
        }
        let saved = NucleusLocations(x: centers.map(\.x), y: centers.map(\.y), outlines: outlines)
        // The published pipeline saved locations as text and read them back with pandas, whose parser is off in the last digit.
        return (saved, plan.profiling?.behaviour == .compat ? saved.asReadByPandas() : saved)
    }
}

extension Segmenter {
    /// A plane as the network takes it.
    func normalized(_ plane: PixelPlane, isCorrected: Bool) -> Plane<Float> {
        switch plane {
        case .uint8(let plane): normalized(plane)
        case .uint16(let plane): normalized(plane)
        // Networks take an image for empty where its contrast is below a fixed number, whatever its unit is; that an image of small numbers was
        // corrected must not make it empty. Times a power of two nothing else changes.
        case .float32(let plane): normalized(isCorrected ? plane.map { $0 * 65536 } : plane)
        }
    }
}

/// Outlines follow from the labels, and labels are mostly runs: packed they take a hundredth.
extension SegmentedImage: StageValue {
    private struct Facts: Codable {
        var record: SegmentationRecord
        var height: Int
        var width: Int
    }

    func stageBytes() throws -> StageBytes {
        var bytes = StageBytes()
        try bytes.append(facts: Facts(record: record, height: labels.height, width: labels.width))
        bytes.append(try Gzip.compress(labels.pixels.withUnsafeBytes { [UInt8]($0) }, name: "labels"))
        return bytes
    }

    init?(reading reader: inout StageBytesReader) {
        guard let facts = reader.facts(Facts.self), facts.height > 0, facts.width > 0, let packed = reader.bytes() else { return nil }
        let (pixels, isTooMany) = facts.height.multipliedReportingOverflow(by: facts.width)
        guard !isTooMany, pixels < 1 << 30, let bytes = try? Gzip.decompress(Array(packed), limit: pixels * 4), bytes.count == pixels * 4 else {
            return nil
        }
        var labels = LabelImage(height: facts.height, width: facts.width, repeating: 0)
        labels.pixels.withUnsafeMutableBytes { target in bytes.withUnsafeBytes { target.copyMemory(from: $0) } }
        guard labels.pixels.allSatisfy({ $0 >= 0 && Int($0) <= pixels }) else { return nil }
        self.init(labels: labels, outlines: Cellpose.outlines(of: labels), record: facts.record)
        guard outlines.count == record.kept else { return nil }
    }
}
