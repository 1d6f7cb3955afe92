import IDRPlan
import IDRRecord

/// Where two runs can part, in the order of the pipeline. All but the first and the last are told by an image's ``StageDigests`` and planes.
package enum PipelineStage: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
    /// The image is in one of the runs only.
    case select
    /// The planes that were read.
    case input
    /// The frame after correction.
    case correct
    /// The label image.
    case segment
    /// The centres of the nuclei.
    case locate
    /// The crops.
    case crop
    /// The features.
    case profile
    /// The tables.
    case write

    package static func < (left: PipelineStage, right: PipelineStage) -> Bool { left.place < right.place }

    private var place: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

    /// The first stage that made another thing of the same image; nil where none did.
    static func first(differingIn a: ImageRecord, _ b: ImageRecord) -> PipelineStage? {
        if hasOtherPixels(a.input, b.input) { return .input }
        if a.digests.corrected != b.digests.corrected { return .correct }
        if a.digests.labels != b.digests.labels { return .segment }
        if a.digests.locations != b.digests.locations { return .locate }
        if a.digests.crops != b.digests.crops { return .crop }
        return a.digests.features != b.digests.features ? .profile : nil
    }

    /// Whether a plane that both read has other pixels. Planes that only one of them read are the doing of a later stage's parameters:
    /// a correction reads its frame's neighbours too.
    private static func hasOtherPixels(_ a: InputRecord, _ b: InputRecord) -> Bool {
        if a.planes == b.planes { return false }
        let others = Dictionary(b.planes.map { ($0.index, $0.sha256) }) { first, _ in first }
        return a.planes.contains { plane in others[plane.index].map { $0 != plane.sha256 } ?? false }
    }
}

/// An image's place in a study, whatever its batch.
struct ImageKey: Hashable, Comparable, CustomStringConvertible {
    var plate: String
    var well: String
    var field: Int
    var frame: Int

    init(_ image: ImageRecord) { (plate, well, field, frame) = (image.plate, image.well, image.field, image.frame) }

    var description: String { "\(plate)/\(well)" + (field == 1 ? "" : " field \(field)") + " frame \(frame)" }

    static func < (left: ImageKey, right: ImageKey) -> Bool {
        (left.plate, left.well, left.field, left.frame) < (right.plate, right.well, right.field, right.frame)
    }

    /// The part of its cells' ids before `#`; nil where the plan lacks the well.
    func stem(_ numbers: [String: Int]) -> String? {
        numbers["\(plate)/\(well)"].map { "\(plate)_\($0)_\(frame)" + (field == 1 ? "" : "_f\(field)") }
    }
}
