/// Arrays as NumPy's `str` prints them.
package enum NumPyText {
    /// NumPy abbreviates arrays of more elements than this, with its default print options.
    private static let threshold = 1000
    /// As many rows stay at either end of an abbreviated array.
    private static let edgeItems = 3

    /// The text of an `(m, 2)` integer array, one row a line, numbers right-aligned to the longest:
    /// ```
    /// [[ 95 102]
    ///  [ 91  98]]
    /// ```
    /// - Parameters:
    ///   - points: `x, y, x, y, ...`, the vertices of an outline in order.
    ///   - isAbbreviated: whether more than 500 points are cut to the first and last three with `...` between, as NumPy does
    ///     and as the published tables have it; the other vertices are then lost.
    package static func pairs(_ points: [Int32], isAbbreviated: Bool) -> String {
        precondition(points.count.isMultiple(of: 2), "points are pairs")
        let count = points.count / 2
        if count == 0 { return "[]" }
        let isCut = isAbbreviated && points.count > threshold
        // The width is that of the numbers shown.
        let shown = isCut ? [0..<edgeItems, count - edgeItems..<count] : [0..<count]
        let width = shown.reduce(0) { width, rows in
            points[rows.lowerBound * 2..<rows.upperBound * 2].reduce(width) { max($0, $1.description.utf8.count) }
        }
        func padded(_ value: Int32) -> String {
            let digits = value.description
            return String(repeating: " ", count: width - digits.utf8.count) + digits
        }
        let blocks = shown.map { rows in
            rows.map { "[\(padded(points[$0 * 2])) \(padded(points[$0 * 2 + 1]))]" }.joined(separator: "\n ")
        }
        return "[" + blocks.joined(separator: "\n ...\n ") + "]"
    }
}
