package import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// Compiled scripts by content, below the user's cache folder. Safe with several processes: entries are renamed into place.
package struct ScriptCache {
    package let root: String

    package init(root: String) { self.root = root }

    package static var standard: ScriptCache { ScriptCache(root: base + "/scripts") }

    /// What was compiled in the sandbox, which is run nowhere else: what a script made of its compiler there stays there.
    package static var sandboxed: ScriptCache { ScriptCache(root: base + "/sandboxed-scripts") }

    /// Packages that scripts name, built; scripts with the same ones share a folder.
    package static var packages: ScriptCache { ScriptCache(root: base + "/script-packages") }

    package static var base: String {
        let environment = ProcessInfo.processInfo.environment
        return (environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? NSTemporaryDirectory()) + "/.cache") + "/idrkit"
    }

    /// Everything that decides the executable's bytes: script and its path (diagnostics name it), flags, library, toolchain.
    package func key(script: String, source: Data, flags: [String], support: ScriptSupport) throws -> String {
        let parts =
            [script, try SHA256.digest(of: [UInt8](source)).hex, try stamp(support.library), try stamp(support.toolchain.compiler), support.modules]
            + flags
        return try SHA256.digest(of: parts.joined(separator: "\n")).hex
    }

    /// What was compiled under `key`, where it is complete.
    package func script(for key: String) -> CompiledScript? {
        let script = CompiledScript(folder: "\(root)/\(key)")
        return FileManager.default.isExecutableFile(atPath: script.binary) && script.compiler != nil ? script : nil
    }

    /// Builds in a private folder and renames it to its place; where another process was faster, its entry is used.
    package func store(_ key: String, build: (CompiledScript) async throws -> Void) async throws -> CompiledScript {
        let folder = "\(root)/\(key).\(ProcessInfo.processInfo.processIdentifier)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw IDRError(
                .system, "compiled scripts cannot be kept", at: [root], because: "\(error.localizedDescription)",
                fix: "set XDG_CACHE_HOME to a folder you can write to")
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await build(CompiledScript(folder: folder))
        try? FileManager.default.moveItem(atPath: folder, toPath: "\(root)/\(key)")
        guard let script = script(for: key) else {
            throw IDRError(.system, "a compiled script could not be kept", at: [root], fix: "check the folder's space and permissions")
        }
        return script
    }

    /// Folders of scripts, and what processes that are gone left of theirs: nothing else that may lie there.
    private func folders() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.filter { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            let isKey = parts[0].utf8.count == 64 && parts[0].utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            guard isKey, parts.count == 2 else { return isKey && parts.count == 1 }
            return Int32(parts[1]).map { $0 > 0 && kill($0, 0) != 0 && errno == ESRCH } ?? false
        }.map { "\(root)/\($0)" }
    }

    package func totalBytes() -> Int {
        folders().reduce(0) { sum, folder in
            let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
            let sizes = names.map { try? FileManager.default.attributesOfItem(atPath: "\(folder)/\($0)")[.size] as? NSNumber }
            return sum + sizes.reduce(0) { $0 + ($1?.intValue ?? 0) }
        }
    }

    /// Removes all compiled scripts, and packages that nobody is building; a script that is running goes on.
    package func clear() {
        for folder in folders() {
            let isShared = FileManager.default.fileExists(atPath: "\(folder)/lock")
            let lock = isShared ? try? FileLock.attempt(.exclusive, folder: folder) : nil
            defer { withExtendedLifetime(lock) {} }
            guard !isShared || lock != nil else { continue }
            // An entry is there as a whole or not at all.
            let gone = "\(folder.prefix(root.count + 1 + 64)).\(ProcessInfo.processInfo.processIdentifier)"
            if rename(folder, gone) == 0 { try? FileManager.default.removeItem(atPath: gone) }
        }
    }

    /// A file's identity without reading it: size and time of change.
    private func stamp(_ path: String) throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(path) \(attributes[.size] ?? 0) \(time)"
    }
}

/// A compiled script's folder in the cache.
package struct CompiledScript {
    let folder: String

    var binary: String { "\(folder)/script" }
    /// A copy of the source that was compiled, for the record.
    var source: String { "\(folder)/source.swift" }
    /// How the compiler names itself.
    var compiler: String? {
        (try? String(contentsOfFile: compilerFile, encoding: .utf8)).map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    }
    var compilerFile: String { "\(folder)/compiler" }
    /// The packages that it has parts of, sorted by address; nil: it names none.
    var packages: [PackageRecord]? {
        FileManager.default.contents(atPath: packagesFile).flatMap { try? CanonicalJSON.decode([PackageRecord].self, from: $0, path: packagesFile) }
    }
    var packagesFile: String { "\(folder)/packages.json" }
}
