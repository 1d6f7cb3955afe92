/// DeepProfiler's two normalisations, in place and in single precision.
enum CropNormalization {
    /// `(value - minimum) / maximum`: by the maximum and not by the range, as DeepProfiler's cropping graph does it.
    /// An all-zero crop becomes NaN.
    static func byMaximum(_ values: UnsafeMutableBufferPointer<Float>) {
        let (low, high) = extremes(values)
        for i in 0..<values.count { values[i] = (values[i] - low) / high }
    }

    /// `(value - minimum) / (maximum - minimum) * 2 - 1`: to [-1, 1]. A constant plane becomes NaN.
    /// - Returns: whether a value is NaN.
    static func toUnitRange(_ values: UnsafeMutableBufferPointer<Float>) -> Bool {
        let (low, high) = extremes(values)
        let range = high - low
        var notNumbers: Int32 = 0
        for i in 0..<values.count {
            let value = (values[i] - low) / range * 2 - 1
            values[i] = value
            notNumbers |= value == value ? 0 : 1
        }
        return notNumbers != 0
    }

    /// Minimum and maximum; both NaN where a value is NaN, as in NumPy.
    private static func extremes(_ values: UnsafeMutableBufferPointer<Float>) -> (low: Float, high: Float) {
        var low = SIMD8<Float>(repeating: .infinity)
        var high = SIMD8<Float>(repeating: -.infinity)
        var notNumbers: Int32 = 0
        let whole = values.count & ~7
        for start in stride(from: 0, to: whole, by: 8) {
            for lane in 0..<8 {
                let value = values[start + lane]
                low[lane] = value < low[lane] ? value : low[lane]
                high[lane] = value > high[lane] ? value : high[lane]
                notNumbers |= value == value ? 0 : 1
            }
        }
        var (lowest, highest) = (low.min(), high.max())
        for i in whole..<values.count {
            lowest = values[i] < lowest ? values[i] : lowest
            highest = values[i] > highest ? values[i] : highest
            notNumbers |= values[i] == values[i] ? 0 : 1
        }
        return notNumbers == 0 ? (lowest, highest) : (.nan, .nan)
    }
}
