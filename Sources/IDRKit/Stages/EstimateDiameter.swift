import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan
import IDRRecord

/// The diameter that one image gives for its plate.
struct DiameterExecutor: StageExecutor {
    static let stage = Stage.diameter
    /// The numbers are those of the segmentation's network.
    static var kernels: [Kernel] { SegmentExecutor.kernels }

    let segmenter: OnDemand<any Segmenter>
    let plan: Plan

    init(loading resolution: Resolution) throws { self.init(try SegmentExecutor(loading: resolution)) }

    /// With the network of the segmentation that the diameter is for.
    init(_ segment: SegmentExecutor) { (segmenter, plan) = (segment.segmenter, segment.plan) }

    static func keys(of image: ImageRecord, _ keys: StageKeys) throws(IDRError) -> [StageKey] {
        let frames = image.channels.filter(\.isSegmented).compactMap { image.digests[.frames, channel: $0.number] }
        return frames.map { keys.key(Self.self, ["frame": $0], kernel: SegmentExecutor.kernel(of: keys.plan.plan)) }
    }

    /// The first frame alone.
    func parts(of images: FieldImages) throws -> [StagePart<PixelPlane>] {
        [StagePart(input: try images.plane(images.channels.segmented, 0), images: [0])]
    }

    func run(_ plane: PixelPlane) throws -> Diameter {
        guard let stage = plan.segmentation else { throw IDRError(.invalidPlan, "the plan finds no nuclei", fix: "add .segment()") }
        let segmenter = try segmenter.value()
        let (pixels, objects) = try segmenter.diameter(of: segmenter.normalized(plane, isCorrected: plan.correction != nil), stage)
        return Diameter(pixels: pixels, source: Diameter.ofImage, nuclei: objects)
    }

    func digests(of value: Diameter, position: Int) -> [Artifact: Digest] { [:] }

    func give(_ value: Diameter, _ part: StagePart<PixelPlane>, to images: inout FieldImages) {
        for position in part.images {
            images.images[position].record.segmentation.diameter = value.pixels
            images.images[position].record.segmentation.diameterSource = value.source
            images.images[position].record.segmentation.found = value.nuclei ?? 0
        }
    }
}

/// The diameter that one image gives.
extension Diameter: StageValue {
    func stageBytes() throws -> StageBytes {
        var bytes = StageBytes()
        bytes.append([pixels, Double(nuclei ?? 0)])
        return bytes
    }

    init?(reading reader: inout StageBytesReader) {
        // Former releases kept no count: what they kept is estimated anew.
        guard let numbers = reader.numbers(like: 0.0), numbers.count == 2, numbers[0].isFinite, let nuclei = Int(exactly: numbers[1]) else {
            return nil
        }
        self.init(pixels: numbers[0], source: Self.ofImage, nuclei: nuclei)
    }
}
