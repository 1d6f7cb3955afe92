import Foundation
import IDRData
import IDRPlan

/// What the user has said of scripts, by digest: a line each in `trusted-scripts`, in the folder of the user's settings, the newest last.
/// A script that was once foreign stays so in any other place, under any other name.
struct TrustStore {
    enum Mark: String {
        /// The user has looked at it.
        case trusted
        /// The user has taken that back.
        case distrusted
        /// It came in a bundle or record from elsewhere.
        case foreign
        /// The user's own, when it was first run.
        case own
    }

    struct Entry {
        var mark: Mark
        var sha256: String
        var name: String
    }

    let path: String

    static func standard() throws(IDRError) -> TrustStore {
        guard let folder = ConfigurationFile.folder() else {
            throw IDRError(
                .missing, "there is no place for what you trust", because: "neither HOME nor XDG_CONFIG_HOME is set", fix: "set one of them, or use --sandbox")
        }
        return TrustStore(path: folder + "/trusted-scripts")
    }

    func entries() -> [Entry] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3, let mark = Mark(rawValue: words[0]) else { return nil }
            return Entry(mark: mark, sha256: words[1], name: words[2])
        }
    }

    /// Whether the user has looked at a script and let it run.
    func isTrusted(_ sha256: String) -> Bool { entries().last { $0.sha256 == sha256 && ($0.mark == .trusted || $0.mark == .distrusted) }?.mark == .trusted }

    /// Where a script was first seen: `own` or `foreign`; nil for one that is new.
    func origin(_ sha256: String) -> Mark? { entries().first { $0.sha256 == sha256 && ($0.mark == .own || $0.mark == .foreign) }?.mark }

    /// Trusted scripts, each once.
    func trusted() -> [Entry] {
        var seen = Set<String>()
        return entries().reversed().filter { $0.mark == .trusted && isTrusted($0.sha256) && seen.insert($0.sha256).inserted }.reversed()
    }

    /// Adds a line.
    func add(_ mark: Mark, _ sha256: String, name: String) throws(IDRError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw failure(errno)
        }
        let plain = name.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : String($0) }.joined()
        let line = Array("\(mark.rawValue) \(sha256) \(plain)\n".utf8)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        guard write(descriptor, line, line.count) == line.count else { throw failure(errno) }
    }

    private func failure(_ code: Int32) -> IDRError {
        IDRError(
            .system, "what you trust cannot be written down", at: [path], because: String(cString: strerror(code)),
            fix: "make that folder writable, or set XDG_CONFIG_HOME")
    }
}
