import Foundation
import IDRRecord
import TestSupport
import Testing

/// The stage cache as a person meets it: run, why, clean.
@Suite(.serialized) struct StageCacheCommandTests {
    private let folder: ScriptFolder

    init() async throws {
        folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
    }

    private func run(_ output: String, _ arguments: [String] = [], script: String = "script.swift", environment: [String: String] = [:]) async throws
    {
        let settings = ["XDG_CACHE_HOME": folder.scratch("cache"), "XDG_CONFIG_HOME": folder.scratch("config")].merging(environment) { $1 }
        let run = try await BuiltProgram.run(
            "idrscript", ["run", script, "--output", output] + arguments, in: folder.scratch.path, environment: settings)
        #expect(run.status == 0, "\(run.errors)")
    }

    private func reused(_ output: String) throws -> [[String]] {
        let record = try RecordFolder(reading: folder.scratch(output))
        return try record.completeBatches.flatMap { try record.batch($0).images.map { $0.reused ?? [] } }
    }

    private var isEverythingReused: [[String]] { Array(repeating: ["correct", "segment", "profile"], count: 4) }

    @Test func whyTellsWhatWasChangedAndReproduceComputes() async throws {
        try await run("a")
        // Whether a result was there before a run is told by whole seconds: this run was a minute ago.
        for name in folder.scratch.files(below: "cache") where name.hasSuffix("/entry.json") {
            let entry = String(decoding: try folder.scratch.bytes("cache/" + name), as: UTF8.self)
            let older = entry.replacing(/"fetchedAt":(\d+)/) { "\"fetchedAt\":\((Int($0.1) ?? 0) - 60)" }
            #expect(older != entry)
            try older.write(toFile: folder.scratch("cache/" + name), atomically: false, encoding: .utf8)
        }
        let changed = ScriptFolder.script.replacing("diameter: 27", with: "diameter: 30")
        try folder.write(changed, to: "other.swift")
        try await run("b", script: "other.swift")
        #expect(try reused("b") == Array(repeating: ["correct"], count: 4))
        let why = try await folder.idrscript("why", "b", "2")
        #expect(why.status == 0 && why.output.contains("segment  ran: diameter 27.0 → 30.0"), "\(why.output) \(why.errors)")
        let missing = try await folder.idrscript("why", "b", "4")
        #expect(missing.status == 1 && missing.errors.contains("complete are: 0, 1, 2, 3"), "\(missing.errors)")
        try await run("c", ["--no-cache"])
        #expect(try reused("c") == Array(repeating: [], count: 4))
        try await run("d")
        #expect(try reused("d") == isEverythingReused && folder.contents(of: "d") == folder.contents(of: "c"))
        // What a record says was reused is computed when it is run again, and is what it was.
        let verified = try await folder.idrscript("verify", "d")
        #expect(verified.status == 0, "\(verified.output)")
        let again = try await folder.idrscript("reproduce", "d", "--output", "again")
        #expect(again.status == 0, "\(again.output) \(again.errors)")
        #expect(try reused("again/run") == Array(repeating: [], count: 4))
    }

    @Test func twoProcessesShareTheCache() async throws {
        #expect(try await folder.idrscript("plan", "script.swift").status == 0)
        let running = try ["a", "b"].map { try folder.start("run", "script.swift", "--output", $0) }
        for process in running {
            let ended = try await process.end()
            #expect(ended.status == 0 && !ended.errors.contains("warning"), "\(ended.errors)")
        }
        try await run("c")
        #expect(try reused("c") == isEverythingReused)
        let expected = try folder.contents(of: "c")
        #expect(try folder.contents(of: "a") == expected && folder.contents(of: "b") == expected)
    }

    @Test func settingsThatCannotBeUsedAreNamed() async throws {
        let wrong = try await folder.idrscript("run", "script.swift", "--output", "b", environment: ["IDRKIT_STAGE_CACHE": "/proc/nowhere"])
        #expect(wrong.status == 1 && wrong.errors.contains("the cache cannot be created"), "\(wrong.errors)")
        let limit = try await folder.idrscript("run", "script.swift", "--output", "b", environment: ["IDRKIT_STAGE_CACHE_BYTES": "much"])
        #expect(limit.status == 1 && limit.errors.contains("IDRKIT_STAGE_CACHE_BYTES"), "\(limit.errors)")
    }

    @Test func cleanRemovesOnlyWhatIDRKitKeeps() async throws {
        try await run("a", environment: ["IDRKIT_STAGE_CACHE": folder.scratch("elsewhere")])
        #expect(!FileManager.default.fileExists(atPath: folder.scratch("cache/idrkit/stages")))
        try await run("b")
        let strange = ["cache/idrkit/stages/mine.txt", "cache/idrkit/scripts/mine/notes.txt", "cache/idrkit/downloads/mine", "cache/other/file"]
        for name in strange {
            let url = URL(fileURLWithPath: folder.scratch(name))
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: url)
        }
        let before = folder.scratch.files()
        let shown = try await folder.idrscript("clean")
        #expect(shown.status == 0 && shown.output.contains("stages    keeps ") && shown.output.contains("--all"), "\(shown.output)")
        let json = try await folder.idrscript("clean", "--json")
        let kept = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]] ?? []
        #expect(kept.map { $0["kind"] as? String } == ["stages", "downloads", "scripts", "scripts", "scripts"], "\(json.output)")
        #expect(kept.first?["bytes"] as? Int ?? 0 > 0 && kept.allSatisfy { $0["removedBytes"] as? Int == 0 }, "\(json.output)")
        let dry = try await folder.idrscript("clean", "--all", "--dry-run")
        #expect(dry.output.contains("stages    would remove ") && dry.output.contains("scripts   would remove "), "\(dry.output)")
        #expect(folder.scratch.files() == before)
        let stages = try await folder.idrscript("clean", "--stages")
        #expect(stages.status == 0 && stages.output.contains("stages    removed ") && !stages.output.contains("scripts"), "\(stages.output)")
        #expect(folder.scratch.files(below: "cache/idrkit/stages") == ["mine.txt"])
        #expect(folder.scratch.files(below: "cache/idrkit/scripts").contains { $0.hasSuffix("/script") })
        #expect(try await folder.idrscript("clean", "--all").status == 0)
        // Other programs (the compiler, ONNX Runtime) keep things beside IDRKit's folder.
        let left = folder.scratch.files(below: "cache").filter { $0.hasPrefix("idrkit/") || $0.hasPrefix("other/") }
        // What the compiler reads stays: another process may be compiling.
        #expect(left == (strange.map { String($0.dropFirst(6)) } + ["idrkit/scripts/libraries.modulemap"]).sorted())
        #expect(folder.scratch.files(below: "cache").contains { $0.hasPrefix("clang/") })
        #expect(folder.scratch.files(below: "b") == before.filter { $0.hasPrefix("b/") }.map { String($0.dropFirst(2)) })
        // The other folder is a cache only where the setting says so.
        #expect(folder.scratch.files(below: "elsewhere").count { $0.hasSuffix("/data") } == 12)
        try await run("c")
        #expect(try reused("c") == Array(repeating: [], count: 4))
    }
}
