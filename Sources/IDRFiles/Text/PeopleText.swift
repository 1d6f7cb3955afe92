package import Foundation

/// Sizes and times as a person reads them, the same in every locale.
package enum PeopleText {
    /// `812 B`, `3.1 kB`, `20.0 GB`: a kB has 1,000 bytes.
    package static func size(_ bytes: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var (value, unit) = (Double(bytes), 0)
        // 999,950 bytes are not 1000.0 kB.
        while value >= (unit == 0 ? 1000 : 999.95), unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        return "\(unit == 0 ? "\(bytes)" : decimal(value, 1)) \(units[unit])"
    }

    /// How long something took: `1 h 5 min`, `3 min 20 s` or `1.2 s`.
    package static func duration(_ seconds: Double) -> String {
        let seconds = bounded(seconds)
        return seconds >= 60 ? whole(Int(seconds.rounded())) : "\(decimal(seconds, 1)) s"
    }

    /// How long something will take, which nobody knows to the tenth: `1 h 5 min`, `3 min 20 s` or `12 s`.
    package static func estimate(_ seconds: Double) -> String { whole(Int(bounded(seconds).rounded(.up))) }

    /// A date and time in UTC: `2026-11-29 23:46:24`.
    package static func time(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(dateSeparator: .dash, dateTimeSeparator: .space, timeZone: .gmt)).replacing("Z", with: "")
    }

    /// A count with its thousands apart: `3,310`.
    package static func count(_ value: Int) -> String {
        var digits = Substring(String(value.magnitude))
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// `value` with `digits` decimals.
    package static func decimal(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", locale: Locale(identifier: "en_US_POSIX"), value)
    }

    private static func whole(_ seconds: Int) -> String {
        if seconds >= 3600 { return "\(seconds / 3600) h \(seconds % 3600 / 60) min" }
        return seconds >= 60 ? "\(seconds / 60) min \(seconds % 60) s" : "\(seconds) s"
    }

    /// Clocks can be put back, and records of others can say anything.
    private static func bounded(_ seconds: Double) -> Double { seconds.isNaN ? 0 : max(0, min(seconds, 1e12)) }
}
