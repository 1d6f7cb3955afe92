import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// `--sandbox`: a script does its work there as outside, and gets at nothing else.
@Suite(.serialized, .enabled(if: Sandbox.works, "needs bubblewrap and user namespaces: apt-get install bubblewrap")) struct SandboxTests {
    private func record(_ path: String) throws -> RunRecord { try RecordFolder(reading: path).run }

    /// Digests of a run's files but those with times and `run.json`, which says that the sandbox was used.
    private func contents(_ folder: ScriptFolder, _ output: String) throws -> [String: String] {
        try folder.contents(of: output).filter { $0.key != RecordLayout.run }
    }

    @Test func aMirrorGivesTheSameBytesInsideAndOutside() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script + "\nprint(CommandLine.arguments.dropFirst().joined(separator: \",\"))\n")
        let outside = try await folder.idrscript("run", "script.swift", "--output", "outside", "--mirror", "mirror", "--", "a", "--b")
        #expect(outside.status == 0, "\(outside.errors)")
        let inside = try await folder.idrscript("run", "script.swift", "--sandbox", "--output", "inside", "--mirror", "mirror", "--", "a", "--b")
        #expect(inside.status == 0 && inside.output == outside.output, "\(inside.output) \(inside.errors)")
        #expect(try contents(folder, "inside") == contents(folder, "outside"))
        #expect(inside.errors.contains("places of its own") && inside.errors.contains("sandbox: /results is "), "\(inside.errors)")
        for name in [RecordLayout.plan, RecordLayout.environment, RecordLayout.lock, "batch_2/\(RecordLayout.cells)"] {
            #expect(try folder.scratch.bytes("inside/\(name)") == folder.scratch.bytes("outside/\(name)"), "\(name)")
        }
        #expect(try record(folder.scratch("inside")).script.trust == "sandbox" && record(folder.scratch("outside")).script.trust == "own")
        #expect(try Manifest(reading: folder.scratch("inside")).problems(in: folder.scratch("inside")) == [])
        // It goes on where it was, and outside goes on with it.
        let again = try await folder.idrscript("run", "script.swift", "--sandbox", "--output", "inside", "--mirror", "mirror")
        #expect(again.status == 0 && again.errors.contains("skipping 4 batches"), "\(again.errors)")
    }

    @Test(.enabled(if: NginxServer.isAvailable, "needs nginx: apt-get install nginx-light"))
    func aServerGivesTheSameBytesInsideAndOutside() async throws {
        let folder = try await ScriptFolder()
        let (first, second) = (try await ExampleFrames.small(0), try await ExampleFrames.small(1))
        let site = try await ScratchSite(
            folder.scratch("site"), wells: [("A2", "negative control", [first]), ("A3", "negative control", [second])], chunk: (64, 80))
        let web = try NginxServer(serving: site.folder)
        let environment = [
            "IDRKIT_TABLES": "\(web.base)/idr-metadata/{study}/screen{screen}/", "IDRKIT_STUDIES": "\(web.base)/studies.tsv",
            "IDRKIT_ZARR_PLATES": "\(web.base)/ngff_filesets/{accession}.csv", "IDRKIT_ZARR": "\(web.base)/bioimaging-integrator-data/",
            "IDRKIT_FILES": "\(web.base)/pub/databases/IDR/", "IDRKIT_SERVICES": "\(web.base)/", "IDRKIT_SOURCES": "cellh5,ome-zarr",
            "IDRKIT_CATALOG": "tables",
        ]
        try folder.write(ScriptFolder.script.replacing(#", mirror: "mirror""#, with: ""))
        let outside = try await folder.idrscript("run", "script.swift", "--output", "outside", environment: environment)
        #expect(outside.status == 0, "\(outside.errors)")
        let fresh = environment.merging(["IDRKIT_CACHE": folder.scratch("other-cache")]) { $1 }
        let inside = try await folder.idrscript("run", "script.swift", "--sandbox", "--output", "inside", environment: fresh)
        #expect(inside.status == 0 && inside.output == outside.output, "\(inside.errors)")
        #expect(try contents(folder, "inside") == contents(folder, "outside"))
        let input = try RecordFolder(reading: folder.scratch("inside")).batch(0).images[0].input
        #expect(input.source == "cellh5" && input.location.hasPrefix(web.base) && input.transfer.requests > 0)
    }

    /// A record's script needs somebody's word outside, and none in the sandbox.
    @Test func recordsAreReproducedInTheSandbox() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let run = try await folder.idrscript("run", "script.swift", "--output", "out", "--batches", "0,2")
        #expect(run.status == 0, "\(run.errors)")
        let stranger = ["XDG_CONFIG_HOME": folder.scratch("strangers-config")]
        let outside = try await folder.idrscript("reproduce", "out", "--output", "refused", "--mirror", "mirror", environment: stranger)
        #expect(outside.status == 1 && outside.errors.contains("--sandbox"), "\(outside.errors)")
        let inside = try await folder.idrscript("reproduce", "out", "--sandbox", "--output", "again", "--mirror", "mirror", environment: stranger)
        #expect(inside.status == 0 && inside.output.contains("BIT"), "\(inside.status) \(inside.output) \(inside.errors)")
        #expect(try record(folder.scratch("again/run")).script.trust == "sandbox")
        // What the rerun cannot do is in the verdict, as outside.
        try FileManager.default.removeItem(atPath: folder.mirror.movie("A2"))
        let gone = try await folder.idrscript("reproduce", "out", "--sandbox", "--output", "gone", "--mirror", "mirror", environment: stranger)
        #expect(gone.status == 14 && gone.output.contains("UNVERIFIABLE"), "\(gone.status) \(gone.output) \(gone.errors)")
    }

    @Test func plansWriteNothingAndAreTheSame() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let before = folder.scratch.contents
        let inside = try await folder.idrscript("plan", "script.swift", "--json", "--sandbox", "--mirror", "mirror")
        let outside = try await folder.idrscript("plan", "script.swift", "--json", "--mirror", "mirror")
        #expect(inside.status == 0 && inside.output == outside.output && !inside.output.isEmpty, "\(inside.errors)")
        #expect(folder.scratch.contents.filter { !["cache", "config"].contains($0) } == before)
        let page = try await folder.idrscript("plan", "script.swift", "--sandbox", "--mirror", "mirror")
        #expect(page.output.contains("pixels    mirror (<mirror>") && !page.output.contains(folder.scratch.path), "\(page.output)")
    }

    @Test func withoutAnOutputFolderTheRunIsBelowRuns() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let run = try await folder.idrscript("run", "script.swift", "--sandbox", "--mirror", "mirror", "--batches", "0")
        let digest = try SHA256.digest(ofFile: folder.scratch("script.swift")).hex.prefix(12)
        #expect(run.status == 0 && folder.scratch.files(below: "runs/sandbox-\(digest)").contains { $0.hasPrefix("idr0013A-") }, "\(run.errors)")
    }

    @Test func statusesAndMessagesPassThrough() async throws {
        let folder = try await ScriptFolder()
        try folder.write("import Foundation\nprint(\"red: \\u{1B}[31m \\u{202E} \\u{9B}2J \\r x\")\nexit(7)\n")
        let seven = try await folder.idrscript("run", "script.swift", "--sandbox")
        #expect(seven.status == 7 && seven.output == "red: ^[[31m \u{FFFD} \u{FFFD}2J ^M x\n", "\(seven.output) \(seven.errors)")
        try folder.write("import IDRKit\n\nlet x: Int = \"no\"\n", to: "wrong.swift")
        let wrong = try await folder.idrscript("run", "wrong.swift", "--sandbox")
        #expect(wrong.status == 1 && wrong.errors.contains("wrong.swift:3") && !wrong.errors.contains(folder.scratch.path), "\(wrong.errors)")
        try folder.write(ScriptFolder.script)
        try Data("no movie".utf8).write(to: URL(fileURLWithPath: folder.mirror.movie("A3")))
        let failed = try await folder.idrscript("run", "script.swift", "--sandbox", "--output", "out", "--mirror", "mirror")
        #expect(
            failed.status == 3 && failed.errors.contains("1 of 4 images failed, among them all of 1 batch: P_1/A3"), "\(failed.errors)")
        try folder.write("import Foundation\nlet none: [Int] = []\nprint(none[Int(CommandLine.arguments.count)])\n", to: "trap.swift")
        let trap = try await folder.idrscript("run", "trap.swift", "--sandbox")
        #expect(trap.status > 128 && trap.errors.contains("trap.swift:3"), "\(trap.status) \(trap.errors)")
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
    func aStoppedSandboxEndsAndContinues(signal: Int32) async throws {
        let folder = try await ScriptFolder()
        let marker = "marker-\(UUID().uuidString)"
        try folder.write(ScriptFolder.script)
        let running = try folder.start(
            "run", "script.swift", "--sandbox", "--output", "out", "--mirror", "mirror", "--threads", "1", "--", marker)
        try await running.send(signal, onceThereIs: folder.scratch("out/batch_0/record.json"))
        let stopped = try await running.end()
        #expect(stopped.status == 128 + signal, "\(stopped.status) \(stopped.errors)")
        if signal != SIGKILL { #expect(stopped.errors.contains("run again to continue"), "\(stopped.errors)") }
        for _ in 0..<500 where Sandbox.processes(with: marker) > 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(Sandbox.processes(with: marker) == 0)
        let again = try await folder.idrscript("run", "script.swift", "--sandbox", "--output", "out", "--mirror", "mirror")
        #expect(again.status == 0 && again.errors.contains("skipping"), "\(again.errors)")
    }

    @Test func exposedFilesAreReadAndNoOthers() async throws {
        let folder = try await ScriptFolder()
        let weights = ExampleFrames.checkout.appending(path: "Sources/IDRModels/Resources/nuclei-small/nuclei-small.pth").path
        try FileManager.default.createDirectory(atPath: folder.scratch("mine"), withIntermediateDirectories: true)
        for name in ["mine/net.pth", "other.pth"] { try FileManager.default.copyItem(atPath: weights, toPath: folder.scratch(name)) }
        let script = ScriptFolder.script.replacing("diameter: 27", with: "diameter: 27, model: .path(\"mine/net.pth\")")
        try folder.write(script)
        func run(_ more: String...) async throws -> BuiltProgram {
            try await BuiltProgram.run(
                "idrscript", ["run", "script.swift", "--sandbox", "--mirror", "mirror", "--output", "out", "--batches", "0"] + more,
                in: folder.scratch.path,
                environment: ["XDG_CACHE_HOME": folder.scratch("cache")])
        }
        let hidden = try await run()
        #expect(hidden.status == 1 && hidden.errors.contains("--expose mine/net.pth"), "\(hidden.errors)")
        let exposed = try await run("--expose", "mine/net.pth")
        #expect(exposed.status == 0, "\(exposed.errors)")
        let outside = try await folder.idrscript("run", "script.swift", "--mirror", "mirror", "--output", "outside", "--batches", "0")
        #expect(outside.status == 0)
        #expect(try contents(folder, "out") == contents(folder, "outside"))
        try FileManager.default.createSymbolicLink(atPath: folder.scratch("link"), withDestinationPath: "/etc/hostname")
        for (path, reason) in [
            ("/etc/hostname", "does not lie in"), ("link", "does not lie in"), ("mine", "no plain file"), ("gone", "no file gone"),
        ] {
            let refused = try await run("--expose", path)
            #expect(refused.status == 1 && refused.errors.contains(reason), "\(path) \(refused.errors)")
        }
        let alone = try await folder.idrscript("run", "script.swift", "--expose", "mine/net.pth")
        #expect(alone.status == 64 && alone.errors.contains("--expose goes with --sandbox"))
    }

    @Test func foldersWithOtherFilesAreNotGivenToAScript() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        for output in [".", "mirror"] {
            let run = try await folder.idrscript("run", "script.swift", "--sandbox", "--mirror", "mirror", "--output", output)
            #expect(run.status == 1 && run.errors.contains("holds other files"), "\(run.errors)")
        }
    }

    /// The compiler on the PATH may be a link, or a program that stands for one elsewhere.
    @Test(arguments: ["link", "proxy"])
    func theToolchainIsFoundWhereItReallyIs(kind: String) async throws {
        let folder = try await ScriptFolder()
        let swift = try #require(Sandbox.folder(of: "swiftc")) + "/swiftc"
        let bin = folder.scratch("bin")
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        if kind == "link" {
            try FileManager.default.createSymbolicLink(atPath: bin + "/swiftc", withDestinationPath: swift)
        } else {
            try "#!/bin/sh\nexec \(swift) \"$@\"\n".write(toFile: bin + "/swiftc", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bin + "/swiftc")
        }
        try folder.write("import IDRKit\nprint(\"\(kind)\")\n")
        let run = try await folder.idrscript("run", "script.swift", "--sandbox", environment: ["PATH": "\(bin):/usr/bin:/bin"])
        #expect(run.status == 0 && run.output == "\(kind)\n", "\(run.errors)")
    }

    @Test func withoutBubblewrapNothingRuns() async throws {
        let folder = try await ScriptFolder()
        try folder.write("print(\"ran\")\n")
        let swift = try #require(Sandbox.folder(of: "swiftc"))
        let none = try await folder.idrscript("run", "script.swift", "--sandbox", environment: ["PATH": swift])
        #expect(none.status == 1 && none.output.isEmpty && none.errors.contains("apt-get install bubblewrap"), "\(none.errors)")
        // One that cannot make a sandbox.
        let bin = folder.scratch("bin")
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        for (message, advice) in [("bwrap: No permissions to create new namespace", "user"), ("bwrap: Unknown option --disable-userns", "0.8")] {
            try "#!/bin/sh\necho '\(message)' >&2\nexit 1\n".write(toFile: bin + "/bwrap", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bin + "/bwrap")
            let broken = try await folder.idrscript("run", "script.swift", "--sandbox", environment: ["PATH": "\(bin):\(swift):/usr/bin:/bin"])
            #expect(
                broken.status == 1 && broken.output.isEmpty && broken.errors.contains(message) && broken.errors.contains(advice), "\(broken.errors)")
        }
    }
}

enum Sandbox {
    /// Whether sandboxes can be made here; says so where not.
    static let works: Bool = {
        guard let program = folder(of: "bwrap").map({ $0 + "/bwrap" }) else {
            print("bubblewrap is not installed: the tests of the sandbox are skipped")
            return false
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--unshare-all", "--unshare-user", "--disable-userns", "--ro-bind", "/", "/", program, "--version"]
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        if process.terminationStatus != 0 { print("user namespaces are off: the tests of the sandbox are skipped") }
        return process.terminationStatus == 0
    }()

    /// The first folder of the PATH that has `program`.
    static func folder(of program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.first { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// How many processes of this machine have `word` among their arguments.
    static func processes(with word: String) -> Int {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { Int($0) != nil }.count { number in
            FileManager.default.contents(atPath: "/proc/\(number)/cmdline").map { String(decoding: $0, as: UTF8.self).contains(word) } ?? false
        }
    }
}
