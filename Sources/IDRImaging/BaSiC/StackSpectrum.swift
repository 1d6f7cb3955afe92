/// Size of a stack as a matrix with one row per frame: what the decomposition's step length is derived from.
package struct StackSpectrum {
    /// Root of the sum of squares.
    package let norm: Double
    /// NaN where the frames hold values that are not finite.
    package let largestSingularValue: Double
    package let minimum: Double

    package init(_ stack: [Plane<Double>]) {
        let count = stack.count
        var gram = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in row..<count {
                gram[row * count + column] = Self.dot(stack[row].pixels, stack[column].pixels)
                gram[column * count + row] = gram[row * count + column]
            }
        }
        norm = (0..<count).reduce(0) { $0 + gram[$1 * count + $1] }.squareRoot()
        minimum = stack.reduce(.infinity) { min($0, $1.pixels.min() ?? .infinity) }
        largestSingularValue = Self.largestEigenvalue(of: gram, order: count).squareRoot()
    }

    /// Largest eigenvalue of a symmetric matrix without negative eigenvalues, by power iteration; NaN where elements are not finite.
    ///
    /// Frames of a movie are so much alike that a few iterations reach the last bit. The error of the estimate is the square of the
    /// vector's, so that the bound costs nothing noticeable where they are not.
    private static func largestEigenvalue(of matrix: [Double], order: Int) -> Double {
        guard matrix.allSatisfy(\.isFinite), let start = (0..<order).max(by: { matrix[$0 * order + $0] < matrix[$1 * order + $1] }) else {
            return .nan
        }
        var vector = (0..<order).map { matrix[start * order + $0] }
        var estimate = 0.0
        for _ in 0..<1000 {
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 0 else { return 0 }
            vector = vector.map { $0 / length }
            let image = (0..<order).map { row in (0..<order).reduce(0) { $0 + matrix[row * order + $1] * vector[$1] } }
            let next = zip(vector, image).reduce(0) { $0 + $1.0 * $1.1 }
            vector = image
            if abs(next - estimate) <= 4 * next.ulp { return next }
            estimate = next
        }
        return estimate
    }

    private static func dot(_ left: [Double], _ right: [Double]) -> Double {
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                var sums = SIMD4<Double>.zero
                var index = 0
                while index &+ 4 <= left.count {
                    let a = SIMD4(left[index], left[index &+ 1], left[index &+ 2], left[index &+ 3])
                    let b = SIMD4(right[index], right[index &+ 1], right[index &+ 2], right[index &+ 3])
                    sums += a * b
                    index &+= 4
                }
                return sums.sum()
            }
        }
    }
}
