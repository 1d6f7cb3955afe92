import Foundation
import IDRFiles
package import IDRPlan

extension Access {
    /// The settings below the script's: the environment over the configuration file over ``published``.
    /// - Throws: an ``IDRError`` that names the file and the entry that cannot be used.
    package static func configured(environment: [String: String] = ProcessInfo.processInfo.environment) throws(IDRError) -> Access {
        try Access(environment: environment).over(Access(configurationIn: environment)).over(.published)
    }

    /// `IDRKIT_CONFIG`, or `idrkit/config.json` below `XDG_CONFIG_HOME` or `~/.config`; nothing where there is no such file.
    private init(configurationIn environment: [String: String]) throws(IDRError) {
        guard let (bytes, path) = try ConfigurationFile.read(environment) else {
            self.init()
            return
        }
        try self.init(json: bytes, path: path)
    }

    init(json bytes: [UInt8], path: String) throws(IDRError) {
        let entries = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
        guard let entries else {
            throw IDRError(.invalidInput, "the configuration is not a JSON object", at: [path], fix: "correct it, or move it away")
        }
        let known = Set(CodingNames.all).union(ConfigurationFile.otherEntries)
        if let wrong = entries.keys.filter({ !known.contains($0) }).sorted().first {
            throw IDRError(
                .invalidInput, "the configuration has an entry \"\(wrong)\" that does not exist", at: [path],
                fix: NearNames.advice(wrong, in: known.sorted(), all: "entries"))
        }
        do {
            self = try JSONDecoder().decode(Access.self, from: Data(bytes))
        } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context), let DecodingError.dataCorrupted(context) {
            throw Self.wrongEntry(context.codingPath, context.debugDescription, path)
        } catch let DecodingError.keyNotFound(key, context) {
            throw Self.wrongEntry(context.codingPath + [key], "it is missing", path)
        } catch {
            throw IDRError(.invalidInput, "the configuration cannot be read", at: [path], because: "\(error)")
        }
    }

    private static func wrongEntry(_ keys: [any CodingKey], _ reason: String, _ path: String) -> IDRError {
        IDRError(
            .invalidInput, "the configuration's \(keys.map(\.stringValue).joined(separator: ".")) cannot be used", at: [path], because: reason,
            fix: "correct this entry")
    }

    /// Each entry as a variable: `IDRKIT_FILES="https://a/,https://b/"`. Lists are separated by commas.
    private init(environment: [String: String]) throws(IDRError) {
        self.init()
        func text(_ name: String) -> String? { environment["IDRKIT_" + name].flatMap { $0.isEmpty ? nil : $0 } }
        func list(_ name: String) -> [String]? { text(name).map { $0.split(separator: ",").map(String.init) } }
        mirror = text("MIRROR")
        sources = try Self.values(list("SOURCES"), of: "IDRKIT_SOURCES")
        catalog = try Self.values(list("CATALOG"), of: "IDRKIT_CATALOG")
        services = list("SERVICES")
        tables = list("TABLES")
        studies = list("STUDIES")
        zarrPlates = list("ZARR_PLATES")
        zarr = list("ZARR")
        files = list("FILES")
        netrc = text("NETRC")
        cache = text("CACHE")
        cacheBytes = try Self.number(text("CACHE_BYTES"), of: "IDRKIT_CACHE_BYTES")
        connectionsPerHost = try Self.number(text("CONNECTIONS"), of: "IDRKIT_CONNECTIONS")
        networkPatience = try Self.number(text("NETWORK_PATIENCE"), of: "IDRKIT_NETWORK_PATIENCE", from: 0)
        let freshness: [Freshness]? = try Self.values(text("FRESHNESS").map { [$0] }, of: "IDRKIT_FRESHNESS")
        self.freshness = freshness?.first
    }

    private static func number(_ text: String?, of name: String, from least: Int = 1) throws(IDRError) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), number >= least else {
            throw IDRError(.invalidPlan, "\(name) is \"\(text)\"", because: "it must be a whole number from \(least)", fix: "correct or unset it")
        }
        return number
    }

    private static func values<Value: RawRepresentable & CaseIterable>(_ texts: [String]?, of name: String) throws(IDRError) -> [Value]?
    where Value.RawValue == String {
        guard let texts else { return nil }
        var values: [Value] = []
        for text in texts {
            guard let value = Value(rawValue: text) else {
                throw IDRError(
                    .invalidPlan, "\(name) holds \"\(text)\"", because: "it takes \(Value.allCases.map(\.rawValue).joined(separator: ", "))",
                    fix: "correct or unset it")
            }
            values.append(value)
        }
        return values
    }

    /// Names of the entries, from the type itself.
    private enum CodingNames {
        static let all = Mirror(reflecting: Access()).children.compactMap(\.label)
    }
}
