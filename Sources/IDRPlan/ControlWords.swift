/// The words by which a screen's column `Control Type` tells controls apart.
///
/// A word matches a text that begins with it, letter case and surrounding spaces not counted: screens write
/// "negative control", "negative", "Negative Control (scrambled)".
public struct ControlWords: Sendable, Hashable, Codable {
    /// Beginnings of texts that name a negative control.
    public var negative: [String]
    /// Beginnings of texts that name a positive control.
    public var positive: [String]
    /// Beginnings of texts that name no control although the column is not empty.
    public var none: [String]

    /// The words of most screens, with those that are given in their place.
    public init(negative: [String] = ["negative"], positive: [String] = ["positive"], none: [String] = ["empty", "blank"]) {
        self.negative = negative
        self.positive = positive
        self.none = none
    }

    /// The kind that `text` names, or nil where it names no control.
    package func kind(of text: String) -> ControlKind? {
        let folded = ControlWords.fold(text)
        func begins(_ words: [String]) -> Bool {
            words.contains { word in
                let word = ControlWords.fold(word)
                return !word.isEmpty && folded.hasPrefix(word)
            }
        }
        if folded.isEmpty || begins(none) { return nil }
        return begins(negative) ? .negative : begins(positive) ? .positive : .other
    }

    private static func fold(_ text: String) -> String {
        let trimmed = text.drop(while: \.isWhitespace)
        return String(trimmed.reversed().drop(while: \.isWhitespace).reversed()).lowercased()
    }
}
