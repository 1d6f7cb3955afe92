/// Numbers as pandas' `read_csv` reads them by default, which is not always the nearest value.
///
/// pandas (1.2 to 2.x, `float_precision=None`) collects at most 17 digits, leading zeros among them, in a floating-point number and
/// then scales it by one power of ten. Both steps round, so about one in ten locations comes back with another last digit:
/// `222.54887543771378` becomes 222.54887543771375. DeepProfiler and pycytominer read locations this way,
/// and the published tables carry the values read.
package enum PandasNumberReading {
    /// The value that pandas makes of `text`, NaN for the empty text; nil where it is not a number.
    package static func value(of text: String) -> Double? {
        var rest = text.utf8[...]
        while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
        while rest.last == UInt8(ascii: " ") { rest.removeLast() }
        if rest.isEmpty { return .nan }
        var isNegative = takeSign(&rest)
        guard let first = rest.first, first == UInt8(ascii: ".") || isDigit(first) else { return named(Substring(rest), isNegative) }

        var number = 0.0
        var digitCount = 0
        var exponent = 0
        func take(_ digit: UInt8) {
            number = number * 10 + Double(digit - UInt8(ascii: "0"))
            digitCount += 1
        }
        while let digit = rest.first, isDigit(digit) {
            if digitCount < mostDigits { take(digit) } else { exponent += 1 }
            rest.removeFirst()
        }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            while let digit = rest.first, isDigit(digit) {
                if digitCount < mostDigits {
                    take(digit)
                    exponent -= 1
                }
                rest.removeFirst()
            }
        }
        guard digitCount > 0 else { return nil }
        if isNegative { number.negate() }

        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            isNegative = takeSign(&rest)
            guard let shift = Int(Substring(rest)), shift < 100_000, rest.allSatisfy(isDigit) else { return nil }
            exponent += isNegative ? -shift : shift
            rest = rest.suffix(0)
        }
        return rest.isEmpty ? scaled(number, by: exponent) : nil
    }

    private static let mostDigits = 17
    private static let largestExponent = 308
    /// 1, 10, ... 1e308, each the nearest value.
    private static let powers = (0...largestExponent).map { Double("1e\($0)") ?? .infinity }

    private static func scaled(_ number: Double, by exponent: Int) -> Double? {
        if exponent > largestExponent { return nil }
        if exponent >= 0 {
            let product = number * powers[exponent]
            return product.isInfinite ? nil : product
        }
        if exponent >= -largestExponent { return number / powers[-exponent] }
        // Two steps, because one power of ten that large does not exist.
        let beyond = -largestExponent - exponent
        return beyond > largestExponent ? 0 : number / powers[beyond] / powers[largestExponent]
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func takeSign(_ rest: inout Substring.UTF8View) -> Bool {
        guard let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") else { return false }
        rest.removeFirst()
        return sign == UInt8(ascii: "-")
    }

    private static func named(_ text: Substring, _ isNegative: Bool) -> Double? {
        switch text.lowercased() {
        case "inf", "infinity": isNegative ? -.infinity : .infinity
        case "nan": .nan
        default: nil
        }
    }
}
