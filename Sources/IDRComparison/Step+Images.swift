import IDRPlan
import IDRRecord

extension Step {
    /// The first step that made another thing of the same image; nil where none did.
    static func first(differingIn a: ImageRecord, _ b: ImageRecord) -> Step? {
        if hasOtherPixels(a.input, b.input) { return Artifact.planes.step }
        return Artifact.all.first { a.digests.all(of: $0) != b.digests.all(of: $0) }?.step
    }

    /// Whether a plane that both read has other pixels. Planes that only one of them read are the doing of a later stage's parameters:
    /// a correction reads its frame's neighbours too.
    private static func hasOtherPixels(_ a: InputRecord, _ b: InputRecord) -> Bool {
        if a.planes == b.planes { return false }
        let others = Dictionary(b.planes.map { ($0.index, $0.sha256) }) { first, _ in first }
        return a.planes.contains { plane in others[plane.index].map { $0 != plane.sha256 } ?? false }
    }

    /// What the step made of an image: the digests of the artifacts that show it, or of the planes that were read.
    func digests(of image: ImageRecord) -> [Digest] {
        let own = Artifact.all.filter { $0.step == self }.flatMap { image.digests.all(of: $0) }
        if !own.isEmpty { return own }
        return self <= Artifact.planes.step ? image.input.planes.map(\.sha256) : image.digests.all(of: .features)
    }
}

extension ImageKey {
    /// The part of its cells' ids before `#`; nil where the plan lacks the well.
    func stem(_ numbers: [String: Int]) -> String? {
        numbers["\(plate)/\(well)"].map { ImageName(plate: plate, wellNumber: $0, field: field, frame: frame).stem }
    }
}
