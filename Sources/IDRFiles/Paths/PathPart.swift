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
}
