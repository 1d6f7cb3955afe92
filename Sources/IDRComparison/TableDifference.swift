import IDRRecord

/// How much two batches' tables differ, or two runs'.
package struct TableDifference: Codable, Sendable, Hashable {
    /// How many were compared, and how many of them differ.
    package struct Count: Codable, Sendable, Hashable {
        package var compared = 0
        package var differing = 0
    }

    package var images = Count()
    /// Cells that both have.
    package var cells = Count()
    package var cellsOnlyInRecord = 0
    package var cellsOnlyInRerun = 0
    package var features = Count()
    package var columns: [ColumnDifference] = []
    /// At most ten of each, the worst first.
    package var worstImages: [NamedDifference] = []
    package var worstCells: [NamedDifference] = []
    package var worstFeatures: [NamedDifference] = []
    /// Every nucleus beyond the tolerance whose outline is another one, in the order of the tables; nil where there is none.
    package var reshapedCells: [ReshapedCell]?

    static let worst = 10

    package func column(_ kind: ColumnKind) -> ColumnDifference? { columns.first { $0.kind == kind } }

    /// The largest difference of features in tolerances.
    package var largestOfFeatures: NamedDifference? { worstFeatures.first }
}

/// Gathers a ``TableDifference``.
struct DifferenceTally: Sendable {
    var columns = ColumnKind.allCases.map { ColumnDifference($0) }
    var images: [String: NamedDifference] = [:]
    var comparedImages: Set<String> = []
    var comparedCells = 0
    var differingCells = 0
    var onlyInRecord = 0
    var onlyInRerun = 0
    private(set) var featureNames: [String] = []
    private(set) var features: [NamedDifference] = []
    private var cells: [NamedDifference] = []
    /// Nuclei with other outlines that are beyond the tolerance.
    private(set) var reshaped: [ReshapedCell] = []
    /// How many values beyond it are theirs, by class.
    private var outsideOfReshaped: [ColumnKind: Int] = [:]

    init(featureNames: [String]) {
        self.featureNames = featureNames
        features = featureNames.map { NamedDifference($0) }
    }

    /// Counts a pair of numbers of column `kind`, of feature `feature` where it is one's.
    /// - Returns: nil where they are equal.
    mutating func add(_ kind: ColumnKind, _ value: Double, _ reference: Double, allowed: Double, feature: Int? = nil) -> ValueDifference? {
        let difference = columns[Self.place(kind)].add(value, reference, allowed: allowed)
        if let difference, let feature { features[feature].add(difference) }
        return difference
    }

    mutating func count(_ kind: ColumnKind, equal: Int) { columns[Self.place(kind)].compared += equal }

    mutating func addText(areEqual: Bool) { columns[Self.place(.text)].add(equalTexts: areEqual) }

    /// Counts one cell that both have.
    mutating func add(cell: NamedDifference?, image: String) {
        comparedCells += 1
        comparedImages.insert(image)
        guard let cell else { return }
        differingCells += 1
        add(cell, to: image)
        if cells.count < TableDifference.worst || NamedDifference.isWorse(cell, cells[cells.count - 1]) {
            cells.insert(cell, at: cells.firstIndex { NamedDifference.isWorse(cell, $0) } ?? cells.count)
            if cells.count > TableDifference.worst { cells.removeLast() }
        }
    }

    /// Notes that so many values beyond the tolerance are those of a nucleus with another outline; nil: of one that is noted already.
    mutating func add(reshaped cell: ReshapedCell?, outside: [ColumnKind: Int]) {
        if let cell { reshaped.append(cell) }
        outsideOfReshaped.merge(outside, uniquingKeysWith: +)
    }

    mutating func add(_ difference: NamedDifference, to image: String) {
        comparedImages.insert(image)
        images[image, default: NamedDifference(image)].add(difference)
    }

    /// Adds what another part of the run gave. Features are matched by name.
    mutating func add(_ other: DifferenceTally) {
        for (place, column) in other.columns.enumerated() { columns[place].add(column) }
        for (name, image) in other.images { images[name, default: NamedDifference(name)].add(image) }
        comparedImages.formUnion(other.comparedImages)
        comparedCells += other.comparedCells
        differingCells += other.differingCells
        onlyInRecord += other.onlyInRecord
        onlyInRerun += other.onlyInRerun
        reshaped += other.reshaped
        outsideOfReshaped.merge(other.outsideOfReshaped, uniquingKeysWith: +)
        cells = Array((cells + other.cells).sorted(by: NamedDifference.isWorse).prefix(TableDifference.worst))
        if featureNames.isEmpty { (featureNames, features) = (other.featureNames, other.featureNames.map { NamedDifference($0) }) }
        guard featureNames == other.featureNames else { return }
        for index in features.indices { features[index].add(other.features[index]) }
    }

    var result: TableDifference {
        func worst(_ all: [NamedDifference]) -> [NamedDifference] {
            Array(all.filter { $0.differing > 0 }.sorted(by: NamedDifference.isWorse).prefix(TableDifference.worst))
        }
        var result = TableDifference()
        result.images = TableDifference.Count(compared: comparedImages.count, differing: images.count)
        result.cells = TableDifference.Count(compared: comparedCells, differing: differingCells)
        (result.cellsOnlyInRecord, result.cellsOnlyInRerun) = (onlyInRecord, onlyInRerun)
        result.features = TableDifference.Count(compared: features.count, differing: features.count { $0.differing > 0 })
        result.columns = columns.filter { $0.compared > 0 }
        result.worstImages = worst(Array(images.values))
        result.worstCells = cells
        result.worstFeatures = worst(features)
        if !reshaped.isEmpty { result.reshapedCells = reshaped }
        return result
    }

    func column(_ kind: ColumnKind) -> ColumnDifference { columns[Self.place(kind)] }

    /// Whether everything that was compared is within its tolerance, but for nuclei with other outlines that are within theirs.
    func isWithin(_ tolerance: Agreement.Tolerance) -> Bool {
        guard onlyInRecord == 0, onlyInRerun == 0 else { return false }
        guard let limits = tolerance.outlines, reshaped.count <= limits.allowed(of: comparedCells), reshaped.allSatisfy({ $0.isWithin(limits) })
        else {
            return columns.allSatisfy { $0.outside == 0 }
        }
        return columns.allSatisfy { $0.outside == outsideOfReshaped[$0.kind, default: 0] }
    }

    private static func place(_ kind: ColumnKind) -> Int {
        switch kind {
        case .text: 0
        case .location: 1
        case .feature: 2
        case .mean: 3
        case .projection: 4
        }
    }
}
