/// A screen of the Image Data Resource by its short name: the study's accession and the screen's letter, "idr0013A".
package struct ScreenName: Sendable, Hashable {
    /// The study's accession, "idr0013".
    package let study: String
    /// The screen's letter, "A".
    package let letter: String

    /// - Throws: ``IDRError`` where `text` is not "idr", four digits and a letter; case does not count.
    package init(_ text: String) throws(IDRError) {
        let name = text.lowercased()
        let digits = name.dropFirst(3).prefix(4)
        guard name.hasPrefix("idr"), digits.count == 4, digits.allSatisfy({ $0.isASCII && ("0"..."9").contains($0) }) else {
            throw ScreenName.error(text, "a screen's name is \"idr\", four digits and the screen's letter", "write, for example, idr0013A")
        }
        let rest = name.dropFirst(7)
        guard !rest.isEmpty else {
            throw ScreenName.error(text, "it names a study, and a study may have several screens", "add the screen's letter, for example \(name)A")
        }
        guard rest.count == 1, let last = rest.first, last.isASCII, ("a"..."z").contains(last) else {
            throw ScreenName.error(text, "one letter must follow the study's number, and \"\(rest)\" does", "write, for example, idr\(digits)A")
        }
        study = "idr" + digits
        letter = rest.uppercased()
    }

    private static func error(_ text: String, _ reason: String, _ advice: String) -> IDRError {
        IDRError(.invalidPlan, "\"\(text)\" is not the name of a screen", because: reason, fix: advice)
    }
}

extension ScreenName: CustomStringConvertible {
    package var description: String { study + letter }
}

extension ScreenName: Codable {
    package init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
