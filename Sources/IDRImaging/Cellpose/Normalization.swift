extension Cellpose {
    /// The grey levels that are mapped to 0 and 1: the 1st and the 99th percentile, linearly interpolated.
    package struct IntensityRange: Sendable, Hashable {
        /// NaN where the plane is empty or holds a NaN.
        package let p1: Double
        /// NaN where the plane is empty or holds a NaN.
        package let p99: Double

        /// Images with less contrast than this have no objects to find and become zero.
        var hasContrast: Bool { p99 - p1 > 1e-3 }

        /// `(value - p1) / (p99 - p1)`, in single precision as the original computes it.
        func normalize(_ value: Float) -> Float { (value - Float(p1)) / Float(p99 - p1) }
    }

    /// The 1st and 99th percentile of the plane's grey levels, exactly as NumPy's `percentile` gives them.
    package static func intensityRange(of plane: Plane<UInt8>) -> IntensityRange {
        IntensityRange(count: plane.pixels.count, histogram: histogram(of: plane.pixels, levels: 256))
    }

    /// As for 8-bit planes.
    package static func intensityRange(of plane: Plane<UInt16>) -> IntensityRange {
        IntensityRange(count: plane.pixels.count, histogram: histogram(of: plane.pixels, levels: 65536))
    }

    /// As for integer planes; both are NaN where the plane holds a NaN.
    package static func intensityRange(of plane: Plane<Float>) -> IntensityRange {
        let ranks = OrderStatistics(plane.pixels)
        return ranks.hasNaN ? IntensityRange(p1: .nan, p99: .nan) : IntensityRange(count: plane.pixels.count, valueOfRank: ranks.value)
    }

    /// The plane scaled so that its 1st percentile is 0 and its 99th is 1, without clipping; all zero where they differ by at most 0.001.
    ///
    /// Equals Cellpose's `normalize_img`: percentiles as NumPy computes them, arithmetic in single precision.
    package static func normalized(_ plane: Plane<UInt8>) -> Plane<Float> {
        normalized(plane, range: intensityRange(of: plane), levels: 256)
    }

    /// As for 8-bit planes.
    package static func normalized(_ plane: Plane<UInt16>) -> Plane<Float> {
        normalized(plane, range: intensityRange(of: plane), levels: 65536)
    }

    /// As for integer planes; a plane that holds a NaN becomes zero.
    package static func normalized(_ plane: Plane<Float>) -> Plane<Float> {
        let range = intensityRange(of: plane)
        guard range.hasContrast else { return Plane(height: plane.height, width: plane.width, repeating: 0) }
        return plane.map(range.normalize)
    }

    /// Every grey level is normalised once and then looked up.
    @inline(__always)
    private static func normalized<Level: FixedWidthInteger>(_ plane: Plane<Level>, range: IntensityRange, levels: Int) -> Plane<Float> {
        guard range.hasContrast else { return Plane(height: plane.height, width: plane.width, repeating: 0) }
        let table = (0..<levels).map { range.normalize(Float($0)) }
        return table.withUnsafeBufferPointer { table in plane.map { table[Int($0)] } }
    }

    @inline(__always)
    private static func histogram<Level: FixedWidthInteger>(of pixels: [Level], levels: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: levels)
        counts.withUnsafeMutableBufferPointer { counts in
            for level in pixels { counts[Int(level)] &+= 1 }
        }
        return counts
    }
}

extension Cellpose.IntensityRange {
    init(count: Int, histogram: [Int]) {
        self.init(count: count) { rank in
            var below = 0
            for (level, occurrences) in histogram.enumerated() {
                below += occurrences
                if rank < below { return Float(level) }
            }
            return .nan
        }
    }

    init(count: Int, valueOfRank: (Int) -> Float) {
        p1 = Self.percentile(0.01, count: count, valueOfRank: valueOfRank)
        p99 = Self.percentile(0.99, count: count, valueOfRank: valueOfRank)
    }

    /// NumPy's linear percentile of single-precision values, with its order of operations: the difference of the neighbours is taken in single
    /// precision, the rest in double, from the nearer neighbour.
    private static func percentile(_ quantile: Double, count: Int, valueOfRank: (Int) -> Float) -> Double {
        guard count > 0 else { return .nan }
        let position = Double(count - 1) * quantile
        let rank = Int(position)
        let low = valueOfRank(rank)
        let high = valueOfRank(min(rank + 1, count - 1))
        let step = Double(high - low)
        let fraction = position - Double(rank)
        return fraction < 0.5 ? Double(low) + step * fraction : Double(high) - step * (1 - fraction)
    }
}
