/// How large the numbers of one step's result get: counts of their values, so that the order in which images are looked at does not matter.
///
/// A value is counted under the upper half of its 32 bits: its sign, its exponent and seven bits of its mantissa.
package struct StepRange: Sendable {
    /// What is left outside on each side. The few largest values cost all others their resolution: with all of them inside, one nucleus in two
    /// hundred was another one than with floats, and with this share outside, one in a thousand.
    package static let outside = 1e-4

    private var counts = [Int](repeating: 0, count: 1 << 16)
    private var total = 0

    package init() {}

    package mutating func count(_ values: [Float]) {
        counts.withUnsafeMutableBufferPointer { counts in
            for value in values where value.isFinite { counts[Int(value.bitPattern >> 16)] &+= 1 }
        }
        total = counts.reduce(0, +)
    }

    /// The range that holds all but ``outside`` of the values, and zero.
    package var range: ClosedRange<Float> {
        let allowed = Int(Double(total) * Self.outside)
        return bound(isUpper: false, allowed)...bound(isUpper: true, allowed)
    }

    /// The largest (or smallest) value once `allowed` larger (or smaller) ones are set aside; 0 where that is on zero's other side.
    private func bound(isUpper: Bool, _ allowed: Int) -> Float {
        let half = 1 << 15
        // Away from zero the patterns grow with the value; the upper half of the patterns are the negative values.
        let patterns = isUpper ? 0..<half : half..<(2 * half)
        var beyond = 0
        for pattern in patterns.reversed() where counts[pattern] > 0 {
            beyond += counts[pattern]
            // The end of the bin, so that what is counted in it lies inside.
            if beyond > allowed { return Float(bitPattern: UInt32(pattern) << 16 | 0xffff) }
        }
        return 0
    }
}
