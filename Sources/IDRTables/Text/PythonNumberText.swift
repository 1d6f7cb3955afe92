import Foundation

/// Numbers as pandas writes them into CSV files: NumPy's `str` of the value's own width.
///
/// The digits are the fewest that read back as the same value, 9 at most for 32 bits and 17 for 64. There is always a point or an exponent.
/// Magnitudes from 1e-4 up to below 1e16 are written out (`123456790.0`), others have an exponent of two digits or more (`1e-05`, `3.4028235e+38`).
/// NaN is the empty text, infinities are `inf` and `-inf`, the sign of zero is kept.
package enum PythonNumberText {
    /// No number takes more bytes than this.
    static let longest = 32

    /// `value` as text, such as `0.33333334`.
    package static func of(_ value: Float) -> String { text { write(value, to: $0) } }

    /// `value` as text, such as `0.3333333333333333`.
    package static func of(_ value: Double) -> String { text { write(value, to: $0) } }

    /// Writes the text of `value` to `out`, which has room for ``longest`` bytes, and returns how many bytes it took.
    @inline(__always)
    static func write(_ value: Float, to out: UnsafeMutablePointer<UInt8>) -> Int {
        guard value.isFinite, value != 0 else { return value.isNaN ? 0 : copy(value.description, to: out) }
        let digits = AlignedDigits(ShortestDecimal(value))
        // NumPy decides by the value and not by its digits: float32's 1e-4 is a little smaller and gets an exponent.
        let magnitude = Double(value.magnitude)
        let hasExponent = magnitude < 1e-4 || magnitude >= 1e16
        let sign = value < 0 ? 1 : 0
        out[0] = UInt8(ascii: "-")
        return sign &+ (hasExponent ? digits.writeScientific(to: out + sign) : digits.writePlain(to: out + sign))
    }

    /// Writes the text of `value` to `out`, as for 32 bits.
    static func write(_ value: Double, to out: UnsafeMutablePointer<UInt8>) -> Int {
        if value.isNaN { return 0 }
        // Swift's description differs only where integers are too large for a double to hold all of them: there it has an exponent.
        let isLarge = value.magnitude >= 0x1p53 && value.magnitude < 1e16
        return copy(isLarge ? writtenOut(value.description) : value.description, to: out)
    }

    @inline(__always)
    private static func copy(_ text: consuming String, to out: UnsafeMutablePointer<UInt8>) -> Int {
        text.withUTF8 { utf8 in
            if let base = utf8.baseAddress { memcpy(out, base, utf8.count) }
            return utf8.count
        }
    }

    /// `1.2345679e+08` as `123456790.0`.
    @inline(never)
    private static func writtenOut(_ text: String) -> String {
        let parts = text.split(separator: "e+")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
        let mantissa = parts[0].split(separator: ".")
        // The shortest digits of such an integer never reach behind the point.
        let decimals = mantissa.count == 2 && mantissa[1] != "0" ? mantissa[1] : ""
        return mantissa[0] + decimals + String(repeating: "0", count: max(0, exponent - decimals.count)) + ".0"
    }

    private static func text(_ write: (UnsafeMutablePointer<UInt8>) -> Int) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            return String(decoding: UnsafeBufferPointer(start: base, count: write(base)), as: UTF8.self)
        }
    }
}
