import Foundation
import IDRFiles

/// Numbers as figures print them, the same in every locale.
package enum NumberText {
    /// `decimals` digits after the point, without trailing zeros: 1.50 is "1.5".
    package static func plain(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf" }
        let factor = pow(10, Double(decimals))
        let scaled = (abs(value) * factor).rounded()
        guard scaled < 1e15 else { return scientific(value, digits: 6) }
        var digits = String(Int(scaled))
        if digits.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits }
        var fraction = digits.suffix(decimals)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = digits.dropLast(decimals)
        return (value < 0 && scaled > 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// At most `digits` significant digits: "0.0123", "12.3", "1230000" as "1.23e6".
    package static func short(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite, value != 0 else { return plain(value, decimals: 0) }
        let exponent = Int(floor(log10(abs(value))))
        guard (-4..<6).contains(exponent) else { return scientific(value, digits: digits) }
        return plain(value, decimals: max(0, digits - 1 - exponent))
    }

    private static func scientific(_ value: Double, digits: Int) -> String {
        var exponent = Int(floor(log10(abs(value))))
        var mantissa = value / pow(10, Double(exponent))
        // Powers below the smallest number are 0.
        if !mantissa.isFinite { mantissa = value * pow(10, 300) / pow(10, Double(exponent + 300)) }
        if plain(abs(mantissa), decimals: digits - 1) == "10" {
            mantissa /= 10
            exponent += 1
        }
        return plain(mantissa, decimals: digits - 1) + "e" + String(exponent)
    }

    /// "1 value", "3,310 values".
    package static func count(_ value: Int, _ noun: String) -> String { count(value) + " " + noun + (value == 1 ? "" : "s") }

    /// A count with its thousands apart: "3,310".
    package static func count(_ value: Int) -> String { PeopleText.count(value) }
}
