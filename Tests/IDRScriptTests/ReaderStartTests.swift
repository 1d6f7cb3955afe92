import Foundation
import TestSupport
import Testing

/// A file that crashes its library costs its own image, in each way that a script starts: the reader's process starts in all of them.
@Suite(.serialized) struct ReaderStartTests {
    private static let hostile = ExampleFrames.checkout.appending(path: "Tests/Fixtures/hostile/tree_in_itself.ch5").path
    private static let words = "the reader of HDF5 files crashed on it (signal 11)"

    /// The last well's movie is hostile; each well is a batch.
    private func folder() async throws -> ScriptFolder {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        try Self.replace(folder.mirror.movie("B3"))
        return folder
    }

    private static func replace(_ movie: String) throws {
        try FileManager.default.removeItem(atPath: movie)
        try FileManager.default.copyItem(atPath: hostile, toPath: movie)
    }

    private func expectThreeBatches(_ run: BuiltProgram, in output: String) {
        #expect(run.status == 3 && run.errors.contains(Self.words), "\(run.status) \(run.errors)")
        for batch in 0..<3 { #expect(FileManager.default.fileExists(atPath: "\(output)/batch_\(batch)/record.json"), "batch \(batch)") }
    }

    @Test func aScriptThatIsRun() async throws {
        let folder = try await folder()
        expectThreeBatches(try await folder.idrscript("run", "script.swift", "--output", "out"), in: folder.scratch("out"))
    }

    @Test(.enabled(if: Sandbox.works, "needs bubblewrap and user namespaces: apt-get install bubblewrap"))
    func aScriptInTheSandbox() async throws {
        let folder = try await folder()
        let run = try await folder.idrscript("run", "script.swift", "--sandbox", "--mirror", "mirror", "--output", "out")
        expectThreeBatches(run, in: folder.scratch("out"))
    }

    @Test func aScriptOfAnInstallPrefix() async throws {
        let folder = try await folder()
        let installer = ExampleFrames.checkout.appending(path: "Tools/install.sh").path
        let installed = try await BuiltProgram.run(installer, [folder.scratch("prefix")], in: folder.scratch.path)
        #expect(installed.status == 0, "\(installed.errors)")
        let run = try await BuiltProgram.run(
            folder.scratch("prefix/bin/idrscript"), ["run", "script.swift", "--output", "out"], in: folder.scratch.path, environment: folder.settings)
        expectThreeBatches(run, in: folder.scratch("out"))
    }

    /// Its main is the script's own: the reader must be caught before it.
    @Test func anExecutableOfAPackage() async throws {
        let scratch = try ScratchFolder()
        let example = ExampleFrames.checkout.appending(path: "example_files").path
        try FileManager.default.copyItem(atPath: example, toPath: scratch("example_files"))
        let movies = try #require(FileManager.default.subpaths(atPath: scratch("example_files"))).filter {
            $0.hasPrefix("idr0013") && $0.hasSuffix(".ch5")
        }.sorted()
        try Self.replace(scratch("example_files/\(try #require(movies.last))"))
        let run = try await BuiltProgram.run("mitocheck-controls", [], in: scratch.path)
        #expect(run.status == 3 && run.errors.contains(Self.words), "\(run.status) \(run.errors)")
        // Of the two batches, the first one.
        let files = FileManager.default.subpaths(atPath: scratch("runs")) ?? []
        #expect(files.contains { $0.hasSuffix("batch_0/record.json") }, "\(files)")
        // The script's own lines ran once.
        #expect(run.output.components(separatedBy: "nuclei in").count <= 2)
    }
}
