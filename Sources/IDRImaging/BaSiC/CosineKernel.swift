import Foundation

/// The 128-point cosine transform of two columns at once, in place, and its transpose.
///
/// Lee's recursion: a transform of length L becomes two of length L/2, of the folded sums and of the folded differences divided by
/// `2 cos((2i + 1) pi / 2L)`; neighbouring results of the second half are then added. Results are left in the order in which the
/// recursion produces them, which is bit-reversed; nothing that the method does with coefficients depends on their order.
///
/// The transform is not normalised: result 0 has to be multiplied by sqrt(1/128) and the others by 1/8 to make it orthonormal.
struct CosineKernel: ~Copyable {
    static let length = 128
    /// Length of the blocks that are transformed in registers.
    private static let baseLength = 8

    /// `1 / (2 cos((2i + 1) pi / 2L))` for L = 128, 64, 32 and 16, one table after the other.
    private let secants: UnsafeMutablePointer<Pair>
    /// For halves of 8, 16, 32 and 64 elements, where in the half the k-th result lies; one table after the other.
    private let places: UnsafeMutablePointer<Int>
    private let scratch: UnsafeMutablePointer<Pair>
    private let base: EightPointTransform

    init() {
        secants = .allocate(capacity: 120)
        secants.initialize(repeating: .zero, count: 120)
        places = .allocate(capacity: 120)
        places.initialize(repeating: 0, count: 120)
        scratch = .allocate(capacity: Self.length)
        scratch.initialize(repeating: .zero, count: Self.length)
        base = EightPointTransform()
        var next = 0
        for length in [128, 64, 32, 16] {
            for index in 0..<length / 2 { secants[next + index] = Self.secant(index, length) }
            next += length / 2
        }
        for half in [8, 16, 32, 64] {
            for index in 0..<half { places[half - Self.baseLength + index] = Self.bitReversed(index, count: half) }
        }
    }

    deinit {
        secants.deallocate()
        places.deallocate()
        scratch.deallocate()
    }

    static func secant(_ index: Int, _ length: Int) -> Pair {
        Pair(repeating: 0.5 / cos(Double(2 * index + 1) * .pi / Double(2 * length)))
    }

    /// The coefficient that is found at `index` of a transform of `count` (a power of two) elements.
    static func bitReversed(_ index: Int, count: Int) -> Int {
        var (rest, result, remaining) = (index, 0, count)
        while remaining > 1 {
            result = result << 1 | rest & 1
            rest >>= 1
            remaining >>= 1
        }
        return result
    }

    /// DCT-II of the 128 pairs at `values`.
    func forward(_ values: UnsafeMutablePointer<Pair>) {
        fold(values, into: scratch, length: 128, outer: secants, inner: secants + 64)
        for block in stride(from: 0, to: Self.length, by: 32) {
            fold(scratch + block, into: values + block, length: 32, outer: secants + 96, inner: secants + 112)
        }
        for block in stride(from: 0, to: Self.length, by: Self.baseLength) { base.forward(values + block) }
        var half = Self.baseLength
        while half < Self.length {
            let place = places + (half - Self.baseLength)
            for block in stride(from: half, to: Self.length, by: 2 * half) { addNext(values + block, half, place) }
            half *= 2
        }
    }

    /// The transpose of ``forward(_:)``: apart from the normalisation, its inverse.
    func backward(_ values: UnsafeMutablePointer<Pair>) {
        var half = Self.length / 2
        while half >= Self.baseLength {
            let place = places + (half - Self.baseLength)
            for block in stride(from: half, to: Self.length, by: 2 * half) { addPrevious(values + block, half, place) }
            half /= 2
        }
        for block in stride(from: 0, to: Self.length, by: Self.baseLength) { base.backward(values + block) }
        for block in stride(from: 0, to: Self.length, by: 32) {
            unfold(values + block, into: scratch + block, length: 32, outer: secants + 96, inner: secants + 112)
        }
        unfold(scratch, into: values, length: 128, outer: secants, inner: secants + 64)
    }

    /// Two levels of the recursion in one pass: a block of `length` becomes four of a quarter of it.
    @inline(__always)
    private func fold(
        _ x: UnsafePointer<Pair>, into y: UnsafeMutablePointer<Pair>, length: Int, outer: UnsafePointer<Pair>, inner: UnsafePointer<Pair>
    ) {
        let half = length / 2
        let quarter = length / 4
        for i in 0..<quarter {
            let (x0, x1, x2, x3) = (x[i], x[half &- 1 &- i], x[half &+ i], x[length &- 1 &- i])
            let (u0, u1) = (x0 + x3, x1 + x2)
            let (v0, v1) = ((x0 - x3) * outer[i], (x1 - x2) * outer[half &- 1 &- i])
            y[i] = u0 + u1
            y[quarter &+ i] = (u0 - u1) * inner[i]
            y[half &+ i] = v0 + v1
            y[half &+ quarter &+ i] = (v0 - v1) * inner[i]
        }
    }

    /// The transpose of ``fold(_:into:length:outer:inner:)``.
    @inline(__always)
    private func unfold(
        _ y: UnsafePointer<Pair>, into x: UnsafeMutablePointer<Pair>, length: Int, outer: UnsafePointer<Pair>, inner: UnsafePointer<Pair>
    ) {
        let half = length / 2
        let quarter = length / 4
        for i in 0..<quarter {
            let (sum, difference) = (y[i], y[quarter &+ i] * inner[i])
            let (sum2, difference2) = (y[half &+ i], y[half &+ quarter &+ i] * inner[i])
            let (u0, u1) = (sum + difference, sum - difference)
            let (v0, v1) = ((sum2 + difference2) * outer[i], (sum2 - difference2) * outer[half &- 1 &- i])
            x[i] = u0 + v0
            x[length &- 1 &- i] = u0 - v0
            x[half &- 1 &- i] = u1 + v1
            x[half &+ i] = u1 - v1
        }
    }

    /// Adds to each result of the half its successor.
    @inline(__always)
    private func addNext(_ values: UnsafeMutablePointer<Pair>, _ half: Int, _ place: UnsafePointer<Int>) {
        var current = values[0]
        for index in 1..<half {
            let next = values[place[index]]
            values[place[index &- 1]] = current + next
            current = next
        }
    }

    /// Adds to each result of the half its predecessor.
    @inline(__always)
    private func addPrevious(_ values: UnsafeMutablePointer<Pair>, _ half: Int, _ place: UnsafePointer<Int>) {
        var previous = values[0]
        for index in 1..<half {
            let current = values[place[index]]
            values[place[index]] = current + previous
            previous = current
        }
    }
}

/// The last three levels of the recursion, in registers.
private struct EightPointTransform {
    private let s8 = (CosineKernel.secant(0, 8), CosineKernel.secant(1, 8), CosineKernel.secant(2, 8), CosineKernel.secant(3, 8))
    private let s4 = (CosineKernel.secant(0, 4), CosineKernel.secant(1, 4))
    private let s2 = CosineKernel.secant(0, 2)

    @inline(__always)
    func forward(_ x: UnsafeMutablePointer<Pair>) {
        let u = four(x[0] + x[7], x[1] + x[6], x[2] + x[5], x[3] + x[4])
        let v = four((x[0] - x[7]) * s8.0, (x[1] - x[6]) * s8.1, (x[2] - x[5]) * s8.2, (x[3] - x[4]) * s8.3)
        (x[0], x[1], x[2], x[3]) = u
        (x[4], x[5], x[6], x[7]) = (v.0 + v.2, v.1 + v.3, v.2 + v.1, v.3)
    }

    @inline(__always)
    func backward(_ x: UnsafeMutablePointer<Pair>) {
        let u = fourTransposed(x[0], x[1], x[2], x[3])
        let w = fourTransposed(x[4], x[5] + x[6], x[6] + x[4], x[7] + x[5])
        let v = (w.0 * s8.0, w.1 * s8.1, w.2 * s8.2, w.3 * s8.3)
        (x[0], x[1], x[2], x[3]) = (u.0 + v.0, u.1 + v.1, u.2 + v.2, u.3 + v.3)
        (x[7], x[6], x[5], x[4]) = (u.0 - v.0, u.1 - v.1, u.2 - v.2, u.3 - v.3)
    }

    /// Four points; results in the order 0, 2, 1, 3.
    @inline(__always)
    private func four(_ x0: Pair, _ x1: Pair, _ x2: Pair, _ x3: Pair) -> (Pair, Pair, Pair, Pair) {
        let (a0, a1) = (x0 + x3, x1 + x2)
        let (c0, c1) = ((x0 - x3) * s4.0, (x1 - x2) * s4.1)
        let last = (c0 - c1) * s2
        return (a0 + a1, (a0 - a1) * s2, c0 + c1 + last, last)
    }

    @inline(__always)
    private func fourTransposed(_ y0: Pair, _ y2: Pair, _ y1: Pair, _ y3: Pair) -> (Pair, Pair, Pair, Pair) {
        let (sum, difference) = (y0, y2 * s2)
        let difference2 = (y3 + y1) * s2
        let (a0, a1) = (sum + difference, sum - difference)
        let (c0, c1) = ((y1 + difference2) * s4.0, (y1 - difference2) * s4.1)
        return (a0 + c0, a1 + c1, a1 - c1, a0 - c0)
    }
}
