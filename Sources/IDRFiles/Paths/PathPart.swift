package import IDRPlan

/// Names from tables that become parts of paths.
package enum PathPart {
    /// Returns `name` unchanged where it can be one part of a path and nothing else.
    ///
    /// - Parameter what: what the name is of, for the error.
    /// - Throws: ``IDRError`` with code `refused` for an empty name, one that holds "..", a slash or a control character, or is longer than file systems allow.
    @discardableResult
    package static func checked(_ name: String, called what: String) throws(IDRError) -> String {
        let reason: String? =
            if name.isEmpty {
                "it is empty"
            } else if name == "." || name.contains("..") {
                "it could lead out of its folder"
            } else if name.contains("/") || name.contains("\\") {
                "it holds a path separator"
            } else if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                "it holds a control character"
            } else if name.utf8.count > 200 {
                "it is longer than 200 bytes"
            } else {
                nil
            }
        if let reason {
            let shown = String(name.unicodeScalars.prefix(80).map { $0.properties.generalCategory == .control ? "?" : Character($0) })
            throw IDRError(.refused, "\(what) \"\(shown)\" cannot be part of a path", because: reason, fix: "correct the table")
        }
        return name
    }

    /// A spelling of any name that can be one part of a path: `KO-/-` is `KO-%2F-`. Names that can be one already keep theirs, but for `%`; of long
    /// ones the beginning stays, and what tells them apart.
    package static func escaped(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            if ["/", "\\", "%"].contains(scalar) || scalar.properties.generalCategory == .control {
                for byte in String(scalar).utf8 { text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        text = text.replacing("..", with: "%2E%2E")
        if text == "." { return "%2E" }
        guard text.utf8.count > longestEscaped else { return text.isEmpty ? "%" : text }
        let digest = (try? SHA256.digest(of: Array(name.utf8)))?.hex.prefix(16) ?? ""
        return String(text.prefix(longestEscaped / 4)) + "%" + digest
    }

    /// Leaves room for what is put before and behind it.
    private static let longestEscaped = 160
}
