import Foundation
import IDRFiles
package import IDRPlan

/// What the user has said of scripts, by digest: a line each in `trusted-scripts`, in the folder of the user's settings, the newest last.
/// A script that was once foreign stays so in any other place, under any other name.
package struct TrustStore {
    package enum Mark: String {
        /// The user has looked at it.
        case trusted
        /// The user has taken that back.
        case distrusted
        /// It came in a bundle or record from elsewhere.
        case foreign
        /// The user's own, when it was first run.
        case own
    }

    package struct Entry {
        package var mark: Mark
        package var sha256: Digest
        package var name: String
    }

    package let path: String

    package static func standard() throws(IDRError) -> TrustStore {
        guard let folder = ConfigurationFile.folder() else {
            throw IDRError(
                .missing, "there is no place for what you trust", because: "neither HOME nor XDG_CONFIG_HOME is set",
                fix: "set one of them, or use --sandbox")
        }
        return TrustStore(path: folder + "/trusted-scripts")
    }

    /// - Throws: where the file is there and cannot be understood: a script that is marked as foreign in it must not become the user's own.
    func entries() throws(IDRError) -> [Entry] {
        let text: [UInt8]
        do throws(IDRError) {
            guard let bytes = try OnDisk.bytes(of: path, limit: 1 << 28) else { return [] }
            text = bytes
        } catch {
            throw failure(error.reason, "read")
        }
        var entries: [Entry] = []
        for (index, line) in String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard words.count == 3, let mark = Mark(rawValue: words[0]), let digest = Digest(words[1]) else {
                throw IDRError(
                    .invalidInput, "what you trust cannot be read", at: ["\(path):\(index + 1)"], because: "the line is none that idrscript writes",
                    fix: "correct or remove that line")
            }
            entries.append(Entry(mark: mark, sha256: digest, name: words[2]))
        }
        return entries
    }

    /// What the user last said of a script, `trusted` or `distrusted`; nil where nothing was said.
    package static func word(on sha256: Digest, in entries: [Entry]) -> Mark? {
        entries.last { $0.sha256 == sha256 && ($0.mark == .trusted || $0.mark == .distrusted) }?.mark
    }

    /// Where a script was first seen: `own` or `foreign`; nil for one that is new.
    package static func origin(of sha256: Digest, in entries: [Entry]) -> Mark? {
        entries.first { $0.sha256 == sha256 && ($0.mark == .own || $0.mark == .foreign) }?.mark
    }

    /// Trusted scripts, each once.
    package func trusted() throws(IDRError) -> [Entry] {
        let entries = try entries()
        var seen = Set<Digest>()
        return entries.reversed().filter {
            $0.mark == .trusted && Self.word(on: $0.sha256, in: entries) == .trusted && seen.insert($0.sha256).inserted
        }.reversed()
    }

    /// Adds a line.
    package func add(_ mark: Mark, _ sha256: Digest, name: String) throws(IDRError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do throws(IDRError) {
            try OnDisk.makeFolder(folder)
        } catch {
            throw failure(error.reason, "written")
        }
        let plain = name.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : String($0) }.joined()
        let line = Array("\(mark.rawValue) \(sha256) \(plain)\n".utf8)
        try WholeWrite.append(line: line, to: path, permissions: 0o600) { failure(SystemFailure.reason($0), "written") }
    }

    private func failure(_ reason: String?, _ done: String) -> IDRError {
        IDRError(
            .system, "what you trust cannot be \(done)", at: [path], because: reason,
            fix: "give yourself the right to it, or set XDG_CONFIG_HOME")
    }
}
