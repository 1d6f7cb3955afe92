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
        // Rounding may leave the eigenvalue of a stack of zeros just below 0; what is not a number stays so.
        let eigenvalue = LinearAlgebra.largestEigenvalue(of: gram, order: count)
        largestSingularValue = eigenvalue < 0 ? 0 : eigenvalue.squareRoot()
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
