/// Numbers of tables and fingerprints, read fast: a run has tens of millions.
package enum NumberReading {
    private static let powers = (0...22).map { Double("1e\($0)") ?? .nan }

    /// The nearest value to `text`, NaN for the empty text; nil where it is no number.
    package static func value(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
        if text.isEmpty { return .nan }
        // Whole numbers up to 2^53 and powers of ten up to 22 are exact, so one operation rounds once (Clinger 1990).
        var position = text.startIndex
        let isNegative = text[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var (mantissa, exponent, digits, isBehindPoint, hasDigits) = (UInt64(0), 0, 0, false, false)
        while position < text.endIndex {
            let byte = text[position]
            position += 1
            if byte == UInt8(ascii: "."), !isBehindPoint {
                isBehindPoint = true
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digits < 18 {
                mantissa = mantissa &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
                if mantissa > 0 { digits += 1 }
                hasDigits = true
                if isBehindPoint { exponent -= 1 }
            } else {
                return slow(text)
            }
        }
        guard hasDigits, mantissa <= 1 << 53, exponent >= -22 else { return slow(text) }
        let magnitude = Double(mantissa) / powers[-exponent]
        return isNegative ? -magnitude : magnitude
    }

    private static func slow(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? { Double(String(decoding: text, as: UTF8.self)) }
}
