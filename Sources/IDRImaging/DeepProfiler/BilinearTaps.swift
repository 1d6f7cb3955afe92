/// Along one axis: for every output position the two source positions around it and the second one's weight.
struct BilinearTaps {
    /// The source position before, or -1 where the output lies outside the source and is 0.
    private(set) var lower: [Int32]
    /// The source position after.
    private(set) var upper: [Int32]
    /// Weight of `upper`; `lower` has the rest.
    private(set) var fraction: [Float]

    private init(count: Int) {
        lower = Array(repeating: -1, count: count)
        upper = Array(repeating: -1, count: count)
        fraction = Array(repeating: 0, count: count)
    }

    /// The axis of a box from `start` to `end` (fractions of the source) sampled at `count` >= 2 points, first and last on the box's edges.
    ///
    /// As TensorFlow's `crop_and_resize`, operation by operation in single precision. Note that fractions were made
    /// with the source's size and are expanded with its size minus one, so the samples are a little more than a pixel apart.
    init(box start: Float, _ end: Float, source: Int, count: Int) {
        self.init(count: count)
        let last = Float(source - 1)
        let step = (end - start) * last / Float(count - 1)
        let origin = start * last
        for i in 0..<count {
            let position = origin + Float(i) * step
            // Also false for NaN, so that a centre that is not a number gives an empty crop.
            guard position >= 0, position <= last else { continue }
            let below = position.rounded(.down)
            lower[i] = Int32(below)
            upper[i] = Int32(position.rounded(.up))
            fraction[i] = position - below
        }
    }

    /// The whole source stretched to `count` points as TensorFlow 1 does it: corners not aligned, no half-pixel centres.
    init(stretching source: Int, to count: Int) {
        self.init(count: count)
        let scale = Float(source) / Float(count)
        for i in 0..<count {
            let position = Float(i) * scale
            let below = position.rounded(.down)
            lower[i] = min(Int32(below), Int32(source - 1))
            upper[i] = min(lower[i] + 1, Int32(source - 1))
            fraction[i] = position - below
        }
    }
}

/// Bilinear resampling of one plane, first along x and then along y, as TensorFlow's kernels do it.
///
/// Rows that were interpolated along x are kept until two newer ones are needed:
/// neighbouring output rows share them, so each source row is interpolated once.
struct BilinearResampler {
    private var above: [Float]
    private var below: [Float]

    init(width: Int) {
        above = Array(repeating: 0, count: width)
        below = Array(repeating: 0, count: width)
    }

    /// Writes `rows.lower.count` rows of `columns.lower.count` values to `output`.
    mutating func resample(
        _ source: UnsafePointer<Float>, width: Int, rows: BilinearTaps, columns: BilinearTaps, into output: UnsafeMutablePointer<Float>
    ) {
        let count = columns.lower.count
        precondition(above.count == count, "the resampler was made for another width")
        above.withUnsafeMutableBufferPointer { first in
            below.withUnsafeMutableBufferPointer { second in
                guard var top = first.baseAddress, var bottom = second.baseAddress else { return }
                var topRow: Int32 = -1
                var bottomRow: Int32 = -1
                for i in 0..<rows.lower.count {
                    let target = output + i * count
                    let lower = rows.lower[i]
                    guard lower >= 0 else {
                        target.update(repeating: 0, count: count)
                        continue
                    }
                    if topRow != lower {
                        swap(&top, &bottom)
                        swap(&topRow, &bottomRow)
                    }
                    if topRow != lower {
                        interpolateRow(source + Int(lower) * width, columns, into: top)
                        topRow = lower
                    }
                    if rows.upper[i] != lower, bottomRow != rows.upper[i] {
                        bottomRow = rows.upper[i]
                        interpolateRow(source + Int(bottomRow) * width, columns, into: bottom)
                    }
                    blend(top, rows.upper[i] == lower ? top : bottom, rows.fraction[i], count: count, into: target)
                }
            }
        }
    }
}

private func interpolateRow(_ row: UnsafePointer<Float>, _ columns: BilinearTaps, into output: UnsafeMutablePointer<Float>) {
    columns.lower.withUnsafeBufferPointer { lower in
        columns.upper.withUnsafeBufferPointer { upper in
            columns.fraction.withUnsafeBufferPointer { fraction in
                for j in 0..<lower.count {
                    let l = Int(lower[j])
                    guard l >= 0 else {
                        output[j] = 0
                        continue
                    }
                    let left = row[l]
                    output[j] = left + (row[Int(upper[j])] - left) * fraction[j]
                }
            }
        }
    }
}

private func blend(
    _ top: UnsafePointer<Float>, _ bottom: UnsafePointer<Float>, _ fraction: Float, count: Int, into output: UnsafeMutablePointer<Float>
) {
    for j in 0..<count { output[j] = top[j] + (bottom[j] - top[j]) * fraction }
}
