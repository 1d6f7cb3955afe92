/// Choices that are the same every time.
package enum Sampling {
    /// At most `most` of the indices 0..<count, evenly apart, the first and the last among them.
    static func even(_ count: Int, most: Int) -> [Int] {
        guard count > most, most > 1 else { return Array(0..<max(0, min(count, most))) }
        return (0..<most).map { $0 * (count - 1) / (most - 1) }
    }

    /// One index of each of `most` equal stretches of 0..<count, its place there scattered: no pattern of the data is met at its period.
    package static func scattered(_ count: Int, most: Int) -> [Int] {
        guard count > most, most > 0 else { return Array(0..<max(0, count)) }
        return (0..<most).map { part in
            let (begin, end) = (part * count / most, (part + 1) * count / most)
            return min(begin + Int(noise(part) * Double(end - begin)), end - 1)
        }
    }

    /// A number from 0 up to 1 that looks random (SplitMix64 of the index; Steele et al. 2014).
    static func noise(_ index: Int) -> Double {
        var bits = UInt64(bitPattern: Int64(index)) &* 0x9E37_79B9_7F4A_7C15 &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((bits ^ (bits >> 31)) >> 11) / 9_007_199_254_740_992
    }
}

/// Order statistics and moments of values that are all finite.
enum Statistics {
    /// The quantile at `share` (0...1) of ascending values, linear between neighbours; NaN where there are none.
    static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let place = share * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
    }

    /// Mean and standard deviation of a population; NaN where there are no values.
    static func moments(_ values: some Sequence<Double>) -> (mean: Double, deviation: Double) {
        var (count, mean, squares) = (0.0, 0.0, 0.0)
        for value in values {
            count += 1
            let difference = value - mean
            mean += difference / count
            squares += difference * (value - mean)
        }
        return count == 0 ? (.nan, .nan) : (mean, (squares / count).squareRoot())
    }
}
