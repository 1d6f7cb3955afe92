/// Text as it may stand in HTML and XML.
package enum MarkupText {
    /// `&`, `<`, `>` and quotes as entities, what XML forbids as U+FFFD: right in texts and attributes of HTML and XML.
    /// - Parameter keepingLines: leaves line ends and tabs as they are, which are spaces otherwise.
    package static func escaped(_ text: String, keepingLines: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where keepingLines, "\t" where keepingLines: result.unicodeScalars.append(scalar)
            case "\n", "\t", "\r": result += " "
            // XML forbids them and the last two of each plane.
            case _ where scalar.properties.generalCategory == .control || scalar.value & 0xFFFE == 0xFFFE: result += "\u{fffd}"
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
