/// The first two principal components of a table's standardised features.
package struct PrincipalComponents {
    /// Rows that were taken, at most ``mostRows``, evenly chosen.
    package let rows: [Int]
    /// Of each row: its place on the two components.
    package let places: [(Double, Double)]
    /// Shares of the variance, 0...1.
    package let explained: (Double, Double)
    /// Features that are constant or have a value that is not finite.
    package let leftOut: Int
    package let used: Int

    static let mostRows = 2000

    /// nil where fewer than two rows or no usable feature are left.
    /// - Parameter features: `[row, feature]`; its count is `rows * width`.
    package init?(_ features: [Float], rows count: Int, width: Int) {
        rows = Sampling.even(count, most: PrincipalComponents.mostRows)
        let (matrix, used) = PrincipalComponents.standardised(features, rows: rows, width: width)
        self.used = used
        leftOut = width - used
        guard rows.count > 1, used > 0 else { return nil }
        var search = KrylovSearch(matrix, rows: rows.count, width: used)
        let pairs = search.largest(2)
        let total = Double(used) * Double(rows.count)
        explained = (pairs[0].value / total, pairs.count > 1 ? pairs[1].value / total : 0)
        let first = search.projections(on: pairs[0].vector)
        // What is left of a table of one dimension is rounding.
        let second = explained.1 > 1e-12 ? search.projections(on: pairs[1].vector) : first.map { _ in 0 }
        places = Array(zip(first, second))
    }

    /// The features that vary and are finite in all rows, mean 0 and deviation 1, row after row.
    private static func standardised(_ features: [Float], rows: [Int], width: Int) -> (matrix: [Double], used: Int) {
        var mean = [Double](repeating: 0, count: width)
        var squares = mean
        for (seen, row) in rows.enumerated() {
            for feature in 0..<width {
                let value = Double(features[row * width + feature])
                let difference = value - mean[feature]
                mean[feature] += difference / Double(seen + 1)
                squares[feature] += difference * (value - mean[feature])
            }
        }
        let deviation = squares.map { ($0 / Double(max(rows.count, 1))).squareRoot() }
        // Deviations of the size of rounding errors are none; comparisons with NaN are false.
        let used = (0..<width).filter { deviation[$0] > abs(mean[$0]) * 1e-7 && deviation[$0] > 0 && deviation[$0] < .infinity }
        var matrix: [Double] = []
        matrix.reserveCapacity(rows.count * used.count)
        for row in rows {
            for feature in used { matrix.append((Double(features[row * width + feature]) - mean[feature]) / deviation[feature]) }
        }
        return (matrix, used.count)
    }
}
