import IDRPlan
import IDRRecord

/// Compares what records keep of their tables, image by image.
///
/// Within the tolerance of a table every cell's features b keep |a - b| <= absolute + relative * |b|. Its projections, sums of the
/// features with signs and divided by the square root of their number n, then keep
/// |dp| <= sum(absolute + relative * |b|) / sqrt(n) <= sqrt(n) * (absolute + relative * rms(b)), by Cauchy and Schwarz; rms(b) is taken from the
/// cell's projections, whose mean square is that of its features on average. The images' means are held to the tolerance of single values.
/// A batch that keeps these bounds is likely within its tolerance, but only its table can show it: verdicts say which was used.
struct FingerprintComparison {
    /// Pixels within which two centres belong to one nucleus, where the labels of an image do not tell.
    static let reach = 3.0

    private(set) var tally: DifferenceTally
    /// Images whose cells have not the same ids in the same order.
    private(set) var otherObjects: [String] = []
    private let tolerance: Agreement.Tolerance
    private let featureScale: Double
    private let sameFeatures: Bool

    init(featureNames: [String], others: [String], _ tolerance: Agreement.Tolerance) {
        self.tolerance = tolerance
        sameFeatures = featureNames == others
        tally = DifferenceTally(featureNames: sameFeatures ? featureNames : [])
        featureScale = Double(featureNames.count).squareRoot()
    }

    /// Of whole batches. Images that only one of them has count as images with other objects.
    init(_ record: Fingerprint, _ rerun: Fingerprint, _ tolerance: Agreement.Tolerance) {
        self.init(featureNames: record.featureNames, others: rerun.featureNames, tolerance)
        let (own, others) = (FingerprintIndex(record), FingerprintIndex(rerun))
        for image in own.images { add(image, own, others) }
        for image in others.images where own.cells[image] == nil { add(image, own, others) }
    }

    /// Whether both have the same objects in the same order, and the same features.
    var isAligned: Bool { otherObjects.isEmpty && sameFeatures }

    mutating func add(_ image: String, _ record: FingerprintIndex, _ rerun: FingerprintIndex) {
        let cells = record.fingerprint.cells[record.cells[image] ?? 0..<0]
        let others = rerun.fingerprint.cells[rerun.cells[image] ?? 0..<0]
        let reshaped = tally.reshaped.count
        if cells.elementsEqual(others, by: { $0.id == $1.id }) {
            for (cell, other) in zip(cells, others) { add(cell, other, image) }
        } else {
            otherObjects.append(image)
            matchByPlace(Array(cells), Array(others), image)
        }
        guard sameFeatures, let well = record.well(image), let other = rerun.well(image) else { return }
        if well.means == other.means { return tally.count(.mean, equal: well.means.count) }
        var difference = NamedDifference(image)
        for (feature, (mean, otherMean)) in zip(well.means, other.means).enumerated() {
            let reference = Double(mean)
            let allowed = tolerance.featureAbsolute + tolerance.featureRelative * abs(reference)
            if let found = tally.add(.mean, Double(otherMean), reference, allowed: allowed, feature: feature) { difference.add(found) }
        }
        if difference.differing > 0 { tally.add(difference, to: image) }
        // Nuclei with other outlines move the mean, too.
        if tally.reshaped.count > reshaped { tally.add(reshaped: nil, outside: [.mean: difference.outside]) }
    }

    private mutating func add(_ cell: Fingerprint.Cell, _ other: Fingerprint.Cell, _ image: String) {
        var difference = NamedDifference(cell.id)
        for (reference, value) in [(cell.x, other.x), (cell.y, other.y)] {
            if let found = tally.add(.location, value, reference, allowed: tolerance.location) { difference.add(found) }
        }
        var outside = [ColumnKind.location: difference.outside]
        var cosine: Double? = 1
        if sameFeatures {
            if cell.features == other.features {
                tally.count(.projection, equal: cell.projection.count)
            } else {
                cosine = addProjections(cell, other, to: &difference)
                outside[.projection] = difference.outside - outside[.location, default: 0]
            }
        }
        tally.add(cell: difference.differing > 0 ? difference : nil, image: image)
        let shift = ((other.x - cell.x) * (other.x - cell.x) + (other.y - cell.y) * (other.y - cell.y)).squareRoot()
        if difference.outside > 0, shift > 0 {
            tally.add(reshaped: ReshapedCell(name: cell.id, shift: shift, cosine: cosine), outside: outside)
        }
    }

    /// - Returns: the projections' cosine similarity.
    private mutating func addProjections(
        _ cell: Fingerprint.Cell, _ other: Fingerprint.Cell, to difference: inout NamedDifference
    ) -> Double? {
        var squares = 0.0
        for value in cell.projection where value.isFinite { squares += Double(value) * Double(value) }
        let size = (squares / Double(max(cell.projection.count, 1))).squareRoot()
        let allowed = featureScale * (tolerance.featureAbsolute + tolerance.featureRelative * size)
        let before = difference.differing
        var likeness = FeatureLikeness()
        for (reference, value) in zip(cell.projection, other.projection) {
            likeness.add(Double(value), Double(reference))
            if let found = tally.add(.projection, Double(value), Double(reference), allowed: allowed) { difference.add(found) }
        }
        // Features that differ by so little that no projection shows it.
        if difference.differing == before {
            difference.add(ValueDifference(absolute: 0, times: 0, isUndefined: false, isOutside: false))
        }
        return likeness.cosine
    }

    /// Pairs each cell with the nearest free one of the other side within ``reach``.
    private mutating func matchByPlace(_ cells: [Fingerprint.Cell], _ others: [Fingerprint.Cell], _ image: String) {
        var free = others.filter { $0.x.isFinite && $0.y.isFinite }.sorted { ($0.x, $0.y, $0.id) < ($1.x, $1.y, $1.id) }
        var pairs = 0
        for cell in cells {
            let near = free.indices.filter { abs(free[$0].x - cell.x) <= Self.reach && abs(free[$0].y - cell.y) <= Self.reach }
            func distance(_ index: Int) -> Double {
                (free[index].x - cell.x) * (free[index].x - cell.x) + (free[index].y - cell.y) * (free[index].y - cell.y)
            }
            guard let nearest = near.min(by: { distance($0) < distance($1) }) else { continue }
            add(cell, free.remove(at: nearest), image)
            pairs += 1
        }
        var difference = NamedDifference(image)
        difference.differing = cells.count + others.count - 2 * pairs
        difference.outside = difference.differing
        tally.onlyInRecord += cells.count - pairs
        tally.onlyInRerun += others.count - pairs
        tally.add(difference, to: image)
    }
}

/// Where the images of a fingerprint are in it.
struct FingerprintIndex {
    let fingerprint: Fingerprint
    /// In the order of their cells.
    private(set) var images: [String] = []
    private(set) var cells: [String: Range<Int>] = [:]
    private var wells: [String: Int] = [:]

    init(_ fingerprint: Fingerprint) {
        self.fingerprint = fingerprint
        var start = 0
        for (index, well) in fingerprint.wells.enumerated() {
            let end = min(start + well.cells, fingerprint.cells.count)
            if cells[well.image] == nil {
                images.append(well.image)
                cells[well.image] = start..<end
                wells[well.image] = index
            }
            start = end
        }
    }

    func well(_ image: String) -> Fingerprint.Well? { wells[image].map { fingerprint.wells[$0] } }
}
