package import IDRRecord

/// A nucleus of both tables that has another outline in each, and therefore other numbers than rounding gives.
package struct ReshapedCell: Codable, Sendable, Hashable {
    package var name: String
    /// By how many pixels its centre moved.
    package var shift: Double
    /// Cosine similarity of its features with the record's (of their projections where only fingerprints are at hand); nil where it has none.
    package var cosine: Double?

    /// Whether it may be so much another one.
    func isWithin(_ limits: Agreement.Outlines) -> Bool { shift <= limits.location && cosine.map { $0 >= limits.cosine } ?? false }
}

/// Gathers how alike two vectors of features are.
struct FeatureLikeness {
    private var product = 0.0
    private var own = 0.0
    private var others = 0.0
    private var defined = 0

    /// Features that are undefined on both sides are left out.
    mutating func add(_ value: Double, _ reference: Double) {
        if value.isNaN && reference.isNaN { return }
        defined += 1
        product += value * reference
        own += reference * reference
        others += value * value
    }

    /// nil where a vector is not defined, or only one of them is zero.
    var cosine: Double? {
        if defined == 0 { return nil }
        if own == 0 && others == 0 { return 1 }
        let value = product / (own * others).squareRoot()
        return value.isFinite ? min(value, 1) : nil
    }
}

extension DifferenceTally {
    /// Which nuclei have other outlines, each, and that this was allowed.
    func notes(of limits: Agreement.Outlines) -> [String] {
        guard !reshaped.isEmpty else { return [] }
        let allowed = limits.allowed(of: comparedCells)
        let have = reshaped.count == 1 ? "has another outline" : "have other outlines"
        let bounds = "features of a cosine of \(limits.cosine) or more with the record's, centres within \(limits.location) pixels"
        return ["\(reshaped.count) of \(comparedCells) nuclei \(have) (\(allowed) may): \(bounds)"]
            + reshaped.map { cell in
                "\(cell.name): cosine \(cell.cosine.map(TextTable.number) ?? "undefined"), centre moved by \(TextTable.number(cell.shift)) pixels"
            }
    }
}
