import Foundation
import IDRComparison

extension TableExcerpt {
    /// The excerpt as a terminal shows it, with its caption.
    package var text: String {
        let widest = 32
        func cut(_ text: String) -> String {
            let text = TextTable.printable(text)
            return text.count > widest ? text.prefix(widest - 1) + "…" : text
        }
        let title = title.map(TextTable.printable)
        guard !columns.isEmpty else { return "\(title.map { $0 + ": " } ?? "")an empty table\n" }
        let lines = TextTable.lines(columns.map { cut($0.name) }, [columns.map { "<\($0.type)>" }] + rows.map { $0.map(cut) })
        return ((title.map { [$0] } ?? []) + lines + [caption]).joined(separator: "\n") + "\n"
    }

    /// A number with at most `digits` significant digits, the same in every locale.
    package static func text(_ value: Double, digits: Int) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        return String(format: "%.\(Swift.max(1, Swift.min(digits, 17)))g", locale: Locale(identifier: "en_US_POSIX"), value)
    }
}
