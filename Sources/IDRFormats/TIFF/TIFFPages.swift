package import IDRPlan

/// What the pages of a file are that says nothing of them, as a person says it: axes from the slowest to the fastest, such as
/// `["field", "channel:2"]`. One axis may go without its number of planes and takes the rest.
package struct TIFFPages: Sendable, Hashable {
    let axes: [Axis]

    struct Axis: Sendable, Hashable {
        let axis: PlaneAxis
        /// nil: as many as the pages give.
        let count: Int?
    }

    /// Reads axes as the configuration has them.
    /// - Throws: ``IDRError`` with code `invalidPlan` where they are none.
    package init(_ texts: [String]) throws(IDRError) {
        var axes: [Axis] = []
        for text in texts {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let count = parts.count == 2 ? Int(parts[1]) : nil
            guard let axis = PlaneAxis(rawValue: String(parts.first ?? "")), parts.count == 1 || count.map({ $0 >= 1 }) == true, parts.count <= 2
            else {
                throw Self.refusal(texts, "\"\(text)\" is no axis, or has no number of planes after the colon")
            }
            axes.append(Axis(axis: axis, count: count))
        }
        guard !axes.isEmpty, Set(axes.map(\.axis)).count == axes.count else { throw Self.refusal(texts, "each axis is named once, and at least one") }
        guard axes.count(where: { $0.count == nil }) <= 1 else { throw Self.refusal(texts, "one axis at most goes without a number of planes") }
        self.axes = axes
    }

    init(_ axes: [Axis]) { self.axes = axes }

    private static func refusal(_ texts: [String], _ reason: String) -> IDRError {
        IDRError(
            .invalidPlan, "\(texts) does not say what the pages of a TIFF file are", because: reason,
            fix: "write [\"frame\"], or the axes from the slowest to the fastest: [\"field\", \"channel:2\"]")
    }

    /// How many planes each axis has in a file of `pages` pages, slowest first; nil where they do not fit.
    func counts(_ pages: Int) -> [(axis: PlaneAxis, count: Int)]? {
        var known = 1
        for axis in axes {
            let (next, overflow) = known.multipliedReportingOverflow(by: axis.count ?? 1)
            guard !overflow, next <= pages else { return nil }
            known = next
        }
        guard known > 0, pages % known == 0, axes.contains(where: { $0.count == nil }) || known == pages else { return nil }
        return axes.map { ($0.axis, $0.count ?? pages / known) }
    }

    var text: String { axes.map { axis in axis.count.map { "\(axis.axis.rawValue):\($0)" } ?? axis.axis.rawValue }.joined(separator: ", ") }
}
