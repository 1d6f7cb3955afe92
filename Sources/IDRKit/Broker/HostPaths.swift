import Foundation
import IDRFiles
import IDRModels
import IDRPlan
import IDRRecord

/// This machine's folders, which no text names that goes into the sandbox.
struct HostPaths: Sendable {
    /// Longest first.
    private let names: [(path: String, word: String)]

    /// - Parameter folders: absolute paths, each with the word that stands for it.
    init(_ folders: [(path: String, word: String)]) {
        var names: [String: String] = [:]
        for (path, word) in folders where path.hasPrefix("/") {
            let url = URL(fileURLWithPath: path)
            for form in [path, url.standardizedFileURL.path, url.resolvingSymlinksInPath().path] where form.count > 1 {
                names[form.hasSuffix("/") ? String(form.dropLast()) : form] = word
            }
        }
        self.names = names.sorted { ($1.key.utf8.count, $0.key) < ($0.key.utf8.count, $1.key) }.map { ($0.key, $0.value) }
    }

    /// - Parameter access: complete.
    init(_ access: Access, _ files: BrokerFiles, environment: [String: String] = ProcessInfo.processInfo.environment) {
        var folders: [(String, String)] = [
            (FileManager.default.currentDirectoryPath, "<here>"), (NSTemporaryDirectory(), "<temporary>"),
            (FileCache.defaultFolder(environment), "<cache>"),
            (URL(fileURLWithPath: CodeLocation.binary).deletingLastPathComponent().path, "<idrkit>"),
        ]
        folders += files.inside.keys.sorted().map { ($0, "<file>/\(URL(fileURLWithPath: $0).lastPathComponent)") }
        folders += ModelStore.standard.roots.map { ($0, "<models>") }
        let named = [
            (access.mirror, "<mirror>"), (access.cache, "<cache>"), (access.netrc, "<netrc>"), (access.aspera?.key, "<key>"),
            (environment["HOME"], "<home>"), (ConfigurationFile.folder(environment), "<settings>"), (environment["IDRKIT_CONFIG"], "<settings>"),
        ]
        self.init(folders + named.compactMap { path, word in path.map { ($0, word) } })
    }

    /// `text` with a word in place of each folder.
    func hidden(_ text: String) -> String {
        guard names.contains(where: { text.contains($0.path) }) else { return text }
        var result = ""
        var rest = text[...]
        while let next = rest.first {
            if let match = names.first(where: { rest.hasPrefix($0.path) && Self.endsName(rest.dropFirst($0.path.count)) }),
                !(result.last.map(Self.isPartOfName) ?? false)
            {
                result += match.word
                rest = rest.dropFirst(match.path.count)
            } else {
                result.append(next)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    func hidden(_ error: IDRError) -> IDRError {
        IDRError(
            error.code, hidden(error.problem), at: error.subject.map(hidden), because: error.reason.map(hidden), fix: error.advice.map(hidden))
    }

    func hidden(_ input: InputRecord) -> InputRecord {
        var input = input
        input.location = hidden(input.location)
        input.passedOver = input.passedOver.map(hidden)
        return input
    }

    private static func endsName(_ rest: Substring) -> Bool { !(rest.first.map(isPartOfName) ?? false) }
    private static func isPartOfName(_ character: Character) -> Bool { character.isLetter || character.isNumber || "-_".contains(character) }
}
