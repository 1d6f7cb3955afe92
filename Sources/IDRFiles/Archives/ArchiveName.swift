package import IDRPlan

/// Names of files in archives and in records of others: relative, `/`-separated.
package enum ArchiveName {
    /// Longer paths do not fit below folders of usual depth.
    static let maximumBytes = 1000

    /// The parts of `name`, each fit to be one part of a path.
    /// - Throws: ``IDRError`` with code `refused` for absolute paths, `..`, empty parts, backslashes, drive letters, control characters and
    ///   names that file systems cannot take.
    @discardableResult
    package static func checked(_ name: String) throws(IDRError) -> [String] {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if name.hasPrefix("/") { throw refusal(name, "it is absolute") }
        if name.utf8.count > maximumBytes { throw refusal(name, "it is longer than \(maximumBytes) bytes") }
        let start = Array(name.utf8.prefix(2))
        if start.count == 2, start[1] == UInt8(ascii: ":"), (0x41...0x5A).contains(start[0] & 0xDF) { throw refusal(name, "it names a drive") }
        for part in parts {
            do throws(IDRError) {
                try PathPart.checked(part, called: "a name")
            } catch {
                throw refusal(name, error.reason ?? error.problem)
            }
        }
        return parts
    }

    static func refusal(_ name: String, _ reason: String) -> IDRError {
        IDRError(
            .refused, "a file's name cannot be used", at: [printable(name)], because: reason,
            fix: "ask for a bundle that `idrscript bundle` made, or look at the archive with other means")
    }

    /// `text` from a foreign file as a terminal may show it: without control characters, and not for ever.
    package static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(400).map { isShown($0) ? $0 : "?" }))
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
