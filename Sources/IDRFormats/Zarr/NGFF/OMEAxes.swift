import IDRPlan

/// Which axis of an image's array is which: any of t, c, z in any order, then y and x.
struct OMEAxes: Sendable, Hashable {
    private let t: Int?
    private let c: Int?
    private let z: Int?
    private let leading: Int

    /// - Parameters:
    ///   - names: from the metadata; nil in the first versions of NGFF, whose arrays are always `[t, c, z, y, x]`.
    ///   - rank: of the array.
    init(_ names: [String]?, rank: Int) throws(IDRError) {
        let names = names?.map { $0.lowercased() } ?? ["t", "c", "z", "y", "x"]
        let shown = "the axes of the image are [\(names.prefix(16).map { ZarrText.shown($0, 16) }.joined(separator: ", "))]"
        guard names.count == rank else { throw IDRError(.invalidInput, shown, because: "its array has \(rank) dimensions") }
        guard names.suffix(2) == ["y", "x"], Set(names).count == names.count, Set(names).isSubset(of: ["t", "c", "z", "y", "x"]) else {
            throw IDRError(.invalidInput, shown, because: "only t, c and z, then y and x can be read, each once")
        }
        t = names.firstIndex(of: "t")
        c = names.firstIndex(of: "c")
        z = names.firstIndex(of: "z")
        leading = rank - 2
    }

    func extent(_ shape: [Int]) -> PlaneExtent {
        let count = { (axis: Int?) in axis.map { shape[$0] } ?? 1 }
        return PlaneExtent(frames: count(t), channels: count(c), slices: count(z), height: shape[leading], width: shape[leading + 1])
    }

    /// Where a plane of the image is on all axes of the array but the last two, from 0.
    func position(_ index: PlaneIndex) -> [Int] {
        var position = [Int](repeating: 0, count: leading)
        for (axis, value) in [(t, index.frame), (c, index.channel), (z, index.z)] {
            if let axis { position[axis] = value - 1 }
        }
        return position
    }
}
