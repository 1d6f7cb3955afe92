import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

/// Typical errors, whole, as the person at the terminal sees them.
struct ErrorSnapshotTests {
    /// Each case is an argument: one script is compiled, and the error names the line of its case.
    private static let script = """
        import IDRKit

        struct NoSuchDye: Error { let name: String }
        let here = screen("idr0013A", mirror: "mirror")

        switch CommandLine.arguments[1] {
        case "unknown-screen":
            _ = try await screen("idr0016A", mirror: "mirror").controls().frame(2).segment().profile().run()
        case "no-screen-name":
            _ = try await screen("13", mirror: "mirror").controls().frame(2).segment().profile().run()
        case "missing-mirror":
            _ = try await screen("idr0013A", mirror: "nowhere").controls().frame(2).segment().profile().run()
        case "unknown-well":
            _ = try await here.wells("A2", "H9").frame(2).segment().profile().run()
        case "unknown-plate":
            _ = try await here.plates("P_2").controls().frame(2).segment().profile().run()
        case "unknown-column":
            _ = try await here.where("Gene", is: "KIF11").frame(2).segment().profile().run()
        case "no-well-left":
            _ = try await here.wells("A2").controls(.positive).frame(2).segment().profile().run()
        case "frame-zero":
            _ = try await here.controls().frame(0).segment().profile().run()
        case "frame-beyond-the-movie":
            _ = try await here.wells("A2").frame(9).segment(diameter: 27).profile().run()
        case "unknown-field":
            _ = try await here.wells("A2").fields(2).frame(2).segment(diameter: 27).profile().run()
        case "unknown-model":
            _ = try await here.controls().frame(2).segment(model: .named("nuclei-large")).profile().run()
        case "missing-model-file":
            _ = try await here.controls().frame(2).segment(model: .path("nuclei.pth")).profile().run()
        case "model-of-another-kind":
            _ = try await here.controls().frame(2).segment().profile(checkpoint: .nucleiSmall).run()
        case "unknown-channel":
            _ = try await here.wells("A2").frame(2).segment(channel: "DAPI", diameter: 27).profile().run()
        case "channel-beyond-the-movie":
            _ = try await here.wells("A2").frame(2).segment(channel: 3, diameter: 27).profile().run()
        case "impossible-batch-size":
            _ = try await here.controls().frame(2).segment().profile().run(batchSize: 0)
        case "missing-profiling-config":
            _ = try await here.controls().frame(2).segment().profile(config: "profiling.json").run()
        case "bad-profiling-config":
            _ = try await here.controls().frame(2).segment().profile(config: "bad.json").run()
        case "missing-movie":
            _ = try await here.wells("B2").frame(2).segment(diameter: 27).profile().run()
        case "damaged-movie":
            _ = try await here.wells("B3").frame(2).segment(diameter: 27).profile().run()
        case "error-of-the-script":
            throw NoSuchDye(name: "GFP")
        default:
            _ = try await here.controls().frame(2).segment(diameter: 27).profile().run(batchSize: 1)
        }
        """

    /// A wrong call on each line, so that the compiler is asked once. What follows a wrong call is right, and must not be complained of.
    private static let wrongOrders = #"""
        import IDRKit

        let here = screen("idr0013A")
        _ = here.correct()
        _ = here.correct(.compat)
        _ = here.segment()
        _ = here.segment(diameter: 27, model: .path("nuclei.pth"))
        _ = here.profile()
        _ = here.profile(outlines: true)
        _ = here.controls().correct().frame(18)
        _ = here.controls().correct().frame(18).segment().profile()
        _ = try await here.controls().correct().segment().profile().run()
        _ = here.frame(2).profile()
        _ = here.frame(2).correct().profile(checkpoint: "features.onnx")
        _ = here.frame(2).correct().profile(checkpoint: .named("features"))
        _ = here.frame(2).frame(3)
        _ = here.frame(2).frames(3...4).correct()
        _ = here.frame(2).correct().frames(3, 4)
        _ = here.frame(2).segment().frame(3)
        _ = here.frame(2).controls()
        _ = here.frame(2).wells("A2").correct().segment().profile()
        _ = here.frame(2).correct().controls(.negative)
        _ = here.frame(2).correct().plates("LT0001_02")
        _ = here.frame(2).correct().excluding(wells: "A1").segment()
        _ = here.frame(2).correct().segment().where("Gene Symbol", is: "KIF11")
        _ = here.frame(2).correct().segment().first(3)
        _ = here.frame(2).correct().segment().profile().fields(1, 2)
        _ = here.frame(2).correct().segment().profile().fields(1...2)
        _ = here.frame(2).correct().segment().profile().slice(2)
        _ = here.frame(2).correct().correct()
        _ = here.frame(2).segment().correct()
        _ = here.frame(2).segment().profile().correct()
        _ = here.frame(2).segment().segment(diameter: 27)
        _ = here.frame(2).segment().profile().segment()
        _ = here.frame(2).segment().profile().profile(channels: [2])
        _ = here.frame(2).segment().profile().profile(checkpoint: .named("features"))
        _ = try await here.run()
        _ = try await here.frame(2).run()
        _ = try await here.frame(2).correct().run(batchSize: 2)
        _ = try await here.frame(2).segment().run()
        _ = here.frame(2).segment().profile().cellCount
        _ = here.frame(2).segment().profile().batches.map(\.cells)
        _ = here.frame(2).segment().profile().tables
        _ = try await here.frame(2).segment().profile().aggregated(by: .well)
        _ = try await here.frame(2).segment().profile().singleCells()
        _ = try await here.frame(2).segment().profile().image(of: "A2")
        let count: Int = "three"
        """#

    private func write(_ text: String, to name: String, in folder: ScriptFolder) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.scratch(name)))
    }

    /// The errors that a script meets when it runs.
    @Test func errorsOfScripts() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script, to: "errors.swift")
        try write("{\"prepare\": 3}", to: "bad.json", in: folder)
        try FileManager.default.removeItem(atPath: folder.mirror.movie("B2"))
        try Data("<html>not found</html>".utf8).write(to: URL(fileURLWithPath: folder.mirror.movie("B3")))
        // Compiled once before the cases run beside each other.
        #expect(try await folder.idrscript("plan", "errors.swift", "--", "none").status == 0)
        let cases = Self.script.matches(of: /case "([a-z-]+)":/).map { String($0.1) }
        #expect(cases.count == 21)
        var commands = cases.map { ShownCommand("errors/script/\($0)", "run", "errors.swift", "--output", "out/\($0)", "--", $0) }
        commands.append(ShownCommand("errors/script/batch-beyond-the-run", "run", "errors.swift", "--batches", "1,9", "--", "none"))
        commands.append(ShownCommand("errors/script/no-lock", "run", "errors.swift", "--locked", "--", "none"))
        commands.append(ShownCommand("errors/script/setting", "run", "errors.swift", "--", "none", environment: ["IDRKIT_STAGE_CACHE_BYTES": "much"]))
        let snapshots = try await ShownCommand.snapshots(
            commands, in: folder.scratch.path, environment: folder.settings, ShownCommand.places(folder.scratch) + [.seconds])
        try Snapshot.check(snapshots, whole: "errors/script")
    }

    /// A wrong order of stages, and a type error: messages of the compiler without the lines that it shows, which are the toolchain's.
    @Test func errorsOfTheCompiler() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.wrongOrders, to: "orders.swift")
        let result = try await folder.idrscript("plan", "orders.swift", environment: ["NO_COLOR": "1"])
        let errors = result.errors.split(separator: "\n").filter { $0.contains(" error: ") || $0.hasPrefix("Error:") }
        // One error a line, and the last one alone is Swift's own.
        let lines = errors.compactMap { $0.firstMatch(of: /^orders\.swift:([0-9]+):/).flatMap { Int($0.1) } }
        #expect(lines.sorted() == Array(4...Self.wrongOrders.split(separator: "\n", omittingEmptySubsequences: false).count), "\(lines)")
        #expect(errors.filter { !$0.contains(" is unavailable: ") }.count == 1, "\(errors)")
        try Snapshot("errors/compiler/wrong-order", errors.joined(separator: "\n") + "\n(status \(result.status))\n").check()
    }

    /// The errors of commands that compile nothing.
    @Test func errorsOfCommands() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Desk.script)
        try Data([0x69, 0xF6, 0x0A]).write(to: URL(fileURLWithPath: folder.scratch("latin.swift")))
        try write("no weights\n", to: "notes.pth", in: folder)
        try write("no bundle\n", to: "notes.zip", in: folder)
        try write("sources: files\n", to: "text-config.json", in: folder)
        try write("{\"sorces\": [\"files\"]}\n", to: "near-config.json", in: folder)
        try write("{\"cacheBytes\": \"much\"}\n", to: "type-config.json", in: folder)
        let snapshots = try await ShownCommand.snapshots(
            Self.wrongCommands + Self.wrongSettings, in: folder.scratch.path, environment: folder.settings, ShownCommand.places(folder.scratch))
        try Snapshot.check(snapshots, whole: "errors/command")
    }

    private static let wrongCommands = [
        ShownCommand("errors/command/unknown", "walk", "script.swift"),
        ShownCommand("errors/command/unknown-option", "run", "script.swift", "--speed", "9"),
        ShownCommand("errors/command/no-script", "run"),
        ShownCommand("errors/command/missing-script", "run", "none.swift"),
        ShownCommand("errors/command/script-is-not-text", "run", "latin.swift"),
        ShownCommand("errors/command/no-threads", "run", "script.swift", "--threads", "0"),
        ShownCommand("errors/command/no-batch-number", "run", "script.swift", "--batches", "1,x"),
        ShownCommand("errors/command/cannot-be-kept", "run", "script.swift", "--keep", "flows"),
        ShownCommand("errors/command/compiler-flag", "run", "script.swift", "-Xswiftc", "-load-plugin-library=x"),
        ShownCommand("errors/command/unknown-source", "plan", "script.swift", "--sources", "ftp"),
        ShownCommand("errors/command/offline-and-refresh", "plan", "script.swift", "--offline", "--refresh"),
        ShownCommand("errors/command/no-folder", "-C", "nowhere", "ls"),
        ShownCommand("errors/command/screen-unknown", "screen", "idr0016A", "--mirror", "mirror"),
        ShownCommand("errors/command/screen-missing-mirror", "screen", "idr0013A", "--mirror", "nowhere"),
        ShownCommand("errors/command/screen-no-name", "screen", "13", "--mirror", "mirror"),
        ShownCommand("errors/command/screen-offline", "screen", "idr0013A", "--offline"),
        ShownCommand("errors/command/models-unknown", "models", "show", "nuclei"),
        ShownCommand("errors/command/models-no-weights", "models", "add", "mine", "notes.pth"),
        ShownCommand("errors/command/models-not-added", "models", "remove", "nuclei-small"),
        ShownCommand("errors/command/unpack-no-bundle", "unpack", "notes.zip"),
        ShownCommand("errors/command/import-missing", "import", "none.ipynb"),
    ]

    private static let wrongSettings = [
        ("missing", "none.json"), ("not-json", "text-config.json"), ("unknown-entry", "near-config.json"), ("other-type", "type-config.json"),
    ].map { ShownCommand("errors/command/configuration-\($0)", "screen", "idr0013A", "--mirror", "mirror", environment: ["IDRKIT_CONFIG": $1]) }

    /// Records that are none, or not what they were.
    @Test func errorsOfRecords() async throws {
        let desk = try Desk()
        for name in ["record", "damaged", "truncated", "newer"] { try await desk.writeRecord(name) }
        var partial = SampleRecord()
        partial.failed = [1]
        try await partial.write(to: desk.scratch("partial"))
        try desk.write("no record\n", to: "notes/notes.txt")
        try edit("damaged/batch_0/record.json", desk) { $0.replacing("\"threads\" : 2", with: "\"threads\" : 3") }
        try edit("truncated/run.json", desk) { String($0.prefix(40)) }
        for file in ["newer/run.json", "newer/plan.json"] {
            try edit(file, desk) { $0.replacing(/"format" : [0-9]+/, with: "\"format\" : 99") }
        }
        let commands = [
            ShownCommand("errors/record/none", "verify", "notes"), ShownCommand("errors/record/missing", "diff", "nowhere", "record"),
            ShownCommand("errors/record/damaged", "verify", "damaged"), ShownCommand("errors/record/truncated", "why", "truncated", "0"),
            ShownCommand("errors/record/truncated-verified", "verify", "truncated"), ShownCommand("errors/record/newer", "why", "newer", "0"),
            ShownCommand("errors/record/newer-verified", "verify", "newer"),
            ShownCommand("errors/record/no-such-batch", "why", "record", "9"),
            ShownCommand("errors/record/other-digest", "verify", "record", "--digest", String(repeating: "0", count: 64)),
            ShownCommand("errors/record/not-signed", "verify", "record", "--allowed-signers", "signers"),
            ShownCommand("errors/record/partial", "publish", "partial", "--to", "published"),
            ShownCommand("errors/record/script-from-elsewhere", "run", "record/script.swift"),
        ]
        // A digest covers the tables, whose bytes are HDF5's as well.
        let digest = try SHA256.digest(ofFile: desk.scratch("record/manifest.json")).hex
        let snapshots = try await ShownCommand.snapshots(
            commands, in: desk.scratch.path,
            environment: [
                "XDG_CONFIG_HOME": desk.scratch("config"), "XDG_CACHE_HOME": desk.scratch("cache"), "XDG_DATA_HOME": desk.scratch("data"),
            ], ShownCommand.places(desk.scratch) + [.text(digest, "record")])
        try Snapshot.check(snapshots, whole: "errors/record")
    }

    private func edit(_ file: String, _ desk: Desk, _ change: (String) -> String) throws {
        let text = String(decoding: try desk.scratch.bytes(file), as: UTF8.self)
        let changed = change(text)
        #expect(changed != text, "\(file)")
        try desk.write(changed, to: file)
    }
}
