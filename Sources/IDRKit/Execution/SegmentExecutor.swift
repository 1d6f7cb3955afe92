import IDRFormats
import IDRImaging
import IDRModels
import IDRPlan
import IDRRecord

/// The nuclei of one image.
struct SegmentedImage: Sendable {
    /// Labels 1...n of the nuclei that do not touch the border.
    var labels: LabelImage
    /// One per label, in the order of the labels.
    var outlines: Cellpose.Outlines
    var record: SegmentationRecord
}

/// Segmentation of one image.
struct SegmentExecutor: Sendable {
    /// Raise it whenever a change gives this stage other numbers, the way its network is read and built included: results that were kept
    /// before count no more.
    static let kernelVersion = 1

    let segmenter: CellposeSegmenter
    let stage: Segmentation

    /// A diameter and where it comes from, as records name it.
    struct Diameter: Sendable {
        var pixels: Double
        var source: String

        /// The source of one that its own image gave.
        static let ofImage = "image"
    }

    /// The diameter that this image alone gives.
    func estimateDiameter(_ plane: PixelPlane) throws -> Diameter {
        Diameter(pixels: try segmenter.estimateDiameter(Self.normalized(plane)).refined, source: Diameter.ofImage)
    }

    /// - Parameter diameter: nil estimates it on this image.
    func segment(_ plane: PixelPlane, diameter: Diameter?) throws -> SegmentedImage {
        let image = Self.normalized(plane)
        let diameter = try diameter ?? Diameter(pixels: segmenter.estimateDiameter(image).refined, source: Diameter.ofImage)
        let found = try segmenter.segment(
            image, diameter: diameter.pixels, flowThreshold: stage.flowThreshold, cellProbabilityThreshold: stage.cellProbabilityThreshold)
        let kept = Cellpose.removingEdgeObjects(found)
        let outlines = Cellpose.outlines(of: kept)
        let record = SegmentationRecord(
            diameter: diameter.pixels, diameterSource: diameter.source, found: Int(found.pixels.max() ?? 0), kept: outlines.count)
        return SegmentedImage(labels: kept, outlines: outlines, record: record)
    }

    private static func normalized(_ plane: PixelPlane) -> Plane<Float> {
        switch plane {
        case .uint8(let plane): Cellpose.normalized(plane)
        case .uint16(let plane): Cellpose.normalized(plane)
        case .float32(let plane): Cellpose.normalized(plane)
        }
    }
}
