import Foundation

extension BaSiC {
    /// Resizes `plane` as scikit-image 0.19's `resize` does with order 1, symmetric borders and the range preserved.
    ///
    /// If either side shrinks, the shrinking axes are smoothed first by a Gaussian of sigma `(input / output - 1) / 2`, cut at 4 sigma.
    /// Values are then interpolated linearly at pixel centres and limited to the input's range. Equal sizes copy the plane.
    /// - Parameters:
    ///   - plane: `[y, x]`, at least one pixel.
    ///   - height: rows of the result, at least 1.
    ///   - width: columns of the result, at least 1.
    package static func resize<Pixel: Intensity>(_ plane: Plane<Pixel>, height: Int, width: Int) -> Plane<Double> {
        precondition(height > 0 && width > 0 && plane.height > 0 && plane.width > 0, "neither plane may be empty")
        if plane.height == height && plane.width == width { return plane.widened() }
        let vertical = AxisResampler(from: plane.height, to: height)
        let horizontal = AxisResampler(from: plane.width, to: width)
        // Each input row is read once and added to the output rows it touches. The horizontal step runs where there are fewer rows.
        let horizontalFirst = height > plane.height
        let middleWidth = horizontalFirst ? width : plane.width
        var range = (low: Double.infinity, high: -Double.infinity)
        var wide = [Double](repeating: 0, count: horizontalFirst ? width : 0)
        var pixels = [Double](repeating: 0, count: height * middleWidth)
        plane.forEachWidenedRow { y, row in
            extend(&range, by: row, count: plane.width)
            if horizontalFirst {
                horizontal.gather(row, into: &wide)
                vertical.scatter(wide, width: width, row: y, into: &pixels)
            } else {
                vertical.scatter(row, width: plane.width, row: y, into: &pixels)
            }
        }
        if !horizontalFirst {
            pixels = [Double](unsafeUninitializedCapacity: height * width) { buffer, initialized in
                pixels.withUnsafeBufferPointer { middle in
                    guard let middle = middle.baseAddress, let target = buffer.baseAddress else { return }
                    for y in 0..<height { horizontal.gather(middle + y * middleWidth, into: target + y * width) }
                }
                initialized = height * width
            }
        }
        limit(&pixels, count: height * width, to: range)
        return Plane(height: height, width: width, pixels: pixels)
    }

    private static func extend(_ range: inout (low: Double, high: Double), by row: UnsafePointer<Double>, count: Int) {
        for x in 0..<count {
            let value = row[x]
            if value < range.low { range.low = value }
            if value > range.high { range.high = value }
        }
    }

    private static func limit(_ values: UnsafeMutablePointer<Double>, count: Int, to range: (low: Double, high: Double)) {
        let (low, high) = range
        for index in 0..<count {
            let value = values[index]
            let raised = value < low ? low : value
            values[index] = raised > high ? high : raised
        }
    }
}

extension Plane where Pixel: BaSiC.Intensity {
    /// Calls `body` with the index and the widened values of each row, top to bottom. `body` may overwrite the values.
    func forEachWidenedRow(_ body: (Int, UnsafeMutablePointer<Double>) -> Void) {
        pixels.withUnsafeBufferPointer { pixels in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { row in
                guard let source = pixels.baseAddress, let row = row.baseAddress else { return }
                for y in 0..<height {
                    Pixel.widen(source + y * width, count: width, into: row)
                    body(y, row)
                }
            }
        }
    }
}

/// Smoothing and linear interpolation along one axis as one sparse matrix: each output is a weighted sum of a run of inputs.
struct AxisResampler {
    /// First input of each output's run.
    private var starts: [Int] = []
    /// Where each output's weights begin in `weights`; one more entry marks the end.
    private var offsets: [Int] = [0]
    private var weights: [Double] = []
    /// For each input, the outputs whose run holds it.
    private var touched: [Range<Int>]

    init(from inputs: Int, to outputs: Int) {
        let kernel = Self.gaussian(sigma: max(0, (Double(inputs) / Double(outputs) - 1) / 2))
        let radius = kernel.count / 2
        touched = Array(repeating: 0..<0, count: inputs)
        var row = [Double](repeating: 0, count: inputs)
        for output in 0..<outputs {
            let centre = (Double(output) + 0.5) * Double(inputs) / Double(outputs) - 0.5
            let position = min(max(centre, 0), Double(inputs - 1))
            let left = Int(position)
            let fraction = position - Double(left)
            let ends = fraction > 0 ? [(left, 1 - fraction), (left + 1, fraction)] : [(left, 1.0)]
            var run = left..<left + 1
            for (sample, share) in ends {
                for (tap, weight) in kernel.enumerated() {
                    let input = Self.reflect(sample + tap - radius, count: inputs)
                    row[input] += share * weight
                    run = min(run.lowerBound, input)..<max(run.upperBound, input + 1)
                }
            }
            starts.append(run.lowerBound)
            weights += row[run]
            offsets.append(weights.count)
            for input in run {
                touched[input] = touched[input].isEmpty ? output..<output + 1 : touched[input].lowerBound..<output + 1
                row[input] = 0
            }
        }
    }

    /// Weights of a Gaussian, cut at 4 sigma and summing to 1; the single weight 1 where sigma is 0.
    private static func gaussian(sigma: Double) -> [Double] {
        guard sigma > 0 else { return [1] }
        let radius = Int(4 * sigma + 0.5)
        let values = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
        let sum = values.reduce(0, +)
        return values.map { $0 / sum }
    }

    /// Continues the axis beyond its borders by mirroring with the border pixel repeated: d c b a | a b c d | d c b a.
    private static func reflect(_ index: Int, count: Int) -> Int {
        let period = 2 * count
        let folded = ((index % period) + period) % period
        return folded < count ? folded : period - 1 - folded
    }

    /// Adds row `row` of the input (`width` values), weighted, to every output row that it contributes to.
    func scatter(_ values: UnsafePointer<Double>, width: Int, row: Int, into target: UnsafeMutablePointer<Double>) {
        for output in touched[row] {
            let weight = weights[offsets[output] + row - starts[output]]
            let line = target + output * width
            for x in 0..<width { line[x] += weight * values[x] }
        }
    }

    /// Writes all outputs of one row of inputs.
    func gather(_ values: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>) {
        starts.withUnsafeBufferPointer { starts in
            offsets.withUnsafeBufferPointer { offsets in
                weights.withUnsafeBufferPointer { weights in
                    guard let allWeights = weights.baseAddress else { return }
                    for output in 0..<starts.count {
                        let taps = offsets[output + 1] - offsets[output]
                        target[output] = dot(values + starts[output], allWeights + offsets[output], count: taps)
                    }
                }
            }
        }
    }

    /// Two running sums, so that one addition need not wait for the one before.
    @inline(__always)
    private func dot(_ values: UnsafePointer<Double>, _ weights: UnsafePointer<Double>, count: Int) -> Double {
        var even = 0.0
        var odd = 0.0
        var index = 0
        while index &+ 1 < count {
            even += values[index] * weights[index]
            odd += values[index &+ 1] * weights[index &+ 1]
            index &+= 2
        }
        return index < count ? even + odd + values[index] * weights[index] : even + odd
    }
}
