/// The words by which a screen's table tells controls apart.
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

    /// What the studies of the IDR write where a script gives no words of its own.
    package static let standard = ControlWords(
        negative: ["negative", "neg control", "neg. control"] + untreated, positive: ["positive", "pos control"])

    /// What is done to cells that nothing is done to.
    package static let untreated = [
        "vehicle", "untreated", "mock", "neutral", "dmso", "solvent", "non-target", "nontarget", "non target", "non-silencing", "scramble",
        "no sirna", "no reagent", "no treatment", "no compound", "no drug", "untransfected", "non-transfected", "unperturbed", "empty vector",
    ]

    /// The kind that `text` names, or nil where it names no control: a text counts only where it says so. "NA", "none", "FALSE", "test" and
    /// "possibly empty" do not.
    package func kind(of text: String) -> ControlKind? {
        let folded = text.trimmed.lowercased()
        func begins(_ words: [String]) -> Bool {
            words.contains { word in
                let word = word.trimmed.lowercased()
                return !word.isEmpty && folded.hasPrefix(word)
            }
        }
        // "empty vector" is something, an empty well is not.
        if begins(negative), !begins(none) || begins(Self.untreated) { return .negative }
        if begins(none) { return folded.hasPrefix("empty") || folded.hasPrefix("blank") ? .empty : nil }
        if begins(positive) { return .positive }
        guard Self.saysControl(folded) else { return nil }
        // "siRNA control, scrambled", "transfection control (positive)".
        let words = Set(folded.split { !$0.isLetter }.map(String.init))
        if words.contains("negative") || (words.contains { word in Self.untreated.contains { word.hasPrefix($0) } }) { return .negative }
        return words.contains("positive") ? .positive : .other
    }

    /// Whether a text says that something is a control: "technical control", "ctrl", and no "non control".
    package static func saysControl(_ text: String) -> Bool {
        let words = text.lowercased().split { !$0.isLetter }.map(String.init)
        guard let control = words.firstIndex(where: { ["control", "controls", "ctrl", "ctl"].contains($0) }) else {
            return ["true", "yes"].contains(text.trimmed.lowercased())
        }
        return control == 0 || !words[..<control].contains { ["no", "non", "not", "without", "quality"].contains($0) }
    }
}
