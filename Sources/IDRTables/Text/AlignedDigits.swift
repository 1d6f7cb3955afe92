/// Nine digits with the point after the first, as text: `first.rest * 10^exponent`.
///
/// The writers below store eight bytes at a time, of which those behind the end do not count: loops over so few digits,
/// of a number that changes from value to value, cost more than the digits themselves.
struct AlignedDigits {
    let first: UInt8
    /// Eight digits, the leftmost in the lowest byte.
    let rest: UInt64
    let exponent: Int
    /// How many digits there are before the zeros at the end, the first one among them.
    let count: Int

    @inline(__always)
    init(_ decimal: ShortestDecimal) {
        let powers = AlignedDigits.powersOfTen
        var length = ((32 &- decimal.digits.leadingZeroBitCount) &* 1233) >> 12
        let (all, top) = powers.withUnsafeBufferPointer { powers in
            length &+= decimal.digits >= powers[length] ? 1 : 0
            let all = decimal.digits &* powers[9 &- length]
            return (all, all / powers[8])
        }
        exponent = decimal.exponent &+ length &- 1
        first = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: top)
        // Halves of four digits, quarters of two, then single digits, all at the same time.
        let low = all &- top &* 100_000_000
        let fours = UInt64(low / 10_000) | UInt64(low % 10_000) << 32
        let twosTens = ((fours &* 10_486) >> 20) & 0x0000_007f_0000_007f
        let twos = twosTens | (fours &- 100 &* twosTens) << 16
        let onesTens = ((twos &* 103) >> 10) & 0x000f_000f_000f_000f
        let ones = onesTens | (twos &- 10 &* onesTens) << 8
        count = 9 &- ones.leadingZeroBitCount / 8
        rest = ones | 0x3030_3030_3030_3030
    }

    private static let powersOfTen: [UInt32] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000]

    /// `0.00125`, `12.5`, `1250.0`
    @inline(__always)
    func writePlain(to out: UnsafeMutablePointer<UInt8>) -> Int {
        if exponent < 0 {
            AlignedDigits.store(0x3030_3030_3030_2e30, to: out)
            out[1 &- exponent] = first
            AlignedDigits.store(rest, to: out + (2 &- exponent))
            return 1 &- exponent &+ count
        }
        out[0] = first
        AlignedDigits.store(rest, to: out + 1)
        let whole = exponent &+ 1
        if whole <= 8 {
            out[whole] = UInt8(ascii: ".")
            AlignedDigits.store(rest &>> UInt64(8 &* exponent), to: out + (whole &+ 1))
            return max(count, whole &+ 1) &+ 1
        }
        for place in 9..<max(whole, 9) { out[place] = UInt8(ascii: "0") }
        out[whole] = UInt8(ascii: ".")
        out[whole &+ 1] = UInt8(ascii: "0")
        return whole &+ 2
    }

    /// `1e-05`, `1.25e+16`
    func writeScientific(to out: UnsafeMutablePointer<UInt8>) -> Int {
        out[0] = first
        out[1] = UInt8(ascii: ".")
        AlignedDigits.store(rest, to: out + 2)
        let end = count == 1 ? 1 : count + 1
        out[end] = UInt8(ascii: "e")
        out[end + 1] = UInt8(ascii: exponent < 0 ? "-" : "+")
        // Exponents of 32-bit floats have one or two digits.
        out[end + 2] = UInt8(ascii: "0") + UInt8(exponent.magnitude / 10)
        out[end + 3] = UInt8(ascii: "0") + UInt8(exponent.magnitude % 10)
        return end + 4
    }

    @inline(__always)
    private static func store(_ bytes: UInt64, to out: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(out).storeBytes(of: bytes.littleEndian, as: UInt64.self)
    }
}
