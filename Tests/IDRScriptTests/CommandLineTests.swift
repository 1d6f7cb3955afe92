import Foundation
import IDRFiles
import IDRImaging
import IDRNotebook
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Options, help and exit statuses.
@Suite(.serialized) struct CommandLineTests {
    @Test(arguments: [
        (["run"], "Missing expected argument '<script>'"),
        (["run", "s.swift", "--threads", "0"], "--threads takes a number from 1"),
        (["run", "s.swift", "--threads", "many"], "many"),
        (["run", "s.swift", "--batch-size", "0"], "--batch-size takes a number from 1"),
        (["run", "s.swift", "--batches", "1,x"], "'x' is not a batch number"),
        (["run", "s.swift", "--batches=-1"], "'-1' is not a batch number"),
        (["run", "s.swift", "--start-batch=-1"], "--start-batch takes a number from 0"),
        (["run", "s.swift", "--keep", "masks,flows"], "'flows' cannot be kept; choose from masks, frames"),
        (["walk", "s.swift"], "walk"),
        (["run", "s.swift", "--speed", "9"], "--speed"),
    ])
    func wrongCommandLinesAreExplained(arguments: [String], reason: String) async throws {
        let scratch = try ScratchFolder()
        let result = try await BuiltProgram.run("idrscript", arguments, in: scratch.path)
        #expect(result.status == 64 && result.errors.contains(reason) && result.errors.contains("Usage:"), "\(result.status) \(result.errors)")
        #expect(result.output.isEmpty && scratch.contents.isEmpty)
    }

    @Test func helpHasExamplesAndExitStatuses() async throws {
        let help = try await BuiltProgram.run("idrscript", ["--help"], in: NSTemporaryDirectory())
        #expect(help.status == 0 && help.output.contains("EXAMPLES") && help.output.contains("EXIT STATUS"))
        let run = try await BuiltProgram.run("idrscript", ["run", "--help"], in: NSTemporaryDirectory())
        for option in ["--output", "--threads", "--batch-size", "--batches", "--start-batch", "--keep", "--mirror"] {
            #expect(run.output.contains(option))
        }
        #expect(run.output.contains("idrscript run screen.swift --batches 35,105,255"))
    }

    @Test func modelsAreListedWithTheirDigestsAndCards() async throws {
        let list = try await BuiltProgram.run("idrscript", ["models"], in: NSTemporaryDirectory())
        let weights = ExampleFrames.checkout.appending(path: "Sources/IDRModels/Resources/nuclei-small/nuclei-small.pth").path
        let digest = try SHA256.digest(ofFile: weights).hex
        let lines = list.output.split(separator: "\n").filter { $0.contains(" nuclei-small.pth ") }
        // It lies in two folders of a checkout, and is one file.
        #expect(list.status == 0 && lines.count == 1 && lines[0].contains("Cellpose network") && lines[0].hasSuffix(digest), "\(list.output)")
        let card = try await BuiltProgram.run("idrscript", ["models", "show", "nuclei-small"], in: NSTemporaryDirectory())
        #expect(card.status == 0 && card.output.contains("F1"))
        let unknown = try await BuiltProgram.run("idrscript", ["models", "show", "nuclei"], in: NSTemporaryDirectory())
        #expect(unknown.status == 1 && unknown.errors.contains("nuclei-small"), "\(unknown.errors)")
    }

    @Test func aPlanReadsNoPixelAndEndsAtTheFirstResult() async throws {
        let folder = try await ScriptFolder()
        for well in ScriptFolder.wells { try FileManager.default.removeItem(atPath: folder.mirror.movie(well)) }
        try folder.write("print(\"before\")\n\(ScriptFolder.script)\nprint(\"after\")\n")
        let plan = try await folder.idrscript("plan", "script.swift", "--batch-size", "3")
        #expect(plan.status == 0 && plan.output.hasPrefix("before\n") && !plan.output.contains("cells:") && !plan.output.contains("after"))
        for well in ScriptFolder.wells { #expect(plan.output.contains("P_1/\(well)"), "\(plan.output)") }
        #expect(!FileManager.default.fileExists(atPath: folder.scratch("runs")))
        let json = try await folder.idrscript("plan", "script.swift", "--json")
        let text = json.output.dropFirst("before\n".count)
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any], "\(json.output)")
    }

    @Test func batchesAreChosenAndCutByOptions() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let two = try await folder.idrscript("run", "script.swift", "--output", "out", "--batches", "1,3", "--threads", "1")
        #expect(two.status == 0 && two.output.hasPrefix("cells: "), "\(two.errors)")
        #expect(
            folder.scratch.files(below: "out").contains("batch_3/batch_3.h5ad") && !folder.scratch.files(below: "out").contains("batch_0/record.json")
        )
        let rest = try await folder.idrscript("run", "script.swift", "--output", "out", "--start-batch", "1")
        #expect(rest.status == 0 && rest.errors.contains("skipping 2 batches that are complete: 1, 3"), "\(rest.errors)")
        let outside = try await folder.idrscript("run", "script.swift", "--output", "out", "--batches", "4")
        #expect(
            outside.status == 1 && outside.errors.contains("batch 4 does not exist") && outside.errors.contains("numbered 0...3"), "\(outside.errors)"
        )
    }

    @Test func failedBatchesGiveStatusThree() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let movie = folder.mirror.movie("A3")
        try FileManager.default.moveItem(atPath: movie, toPath: movie + ".away")
        try Data("no movie".utf8).write(to: URL(fileURLWithPath: movie))
        let failed = try await folder.idrscript("run", "script.swift", "--output", "out")
        // The script goes on with the others.
        #expect(failed.status == 3 && failed.errors.contains("1 of 4 images failed, among them all of 1 batch: P_1/A3"), "\(failed.errors)")
        #expect(failed.output.hasPrefix("cells: "))
        try FileManager.default.removeItem(atPath: movie)
        try FileManager.default.moveItem(atPath: movie + ".away", toPath: movie)
        let repaired = try await folder.idrscript("run", "script.swift", "--output", "out")
        #expect(repaired.status == 0 && repaired.errors.contains("skipping 3 batches that are complete: 0, 2, 3"), "\(repaired.errors)")
        #expect(!folder.scratch.files(below: "out").contains { $0.hasPrefix("failures") })
    }

    /// Neither IDRKit nor a library that it loads leaves anything in the user's folder but what it says.
    @Test func aRunLeavesOnlyItsOwnFilesInHome() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let settings = ["HOME": folder.scratch("home"), "XDG_CACHE_HOME": folder.scratch("home/.cache"), "XDG_CONFIG_HOME": ""]
        try FileManager.default.createDirectory(atPath: folder.scratch("home"), withIntermediateDirectories: false)
        let result = try await folder.idrscript("run", "script.swift", "--output", "out", environment: settings)
        #expect(result.status == 0, "\(result.errors)")
        let files = folder.scratch.files(below: "home")
        // The compiler keeps its modules there.
        let strangers = files.filter { file in ![".cache/idrkit/", ".config/idrkit/", ".cache/clang/"].contains { file.contains($0) } }
        #expect(!files.isEmpty && strangers.isEmpty, "\(strangers)")
    }

    @Test func anUnchangedScriptIsNotCompiledAgain() async throws {
        let folder = try await ScriptFolder()
        try folder.write("print(1)\n")
        func entries() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.scratch("cache/idrkit/scripts")).filter { $0.utf8.count == 64 }.sorted()
        }
        #expect(try await folder.idrscript("run", "script.swift").output == "1\n")
        let first = try entries()
        #expect(try await folder.idrscript("run", "script.swift", environment: ["PATH": "/nowhere:" + path]).output == "1\n")
        #expect(try entries() == first && first.count == 1)
        try folder.write("print(CommandLine.arguments.dropFirst())\n")
        #expect(try await folder.idrscript("run", "script.swift", "--", "a", "--b").output == "[\"a\", \"--b\"]\n")
        #expect(try entries().count == 2)
    }

    private var path: String { ProcessInfo.processInfo.environment["PATH"] ?? "" }

    /// Scripts of the package are executables of it too.
    @Test func aScriptAsAnExecutableGivesTheSameResultAndRecord() async throws {
        let folder = try await ScriptFolder()
        let checkout = ExampleFrames.checkout
        let example = checkout.appending(path: "example_files").path
        let script = checkout.appending(path: "scripts/mitocheck-controls.swift").path
        let options = #"{"mode":"run","output":"direct","access":{"mirror":"\#(example)"},"batches":[0],"keep":[],"stages":{"off":{}}}"#
        let direct = try await BuiltProgram.run(
            "mitocheck-controls", [], in: folder.scratch.path, environment: ["IDRKIT_RUN_OPTIONS": options])
        #expect(direct.status == 0, "\(direct.errors)")
        let run = try await folder.idrscript("run", script, "--output", "run", "--mirror", example, "--batches", "0", "--no-cache")
        #expect(run.status == 0, "\(run.errors)")
        // Another binary holds the code, and what compiled it says nothing to the record.
        let machine = ["environment.json", "idr.lock", "run.json"]
        func numbers(_ output: String) throws -> [String: String] {
            try folder.contents(of: output).filter { name, _ in !machine.contains { name.hasSuffix($0) } }
        }
        #expect(try numbers("direct") == numbers("run") && numbers("run").keys.contains("batch_0/batch_0.h5ad"))
        func record(_ name: String) throws -> BatchRecord {
            let path = folder.scratch("\(name)/batch_0/record.json")
            return try CanonicalJSON.decode(BatchRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
        }
        let (one, other) = (try record("direct"), try record("run"))
        #expect(one.run == other.run && one.outputs == other.outputs && one.kept == other.kept)
        #expect(try CanonicalJSON.encode(one.images) == CanonicalJSON.encode(other.images))
        #expect(try reported(folder, "direct") == reported(folder, "run") && reported(folder, "run").map(\.count) == [0, 1, 1, 2, 2, 1])
    }

    /// What the cells gave out: kinds, and the texts of what does not name the folder or hold times.
    private func reported(_ folder: ScriptFolder, _ output: String) throws -> [[String]] {
        let path = folder.scratch("\(output)/\(RecordLayout.notebook)")
        let notebook = try CanonicalJSON.decode(Notebook.self, from: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
        return notebook.entries.map { entry in
            entry.outputs.map { output in
                switch output {
                case .table(let table): table.text
                case .figure(let picture): picture.alt.hasPrefix("Time") ? "times" : "\(picture)"
                case .text: "text"
                case .run: "run"
                default: "other"
                }
            }
        }
    }
}
