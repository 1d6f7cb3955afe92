import ArgumentParser
import Foundation
import IDRFiles
import IDRKit
import IDRPlan
import IDRScreens
import IDRScripting

struct Clean: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what IDRKit keeps for later, and remove it.", usage: "idrscript clean [<options>]",
        discussion: """
            Without options it says what there is and removes nothing. What a run is using stays, and so does everything that IDRKit did not put
            there. Results, records and models are no caches.

            EXAMPLES
              idrscript clean
              idrscript clean --json
              idrscript clean --stages --dry-run
              idrscript clean --all
            """)

    @Flag(help: "Results of stages.")
    var stages = false

    @Flag(help: "What was downloaded: planes, files, answers of servers.")
    var downloads = false

    @Flag(help: "Compiled scripts.")
    var scripts = false

    @Flag(help: "All of these.")
    var all = false

    @Flag(help: "Remove nothing; say what would be removed, and how much it is.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    struct Line: Encodable {
        var kind: KeptFolder.Kind
        var folder: String
        /// What there is, in bytes, after the removal.
        var bytes: Int
        /// What was removed, or would be.
        var removedBytes: Int
    }

    func run() async throws {
        var lines: [Line] = []
        let isAnyChosen = all || stages || downloads || scripts
        for kept in try KeptFolder.all() {
            let isChosen = all || [KeptFolder.Kind.stages: stages, .downloads: downloads, .scripts: scripts][kept.kind] == true
            guard isChosen || !isAnyChosen else { continue }
            let bytes = try kept.totalBytes()
            if isChosen, !dryRun { try await kept.clear() }
            let left = isChosen && !dryRun ? try kept.totalBytes() : bytes
            lines.append(Line(kind: kept.kind, folder: kept.folder, bytes: left, removedBytes: !isChosen ? 0 : dryRun ? bytes : bytes - left))
            if !json { print(text(lines[lines.count - 1], isAnyChosen: isAnyChosen)) }
        }
        if json { return try printJSON(lines) }
        if !isAnyChosen { print("remove with --stages, --downloads, --scripts or --all") }
    }

    private func text(_ line: Line, isAnyChosen: Bool) -> String {
        let name = line.kind.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
        guard isAnyChosen else { return "\(name) keeps \(PeopleText.size(line.bytes)) in \(line.folder)" }
        let rest = !dryRun && line.bytes > 0 ? "; \(PeopleText.size(line.bytes)) are in use" : ""
        return "\(name) \(dryRun ? "would remove" : "removed") \(PeopleText.size(line.removedBytes)) in \(line.folder)\(rest)"
    }
}

/// A folder of things that can be made or fetched again.
struct KeptFolder {
    enum Kind: String, Encodable {
        case stages, downloads, scripts
    }

    let kind: Kind
    let folder: String

    /// All that there are under the settings of this user.
    static func all() throws -> [KeptFolder] {
        let downloads = try Access.configured().cache ?? FileCache.defaultFolder(ProcessInfo.processInfo.environment)
        return [
            KeptFolder(kind: .stages, folder: try StageCacheSettings.configured().folder), KeptFolder(kind: .downloads, folder: downloads),
            KeptFolder(kind: .scripts, folder: ScriptCache.standard.root), KeptFolder(kind: .scripts, folder: ScriptCache.sandboxed.root),
            KeptFolder(kind: .scripts, folder: ScriptCache.packages.root),
        ]
    }

    func totalBytes() throws -> Int {
        switch kind {
        case .scripts: ScriptCache(root: folder).totalBytes()
        case .stages, .downloads: try files()?.totalBytes() ?? 0
        }
    }

    func clear() async throws {
        switch kind {
        case .scripts: ScriptCache(root: folder).clear()
        case .stages, .downloads: try await files()?.sweep()
        }
    }

    /// A cache that may keep nothing; nil where there is none yet.
    private func files() throws -> FileCache? {
        FileManager.default.fileExists(atPath: folder) ? try FileCache(folder: folder, limit: 0) : nil
    }
}
