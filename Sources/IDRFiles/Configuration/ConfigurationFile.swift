import Foundation
package import IDRPlan

/// The user's configuration: `IDRKIT_CONFIG`, or `idrkit/config.json` below `XDG_CONFIG_HOME` or `~/.config`.
/// Its entries are those of `Access`, `author`, and `stageCache` with `stageCacheBytes`.
package enum ConfigurationFile {
    package static let otherEntries: Set<String> = ["author", "stageCache", "stageCacheBytes"]

    /// The folder of the user's settings for IDRKit, where there is one to name.
    package static func folder(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        (environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { $0 + "/.config" }).map { $0 + "/idrkit" }
    }

    /// nil where there is no such file.
    package static func read(_ environment: [String: String]) throws(IDRError) -> (bytes: [UInt8], path: String)? {
        let named = environment["IDRKIT_CONFIG"]
        guard let path = named ?? folder(environment).map({ $0 + "/config.json" }), let bytes = try FileBytes.read(path, limit: 1 << 20) else {
            guard named == nil else {
                throw IDRError(.missing, "there is no configuration \(named ?? "")", fix: "correct IDRKIT_CONFIG, or unset it")
            }
            return nil
        }
        return (bytes, path)
    }

    /// Some of the configuration's entries, with its path; nil where there is no such file.
    /// - Parameter names: what errors call them.
    package static func entries<Entries: Decodable>(
        _ type: Entries.Type, _ environment: [String: String], called names: String, fix advice: String = "correct this entry"
    ) throws(IDRError) -> (values: Entries, path: String)? {
        guard let (bytes, path) = try read(environment) else { return nil }
        do {
            return (try JSONDecoder().decode(type, from: Data(bytes)), path)
        } catch {
            throw IDRError(.invalidInput, "the configuration's \(names) cannot be used", at: [path], because: "\(error)", fix: advice)
        }
    }
}

extension Author {
    /// The configuration's entry `author`; nil where there is none.
    /// - Throws: an ``IDRError`` where an identifier is none.
    package static func configured(environment: [String: String] = ProcessInfo.processInfo.environment) throws(IDRError) -> Author? {
        struct Entries: Decodable { var author: Author? }
        let form = "write \"author\": {\"name\": ..., \"orcid\": ..., \"laboratory\": ..., \"ror\": ..., \"license\": ...}"
        guard let (entries, path) = try ConfigurationFile.entries(Entries.self, environment, called: "author", fix: form),
            var author = entries.author
        else { return nil }
        if let text = author.orcid {
            author.orcid = try identifier(text, below: "https://orcid.org/", /[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]/, path)
        }
        if let text = author.ror { author.ror = try identifier(text, below: "https://ror.org/", /0[a-z0-9]{6}[0-9]{2}/, path) }
        if let text = author.license { author.license = try identifier(text, below: "", /[A-Za-z0-9.+-]{1,60}/, path) }
        return author
    }

    /// With or without the registry's address in front, always with it behind.
    private static func identifier(_ text: String, below base: String, _ pattern: Regex<Substring>, _ path: String) throws(IDRError) -> String {
        let own = text.hasPrefix(base) ? String(text.dropFirst(base.count)) : text
        guard own.wholeMatch(of: pattern) != nil else {
            throw IDRError(
                .invalidInput, "\"\(text)\" in the configuration's author is no \(base.isEmpty ? "SPDX identifier" : "identifier of \(base)")",
                at: [path],
                fix: "correct it, or leave it out")
        }
        return base + own
    }
}
