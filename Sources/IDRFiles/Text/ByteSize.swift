import Foundation

extension Int {
    /// A number of bytes, for people: `512 B`, `1.7 MB`.
    package var byteSize: String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var (value, unit) = (Double(self), 0)
        while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        return "\(unit == 0 ? "\(self)" : String(format: "%.1f", locale: Locale(identifier: "en_US_POSIX"), value)) \(units[unit])"
    }
}
