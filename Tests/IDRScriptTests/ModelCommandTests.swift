import Foundation
import IDRFiles
import IDRImaging
import IDRModels
import IDRPlan
import TestSupport
import Testing

/// `models`, as a person meets it.
@Suite(.serialized) struct ModelCommandTests {
    private static func fixture(_ name: String) -> String { ExampleFrames.checkout.appending(path: "Tests/Fixtures/\(name)").path }
    private static let network = fixture("segmentation_illumination/cpnet_reduced_trained.pth")
    private static let sizeModel = fixture("segmentation_illumination/size_reduced.npy")
    private static let b0 = fixture("features/efficientnet_b0_wS.h5")

    /// What is in the user's folder but the lock.
    private func models(_ scratch: ScratchFolder) -> [String] { scratch.files(below: "data/idrkit/models").filter { !$0.hasPrefix(".lock") } }

    @Test func aModelIsAddedListedShownAndRemoved() async throws {
        let desk = try Desk()
        let added = try await desk.idrscript("models", "add", "my-nuclei", Self.network, Self.sizeModel)
        #expect(added.status == 0 && added.output.contains(".segment(model: .named(\"my-nuclei\"))"), "\(added.output) \(added.errors)")
        let digest = try SHA256.digest(ofFile: Self.network).hex
        #expect(added.output.contains("Cellpose network") && added.output.contains(digest) && added.output.contains("no card was given"))
        #expect(models(desk.scratch) == ["MODEL_CARD.md", "cpnet_reduced_trained.pth", "size_reduced.npy"].map { "my-nuclei/" + $0 })

        let list = try await desk.idrscript("models")
        let line = list.output.split(separator: "\n").first { $0.hasPrefix("my-nuclei") } ?? ""
        #expect(line.contains(" you ") && line.contains("Cellpose network") && line.hasSuffix(digest), "\(list.output)")
        let json = try await desk.idrscript("models", "list", "--json")
        let all = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]] ?? []
        #expect(all.map { $0["name"] as? String } == ["efficientnet-lite0", "my-nuclei", "nuclei-2", "nuclei-small"], "\(json.output)")
        #expect(all.map { $0["origin"] as? String } == ["shipped", "own", "shipped", "shipped"])
        let files = all.first { $0["name"] as? String == "my-nuclei" }?["files"] as? [[String: Any]] ?? []
        #expect(files.map { $0["kind"] as? String } == ["cellpose-network", "size-model"] && files.first?["sha256"] as? String == digest)

        let card = try await desk.idrscript("models", "show", "my-nuclei")
        #expect(card.status == 0 && card.output.contains("No model card was given") && card.output.contains(digest))
        let removed = try await desk.idrscript("models", "remove", "my-nuclei")
        #expect(removed.status == 0 && removed.output.hasPrefix("removed  my-nuclei") && models(desk.scratch).isEmpty, "\(removed.errors)")
        let shipped = try await desk.idrscript("models", "remove", "nuclei-small")
        #expect(shipped.status == 1 && shipped.errors.contains("not one of yours"), "\(shipped.errors)")
    }

    @Test func whatIsRefusedChangesNothing() async throws {
        let desk = try Desk()
        #expect(try await desk.idrscript("models", "add", "mine", Self.b0).status == 0)
        let before = models(desk.scratch)
        let refusals: [([String], Int32, String)] = [
            (["add", "nuclei-small", Self.network, "--replace"], 1, "IDRKit has it"), (["add", "mine", Self.network], 1, "--replace"),
            (["add", "../mine", Self.network], 1, "a model cannot be called"), (["add", "other", Self.network, Self.b0], 1, "one network"),
            (["add", "other", Self.sizeModel], 1, "a size model alone"), (["add", "other"], 64, "Missing expected argument"),
            (["add", "other", "nowhere.pth"], 1, "nowhere.pth"), (["add", "other", Self.network, "--card", "nowhere.md"], 1, "nowhere.md"),
            (["pull", "other", "https://127.0.0.1/n.pth"], 64, "--sha256"),
            (["pull", "other", "https://127.0.0.1/n.pth", "--sha256", "abc"], 64, "64 hexadecimal digits"),
            (["pull", "other", "https://127.0.0.1/n.pth", "https://127.0.0.1/n.npy", "--sha256", Self.digest], 64, "2 addresses and 1 digest"),
            (["pull", "other", "http://192.0.2.1/n.pth", "--sha256", Self.digest], 1, "http is not encrypted"),
            (["pull", "other", "file:///n.pth", "--sha256", Self.digest], 1, "an address cannot be used"),
            (["pull", "other", "https://127.0.0.1/..%2fn.pth", "--sha256", Self.digest], 1, "it could lead out of its folder"),
            (["remove", "other"], 1, "yours are: mine"),
        ]
        for (arguments, status, reason) in refusals {
            let result = try await BuiltProgram.run(
                "idrscript", ["models"] + arguments, in: desk.scratch.path, environment: ["XDG_DATA_HOME": desk.scratch("data")])
            #expect(result.status == status && result.errors.contains(reason) && result.output.isEmpty, "\(arguments) \(result.errors)")
        }
        #expect(models(desk.scratch) == before)
        let replaced = try await desk.idrscript("models", "add", "mine", Self.network, "--replace")
        #expect(replaced.status == 0 && models(desk.scratch) == ["mine/MODEL_CARD.md", "mine/cpnet_reduced_trained.pth"], "\(replaced.errors)")
    }

    private static let digest = String(repeating: "0", count: 64)

    @Test func theFolderIsBelowHomeAndNeedsOne() async throws {
        let desk = try Desk()
        let home = try await BuiltProgram.run(
            "/usr/bin/env", ["-u", "XDG_DATA_HOME", "HOME=\(desk.scratch("home"))", Self.program, "models", "add", "mine", Self.b0],
            in: desk.scratch.path)
        #expect(home.status == 0, "\(home.errors)")
        #expect(desk.scratch.files(below: "home/.local/share/idrkit/models/mine") == ["MODEL_CARD.md", "efficientnet_b0_wS.h5"])
        let none = try await BuiltProgram.run(
            "/usr/bin/env", ["-u", "XDG_DATA_HOME", "-u", "HOME", Self.program, "models", "add", "mine", Self.b0], in: desk.scratch.path)
        #expect(none.status == 1 && none.errors.contains("neither HOME nor XDG_DATA_HOME is set"), "\(none.errors)")
        let list = try await BuiltProgram.run("/usr/bin/env", ["-u", "XDG_DATA_HOME", "-u", "HOME", Self.program, "models"], in: desk.scratch.path)
        #expect(list.status == 0 && list.output.contains("nuclei-small"), "\(list.errors)")
    }

    private static let program = BuiltProgram.folder.appending(path: "idrscript").path

    @Test func aModelIsPulled() async throws {
        let desk = try Desk()
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: Self.b0)))
        let server = try LoopbackServer { request in
            request.path.contains("gone") ? LoopbackServer.answer(404) : LoopbackServer.file(bytes, request)
        }
        let digest = try SHA256.digest(of: bytes).hex
        try desk.write("# Features\n", to: "card.md")
        let pulled = try await desk.idrscript("models", "pull", "features", "\(server.base)/b0.h5", "--sha256", digest, "--card", "card.md")
        #expect(pulled.status == 0 && pulled.output.contains(".profile(checkpoint: .named(\"features\"))"), "\(pulled.output) \(pulled.errors)")
        #expect(models(desk.scratch) == ["features/MODEL_CARD.md", "features/b0.h5"])
        #expect(try await desk.idrscript("models", "show", "features").output == "# Features\n")
        let wrong = try await desk.idrscript("models", "pull", "other", "\(server.base)/b0.h5", "--sha256", Self.digest)
        #expect(wrong.status == 1 && wrong.errors.contains(Self.digest) && wrong.errors.contains(digest), "\(wrong.errors)")
        let gone = try await desk.idrscript("models", "pull", "other", "\(server.base)/gone.h5", "--sha256", digest)
        #expect(gone.status == 1 && gone.errors.contains("the server does not have it"), "\(gone.errors)")
        #expect(models(desk.scratch) == ["features/MODEL_CARD.md", "features/b0.h5"])
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aPullThatIsStoppedLeavesNothing(signal: Int32) async throws {
        let desk = try Desk()
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: Self.b0)))
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n"
        let flag = desk.scratch("begun")
        let server = try LoopbackServer { _ in
            _ = FileManager.default.createFile(atPath: flag, contents: nil)
            return [.send(Array(head.utf8) + bytes.prefix(100_000)), .wait(seconds: 600)]
        }
        let running = try BuiltProgram.start(
            "idrscript", ["models", "pull", "other", "\(server.base)/b0.h5", "--sha256", Self.digest], in: desk.scratch.path,
            environment: ["XDG_DATA_HOME": desk.scratch("data"), "XDG_CACHE_HOME": desk.scratch("cache")])
        try await running.send(signal, onceThereIs: flag)
        let stopped = try await running.end()
        #expect(stopped.status == 128 + signal && stopped.errors.contains("nothing was added"), "\(stopped.status) \(stopped.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: desk.scratch("data/idrkit/models")) == [])
    }

    /// A limit of the file size stands for a full disk.
    @Test func aFullDiskLeavesNothingHalfWritten() async throws {
        let desk = try Desk()
        let limited = "trap '' XFSZ; ulimit -f 1000; exec \"$0\" models add mine \"$1\""
        let result = try await BuiltProgram.run(
            "/bin/bash", ["-c", limited, Self.program, Self.b0], in: desk.scratch.path, environment: ["XDG_DATA_HOME": desk.scratch("data")])
        #expect(result.status == 1 && result.errors.contains("cannot be written"), "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: desk.scratch("data/idrkit/models")) == [])
    }

    @Test func theDoctorTriesTheUsersModels() async throws {
        let desk = try Desk()
        let none = try await desk.idrscript("doctor", "--offline")
        #expect(none.status == 0 && !none.output.contains("models of yours"), "\(none.output)")
        #expect(try await desk.idrscript("models", "add", "mine", Self.b0).status == 0)
        let one = try await desk.idrscript("doctor", "--offline")
        #expect(one.status == 0 && one.output.contains("ok        models of yours: 1 (mine)"), "\(one.output)")
        try desk.write("no weights", to: "data/idrkit/models/mine/efficientnet_b0_wS.h5")
        try desk.write("a card alone", to: "data/idrkit/models/empty/MODEL_CARD.md")
        let ill = try await desk.idrscript("doctor", "--offline")
        #expect(ill.status == 1 && ill.output.contains("problem   model mine: ") && ill.output.contains("models remove mine"), "\(ill.output)")
        #expect(ill.output.contains("problem   model empty: model empty has no weights"), "\(ill.output)")
        // The list shows what there is all the same.
        let list = try await desk.idrscript("models")
        #expect(list.status == 0 && list.output.contains("efficientnet_b0_wS.h5") && list.output.contains("empty"), "\(list.output)")
    }

    /// Tables by name, of a run's batches.
    private func tables(_ folder: ScriptFolder, _ output: String) throws -> [String: String] {
        try folder.contents(of: output).filter { $0.key.hasSuffix(".csv.gz") }
    }

    private static func script(_ segment: String, _ profile: String = "") -> String {
        """
        import IDRKit

        let wells = screen("idr0013A", mirror: "mirror").wells("A2").frame(2).correct()
        print(try await wells.segment(\(segment)).profile(\(profile)).run(batchSize: 1).cellCount)
        """
    }

    private func run(_ folder: ScriptFolder, _ script: String, _ output: String, _ options: String...) async throws {
        try folder.write(script, to: "\(output).swift")
        let result = try await BuiltProgram.run(
            "idrscript", ["run", "\(output).swift", "--output", output] + options, in: folder.scratch.path,
            environment: [
                "XDG_DATA_HOME": folder.scratch("data"), "XDG_CACHE_HOME": folder.scratch("cache"), "XDG_CONFIG_HOME": folder.scratch("config"),
            ])
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func aNamedModelGivesTheTableOfItsFiles() async throws {
        let folder = try await ScriptFolder()
        try folder.write("# Mine\n", to: "card.md")
        let added = try await folder.idrscript("models", "add", "my-nuclei", Self.network, Self.sizeModel, "--card", "card.md")
        #expect(added.status == 0, "\(added.errors)")
        #expect(try await folder.idrscript("models", "add", "b0", Self.b0).status == 0)
        try await run(folder, Self.script("model: .named(\"my-nuclei\")", "checkpoint: .named(\"b0\")"), "named")
        let paths = (segment: "model: .path(\"\(Self.network)\"), sizeModel: .path(\"\(Self.sizeModel)\")", profile: "checkpoint: \"\(Self.b0)\"")
        try await run(folder, Self.script(paths.segment, paths.profile), "paths", "--no-cache")
        let expected = try tables(folder, "paths")
        #expect(try expected.count == 1 && tables(folder, "named") == expected)
        #expect(try folder.scratch.bytes("named/models/segmentation/MODEL_CARD.md") == Array("# Mine\n".utf8))
        #expect(String(decoding: try folder.scratch.bytes("named/models/profiling/MODEL_CARD.md"), as: UTF8.self).contains("No model card was given"))
        let (plan, manifest) = (try folder.scratch.bytes("named/plan.json"), try folder.scratch.bytes("named/manifest.json"))
        #expect(String(decoding: plan, as: UTF8.self).contains("my-nuclei"))
        for text in [plan, manifest] { #expect(!String(decoding: text, as: UTF8.self).contains(folder.scratch.path)) }

        // It goes into a bundle, and whoever has the files under other names can repeat the run.
        let bundle = try await folder.idrscript("bundle", "named", "-o", "named.zip", "--with-models")
        #expect(bundle.status == 0 && bundle.output.contains("cpnet_reduced_trained.pth"), "\(bundle.errors)")
        #expect(try await folder.idrscript("models", "remove", "my-nuclei").status == 0)
        let gone = try await folder.idrscript("reproduce", "named", "--output", "gone")
        #expect(gone.status == 14 && gone.output.contains("models add"), "\(gone.status) \(gone.output) \(gone.errors)")
        #expect(try await folder.idrscript("models", "add", "other", Self.network, Self.sizeModel).status == 0)
        let again = try await folder.idrscript("reproduce", "named", "--output", "again", "--mirror", "mirror")
        #expect(again.status == 0 && again.output.contains("BIT"), "\(again.status) \(again.output) \(again.errors)")
    }

    @Test func withoutItsSizeModelANamedNetworkNeedsTheDiameter() async throws {
        let folder = try await ScriptFolder()
        let added = try await folder.idrscript("models", "add", "my-nuclei", Self.network)
        #expect(added.output.contains(".segment(diameter: PIXELS, model: .named(\"my-nuclei\"))"), "\(added.errors)")
        try folder.write(Self.script("model: .named(\"my-nuclei\")"))
        let plan = try await folder.idrscript("plan", "script.swift")
        #expect(
            plan.status == 1 && plan.errors.contains("model my-nuclei has no size model") && plan.errors.contains("diameter:"), "\(plan.errors)")
        try folder.write(Self.script("diameter: 27, model: .named(\"my-nuclei\")"))
        let given = try await folder.idrscript("plan", "script.swift")
        #expect(try given.status == 0 && given.output.contains(SHA256.digest(ofFile: Self.network).hex), "\(given.errors)")
        // A network that describes is none that finds, and the other way round.
        try folder.write(Self.script("diameter: 27", "checkpoint: .named(\"my-nuclei\")"))
        let other = try await folder.idrscript("run", "script.swift")
        #expect(other.status == 1 && other.errors.contains("EfficientNet-Lite0"), "\(other.errors)")
    }

    @Test(.enabled(if: Sandbox.works, "needs bubblewrap and user namespaces: apt-get install bubblewrap"))
    func namedModelsAreInTheSandbox() async throws {
        let folder = try await ScriptFolder()
        #expect(try await folder.idrscript("models", "add", "my-nuclei", Self.network, Self.sizeModel).status == 0)
        #expect(try await folder.idrscript("models", "add", "b0", Self.b0).status == 0)
        let script = Self.script("model: .named(\"my-nuclei\")", "checkpoint: .named(\"b0\")")
        try await run(folder, script, "outside")
        try await run(folder, script, "inside", "--sandbox", "--mirror", "mirror")
        let inside = try tables(folder, "inside")
        #expect(try inside.count == 1 && inside == tables(folder, "outside"))
        for role in ["segmentation", "profiling"] {
            let card = "models/\(role)/MODEL_CARD.md"
            #expect(try folder.scratch.bytes("inside/\(card)") == folder.scratch.bytes("outside/\(card)"))
        }
    }
}
