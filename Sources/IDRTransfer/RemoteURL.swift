import Foundation
import IDRFiles
package import IDRPlan

/// The address of something on a server: `https`, `ftp`, or `http` on this machine only. It carries no user and no password.
package struct RemoteURL: Sendable, Hashable, CustomStringConvertible {
    /// Absolute and percent-encoded.
    package let description: String
    package let scheme: String
    /// Lower case, with the port where one is given.
    package let host: String

    /// - Parameter text: absolute, percent-encoded.
    /// - Throws: ``IDRError`` where it is no such address.
    package init(_ text: String) throws(IDRError) {
        func refuse(_ reason: String, _ advice: String) -> IDRError {
            IDRError(.refused, "an address cannot be used", at: [RemoteURL.shown(text)], because: reason, fix: advice)
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let colon = text.range(of: "://") else {
            throw refuse("it is not an absolute address in plain letters", "write it as https://host/path, other characters percent-encoded")
        }
        let scheme = text[..<colon.lowerBound].lowercased()
        let authority = text[colon.upperBound...].prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { throw refuse("it holds a user or a password", "give credentials by the environment") }
        guard !authority.isEmpty else { throw refuse("it names no host", "write it as https://host/path") }
        host = authority.lowercased()
        self.scheme = scheme
        switch scheme {
        case "https", "ftp": break
        case "http" where RemoteURL.isThisMachine(host): break
        case "http": throw refuse("http is not encrypted", "use https; http is for servers on this machine")
        default: throw refuse("\(scheme) is none of https and ftp", "use https")
        }
        description = text
    }

    /// The address of `path` below this one. Each part between slashes is percent-encoded; query and fragment are not kept.
    /// - Throws: ``IDRError`` where a part could lead out of this place.
    package func appending(_ path: String) throws(IDRError) -> RemoteURL {
        var text = String(description.prefix { $0 != "?" && $0 != "#" })
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            let part = try PathPart.checked(String(part), called: "a part of the address")
            text += (text.hasSuffix("/") ? "" : "/") + RemoteURL.encoded(part)
        }
        if path.hasSuffix("/"), !text.hasSuffix("/") { text += "/" }
        return try RemoteURL(text)
    }

    /// This address with a query.
    package func query(_ items: [(name: String, value: String)]) throws(IDRError) -> RemoteURL {
        let text = items.map { "\(RemoteURL.encoded($0.name))=\(RemoteURL.encoded($0.value))" }.joined(separator: "&")
        return try RemoteURL(description + (description.contains("?") ? "&" : "?") + text)
    }

    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        return String(decoding: text.utf8.flatMap { plain.contains($0) ? [$0] : [0x25, digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func isThisMachine(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
    }

    /// For messages: without what stands before an `@`, which may be a password.
    private static func shown(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@"), let colon = text.range(of: "://") else { return String(text.prefix(200)) }
        return text[..<colon.upperBound] + "..." + text[at...].prefix(200)
    }
}

extension RemoteURL: Codable {
    package init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
