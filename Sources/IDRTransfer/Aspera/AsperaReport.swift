import Foundation

/// What `ascp` says about its failure: its exit status is 1 for all of them.
package enum AsperaReport: Sendable, Hashable {
    /// It will not work for any file: the log-in or the licence is refused.
    case unavailable(String)
    /// The server does not have this file.
    case absent(String)
    /// May work another time.
    case passing(String)
    /// This file cannot be had so.
    case final(String)

    /// Reads the end of the program's output, from which secrets have been removed.
    package init(_ output: String) {
        let lines = output.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        let stop = lines.last { $0.hasPrefix("Session Stop") && $0.contains("(Error:") }
        let exit = lines.last { $0.hasPrefix("ascp") && $0.contains("exiting") }
        let reason = Self.shown(stop.map(Self.inside) ?? exit ?? lines.last ?? "it says nothing")
        let text = [stop, exit].compactMap { $0 }.joined(separator: "\n").lowercased()
        let code = Self.code(text) ?? Self.phrases.first { text.contains($0.phrase) }?.code
        switch code {
        case .some(let code) where Self.forAllFiles.contains(code): self = .unavailable(reason)
        case .some(Self.noSuchFile): self = .absent(reason)
        case .some(let code) where Self.worthRepeating.contains(code): self = .passing(reason)
        default: self = .final(reason)
        }
    }

    // The numbers are those of FASP's error codes.
    private static let worthRepeating = Set([12, 13, 14, 15, 16, 17, 18, 23, 32, 33, 35, 36, 37, 39, 40, 44, 45, 61])
    private static let noSuchFile = 4
    /// Log-in and licence.
    private static let forAllFiles = Set([9, 10, 19, 29, 30, 34, 38])

    /// Words of messages, the particular before the general: a session that the peer aborts (39) names its reason after that.
    private static let phrases: [(phrase: String, code: Int)] = [
        ("failed to authenticate", 19), ("authentication fail", 19), ("license expired", 30), ("licence expired", 30),
        ("operation not permitted by license", 38), ("license", 29), ("licence", 29), ("unauthorized", 34),
        ("no such file", noSuchFile), ("permission", 5), ("no space", 25), ("disk full", 25), ("docroot", 41), ("read only file", 26),
        ("read-only file", 26),
        ("failed to open tcp connection", 12), ("error establishing control", 12), ("timeout establishing control", 13),
        ("error establishing data", 14), ("error establishing udp", 14), ("timeout establishing data", 15), ("timeout establishing udp", 15),
        ("connection lost", 16), ("connection reset", 16), ("send feedback", 17), ("receive data", 18), ("too many files open", 23),
        ("too many open files", 23), ("out of memory", 32), ("spawn thread", 33), ("disk read", 35), ("reading source file", 35),
        ("disk write", 36), ("writing to disk", 36), ("stalled", 40), ("transfer timeout", 40), ("timed out", 40),
        ("udp session initiation", 44), ("bandwidth measurement", 45), ("aborted session", 39), ("terminated session", 39),
    ]

    /// A number that is named as one: `error code 14`, `code: 14`.
    private static func code(_ text: String) -> Int? { text.firstMatch(of: /\bcode[ :=]+([0-9]{1,3})\b/).flatMap { Int($0.1) } }

    /// `Session Stop  (Error: x)` says x.
    private static func inside(_ line: String) -> String {
        guard let start = line.range(of: "(Error:") else { return line }
        let rest = line[start.upperBound...].trimmingCharacters(in: .whitespaces)
        return rest.hasSuffix(")") ? String(rest.dropLast()) : rest
    }

    private static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(200).filter { $0.properties.generalCategory != .control }))
    }
}
