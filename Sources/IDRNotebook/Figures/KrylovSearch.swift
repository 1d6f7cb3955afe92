/// Largest eigenvalues of `transpose(matrix) * matrix` by the Lanczos method with full reorthogonalisation, always from the same start.
/// The product is never formed: each step passes over the matrix once.
struct KrylovSearch {
    private let matrix: [Double]
    private let rows: Int
    private let width: Int
    private var basis: [[Double]] = []

    /// Enough for a dozen digits of the leading values where the spectrum decays as that of measured features does.
    private static let mostSteps = 80

    init(_ matrix: [Double], rows: Int, width: Int) {
        self.matrix = matrix
        self.rows = rows
        self.width = width
    }

    /// At most `count` eigenvalues, descending, with unit eigenvectors whose largest entry is positive.
    mutating func largest(_ count: Int) -> [(value: Double, vector: [Double])] {
        let steps = min(KrylovSearch.mostSteps, width)
        var diagonal: [Double] = []
        var beside: [Double] = []
        var next = start(0)
        for step in 0..<steps {
            guard let current = next else { break }
            basis.append(current)
            var image = product(current)
            diagonal.append(KrylovSearch.dot(image, current))
            orthogonalise(&image)
            let length = KrylovSearch.dot(image, image).squareRoot()
            // The vectors so far span an invariant space: go on in another one.
            let isSpent = length <= 1e-10 * max(diagonal.max() ?? 0, 1e-300)
            beside.append(isSpent ? 0 : length)
            next = isSpent ? start(step + 1) : image.map { $0 / length }
        }
        let (values, vectors) = SymmetricEigen.tridiagonal(diagonal, beside)
        let order = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
        return order.prefix(count).map { index in (max(0, values[index]), vector(vectors[index])) }
    }

    /// `matrix * vector`.
    func projections(on vector: [Double]) -> [Double] {
        (0..<rows).map { row in
            matrix.withUnsafeBufferPointer { all in KrylovSearch.dot(UnsafeBufferPointer(rebasing: all[row * width..<(row + 1) * width]), vector) }
        }
    }

    private func vector(_ weights: [Double]) -> [Double] {
        var vector = [Double](repeating: 0, count: width)
        for (weight, part) in zip(weights, basis) {
            for index in 0..<width { vector[index] += weight * part[index] }
        }
        // Of entries that are equal but for rounding the first decides.
        let greatest = vector.reduce(0) { max($0, abs($1)) }
        let decisive = vector.first { abs($0) >= greatest * (1 - 1e-6) } ?? 1
        return decisive < 0 ? vector.map { -$0 } : vector
    }

    /// A unit vector at right angles to the basis; nil where there is none.
    private func start(_ seed: Int) -> [Double]? {
        guard basis.count < width else { return nil }
        var vector = (0..<width).map { Sampling.noise(seed * width + $0) - 0.5 }
        orthogonalise(&vector)
        let length = KrylovSearch.dot(vector, vector).squareRoot()
        return length > 1e-8 ? vector.map { $0 / length } : nil
    }

    /// Twice is enough (Kahan).
    private func orthogonalise(_ vector: inout [Double]) {
        for _ in 0..<2 {
            for part in basis {
                let shared = KrylovSearch.dot(vector, part)
                for index in 0..<width { vector[index] -= shared * part[index] }
            }
        }
    }

    /// `transpose(matrix) * (matrix * vector)`.
    private func product(_ vector: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: width)
        matrix.withUnsafeBufferPointer { all in
            for row in 0..<rows {
                let values = UnsafeBufferPointer(rebasing: all[row * width..<(row + 1) * width])
                let place = KrylovSearch.dot(values, vector)
                result.withUnsafeMutableBufferPointer { result in
                    for index in 0..<width { result[index] += place * values[index] }
                }
            }
        }
        return result
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double { a.withUnsafeBufferPointer { dot($0, b) } }

    /// Eight sums side by side, in a fixed order: quick without fast-math.
    private static func dot(_ a: UnsafeBufferPointer<Double>, _ b: [Double]) -> Double {
        b.withUnsafeBufferPointer { b in
            let count = min(a.count, b.count)
            var sums = SIMD8<Double>()
            var index = 0
            while index + 8 <= count {
                var (left, right) = (SIMD8<Double>(), SIMD8<Double>())
                for lane in 0..<8 {
                    left[lane] = a[index + lane]
                    right[lane] = b[index + lane]
                }
                sums += left * right
                index += 8
            }
            var rest = 0.0
            while index < count {
                rest += a[index] * b[index]
                index += 1
            }
            return sums.sum() + rest
        }
    }
}

/// Eigenvalues of small symmetric matrices by Jacobi's rotations.
enum SymmetricEigen {
    /// - Parameters:
    ///   - diagonal: n values.
    ///   - beside: at least n - 1 values, those beside the diagonal.
    /// - Returns: n values and their unit vectors, in no order.
    static func tridiagonal(_ diagonal: [Double], _ beside: [Double]) -> (values: [Double], vectors: [[Double]]) {
        let count = diagonal.count
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        var vectors = matrix
        for index in 0..<count {
            matrix[index][index] = diagonal[index]
            vectors[index][index] = 1
            guard index + 1 < count else { continue }
            matrix[index][index + 1] = beside[index]
            matrix[index + 1][index] = beside[index]
        }
        let small = 1e-15 * (diagonal + beside).reduce(0) { max($0, abs($1)) }
        for _ in 0..<30 {
            var rotated = false
            for p in 0..<count {
                for q in p + 1..<max(count, p + 1) where abs(matrix[p][q]) > small {
                    rotate(&matrix, &vectors, p, q)
                    rotated = true
                }
            }
            if !rotated { break }
        }
        return ((0..<count).map { matrix[$0][$0] }, vectors)
    }

    /// Makes entry (p, q) 0. Row i of `vectors` is the i-th vector.
    private static func rotate(_ matrix: inout [[Double]], _ vectors: inout [[Double]], _ p: Int, _ q: Int) {
        let theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q])
        let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        for k in matrix.indices {
            let (a, b) = (matrix[k][p], matrix[k][q])
            matrix[k][p] = cosine * a - sine * b
            matrix[k][q] = sine * a + cosine * b
        }
        for k in matrix.indices {
            let (a, b) = (matrix[p][k], matrix[q][k])
            matrix[p][k] = cosine * a - sine * b
            matrix[q][k] = sine * a + cosine * b
            let (c, d) = (vectors[p][k], vectors[q][k])
            vectors[p][k] = cosine * c - sine * d
            vectors[q][k] = sine * c + cosine * d
        }
    }
}
