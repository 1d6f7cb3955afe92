/// The orthonormal two-dimensional cosine transform (DCT-II) of a 128 x 128 plane, and what the method does between it and its inverse.
///
/// Planes are worked on in strips of eight columns (one cache line), which are copied together, transformed along y and written back
/// transposed, so that the next step again runs along columns. Coefficients stay in the order and the scale (64 times the
/// orthonormal one: the normalising powers of two are applied once, at the end) in which the kernel leaves them.
package struct CosineTransform: ~Copyable {
    private static let side = CosineKernel.length
    /// Column pairs in a strip.
    private static let width = 4
    private static let strips = WorkingPlanes.pairsInRow / width
    /// Coefficients are held this many times too large.
    private static let scale = 64.0

    private let kernel = CosineKernel()
    private let strip: UnsafeMutablePointer<Pair>
    private let between = WorkingPlanes(count: 2)

    package init() {
        strip = .allocate(capacity: Self.width * Self.side)
        strip.initialize(repeating: .zero, count: Self.width * Self.side)
    }

    deinit { strip.deallocate() }

    /// `result = inverse(shrink(coefficients + transform(plane), threshold))`, where shrink moves every coefficient towards 0 by
    /// `threshold` and no further: the smooth plane that explains `plane` at the least cost.
    ///
    /// - Parameter coefficients: added to before and replaced by the shrunken coefficients; nil stands for zeros that nobody keeps.
    func smooth(
        _ plane: UnsafePointer<Pair>, threshold: Double, coefficients: UnsafeMutablePointer<Pair>?, into result: UnsafeMutablePointer<Pair>
    ) {
        let (columns, rows) = (between[0], between[1])
        let bound = Pair(repeating: threshold * Self.scale)
        transformColumns(plane, into: columns)
        for index in 0..<Self.strips {
            load(columns, strip: index)
            forwardStrip()
            shrinkStrip(by: bound, coefficients: coefficients.map { $0 + index * Self.width * Self.side })
            backwardStrip()
            storeTransposed(rows, strip: index)
        }
        for index in 0..<Self.strips {
            load(rows, strip: index)
            backwardStrip()
            store(result, strip: index, times: 1 / (Self.scale * Self.scale))
        }
    }

    /// ``smooth(_:threshold:coefficients:into:)`` for a single plane of 128 x 128 values, without coefficients from before.
    package func smoothed(_ plane: Plane<Double>, threshold: Double) -> Plane<Double> {
        let values = WorkingPlanes([plane])
        smooth(values.first, threshold: threshold, coefficients: nil, into: values.first)
        return values.plane()
    }

    /// The orthonormal coefficients of a plane of 128 x 128 values, `[ky, kx]`.
    package func coefficients(of plane: Plane<Double>) -> Plane<Double> {
        var result = Plane<Double>(height: Self.side, width: Self.side, repeating: 0)
        let values = WorkingPlanes([plane])
        transformColumns(values.first, into: between[0])
        for index in 0..<Self.strips {
            load(between[0], strip: index)
            forwardStrip()
            for column in 0..<2 * Self.width {
                let ky = CosineKernel.bitReversed(index * 2 * Self.width + column, count: Self.side)
                for place in 0..<Self.side {
                    let kx = CosineKernel.bitReversed(place, count: Self.side)
                    result[ky, kx] = strip[column / 2 * Self.side + place][column % 2] / Self.scale
                }
            }
        }
        return result
    }

    private func transformColumns(_ plane: UnsafePointer<Pair>, into transposed: UnsafeMutablePointer<Pair>) {
        for index in 0..<Self.strips {
            load(plane, strip: index)
            forwardStrip()
            storeTransposed(transposed, strip: index)
        }
    }

    private func forwardStrip() {
        for column in 0..<Self.width {
            let values = strip + column * Self.side
            kernel.forward(values)
            values[0] *= Pair(repeating: 0.5.squareRoot())
        }
    }

    private func backwardStrip() {
        for column in 0..<Self.width {
            let values = strip + column * Self.side
            values[0] *= Pair(repeating: 0.5.squareRoot())
            kernel.backward(values)
        }
    }

    private func shrinkStrip(by bound: Pair, coefficients: UnsafeMutablePointer<Pair>?) {
        let count = Self.width * Self.side
        guard let coefficients else {
            for index in 0..<count { strip[index] = strip[index].shrunk(by: bound) }
            return
        }
        for index in 0..<count {
            let value = (coefficients[index] + strip[index]).shrunk(by: bound)
            coefficients[index] = value
            strip[index] = value
        }
    }

    private func load(_ plane: UnsafePointer<Pair>, strip index: Int) {
        var row = plane + index * Self.width
        for y in 0..<Self.side {
            strip[y] = row[0]
            strip[Self.side &+ y] = row[1]
            strip[2 &* Self.side &+ y] = row[2]
            strip[3 &* Self.side &+ y] = row[3]
            row += WorkingPlanes.pairsInRow
        }
    }

    private func store(_ plane: UnsafeMutablePointer<Pair>, strip index: Int, times factor: Double) {
        let factor = Pair(repeating: factor)
        var row = plane + index * Self.width
        for y in 0..<Self.side {
            row[0] = strip[y] * factor
            row[1] = strip[Self.side &+ y] * factor
            row[2] = strip[2 &* Self.side &+ y] * factor
            row[3] = strip[3 &* Self.side &+ y] * factor
            row += WorkingPlanes.pairsInRow
        }
    }

    /// Writes the strip's columns as rows.
    private func storeTransposed(_ plane: UnsafeMutablePointer<Pair>, strip index: Int) {
        for column in 0..<Self.width {
            let values = strip + column * Self.side
            let upper = plane + (index * Self.width + column) * Self.side
            let lower = upper + WorkingPlanes.pairsInRow
            for x in 0..<WorkingPlanes.pairsInRow {
                let (left, right) = (values[2 &* x], values[2 &* x &+ 1])
                upper[x] = Pair(left.x, right.x)
                lower[x] = Pair(left.y, right.y)
            }
        }
    }
}
