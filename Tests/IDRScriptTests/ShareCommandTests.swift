import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

/// A run is published, bundled, unpacked and cited.
@Suite(.serialized) struct ShareCommandTests {
    private let settings: ScratchFolder

    init() throws { settings = try ScratchFolder() }

    private func idrscript(_ arguments: [String], in folder: String, environment: [String: String] = [:]) async throws -> BuiltProgram {
        try await BuiltProgram.run("idrscript", arguments, in: folder, environment: ["XDG_CONFIG_HOME": settings.path].merging(environment) { $1 })
    }

    private func run(_ folder: ScriptFolder) async throws {
        try folder.write(ScriptFolder.script)
        let run = try await folder.idrscript("run", "script.swift", "--mirror", "mirror", "--output", "out")
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func aRunGoesToAnotherLaboratoryAndItsRecordArrives() async throws {
        let folder = try await ScriptFolder()
        let scratch = folder.scratch
        try await run(folder)
        let published = try await folder.idrscript("publish", "out", "--to", "provenance/small")
        #expect(published.status == 0 && published.errors.isEmpty, "\(published.errors)")
        let digest = try SHA256.digest(ofFile: scratch("provenance/small/manifest.json")).hex
        #expect(published.output.contains("digest     \(digest)") && published.output.contains("left out   8 outputs"), "\(published.output)")

        let models = ["--with-models"]
        for (name, arguments) in [("a.zip", []), ("models.zip", models), ("whole.zip", models + ["--with-outputs"])] {
            let arguments = ["bundle", "out", "-o", name] + arguments
            let bundled = try await idrscript(arguments, in: scratch.path)
            #expect(bundled.status == 0 && bundled.errors.isEmpty, "\(bundled.errors)")
        }
        let unpacked = try await folder.idrscript("unpack", "a.zip")
        #expect(unpacked.status == 0 && unpacked.output.contains("digest     \(digest)"), "\(unpacked.errors)\(unpacked.output)")
        for text in ["idr0013A: 4 wells", "4 of 4 complete", "script.swift, SHA-256", "Nothing of it has been run", "idrscript trust a/script.swift"]
        {
            #expect(unpacked.output.contains(text), "\(unpacked.output)")
        }
        #expect(scratch.files(below: "a") == scratch.files(below: "provenance/small"))
        for name in scratch.files(below: "a") { #expect(try scratch.bytes("a/\(name)") == scratch.bytes("provenance/small/\(name)"), "\(name)") }

        // For somebody who has not run it here, the script stays foreign wherever it is copied to.
        let somebody = ["XDG_CONFIG_HOME": scratch("somebody")]
        let other = try await folder.idrscript("unpack", "a.zip", "-o", "b", environment: somebody)
        #expect(other.status == 0, "\(other.errors)")
        try FileManager.default.copyItem(atPath: scratch("b/script.swift"), toPath: scratch("mine.swift"))
        let refused = try await folder.idrscript("run", "mine.swift", "--mirror", "mirror", "--output", "mine", environment: somebody)
        #expect(refused.status == 1 && refused.errors.contains("from elsewhere") && !scratch.contents.contains("mine"), "\(refused.errors)")

        let whole = try await folder.idrscript("unpack", "whole.zip", "-o", "foreign/whole")
        #expect(whole.status == 0 && whole.output.contains("nuclei-2.pth (here)"), "\(whole.errors)\(whole.output)")
        let weights = ExampleFrames.checkout.appending(path: "Sources/IDRModels/Resources/nuclei-2/nuclei-2.pth").path
        #expect(try SHA256.digest(ofFile: scratch("foreign/whole/models/segmentation/nuclei-2.pth")).hex == SHA256.digest(ofFile: weights).hex)
        #expect(try scratch.bytes("foreign/whole/batch_3/batch_3.h5ad") == scratch.bytes("out/batch_3/batch_3.h5ad"))
        // The bundle is a record like the folder it was made of.
        let again = try await folder.idrscript("bundle", "models.zip", "-o", "again.zip")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try scratch.bytes("again.zip") == scratch.bytes("models.zip"))
    }

    @Test func folderLocaleTimeZoneAndUmaskChangeNoByteOfABundle() async throws {
        let folder = try await ScriptFolder()
        let scratch = folder.scratch
        try await run(folder)
        let other = "elsewhere/ein Ordner mit \u{fc}"
        try FileManager.default.createDirectory(atPath: scratch(other), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: scratch("out"), toPath: scratch(other + "/run"))
        for command in [["bundle", "--with-models", "-o", "a.zip"], ["export", "--workflowhub", "-o", "w.zip"], ["publish", "--to", "published"]] {
            let plain = try await idrscript([command[0], "out"] + command.dropFirst(), in: scratch.path)
            #expect(plain.status == 0, "\(plain.errors)")
            let quoted = ([command[0], "run"] + command.dropFirst()).joined(separator: " ")
            let moved = try await BuiltProgram.run(
                "/bin/bash", ["-c", "umask 077; exec \(BuiltProgram.folder.path)/idrscript \(quoted)"], in: scratch(other),
                environment: ["LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8", "TZ": "Pacific/Kiritimati", "HOME": scratch("nobody")])
            #expect(moved.status == 0, "\(moved.errors)")
        }
        for name in ["a.zip", "w.zip"] { #expect(try scratch.bytes(name) == scratch.bytes("\(other)/\(name)"), "\(name)") }
        #expect(scratch.files(below: "published") == scratch.files(below: "\(other)/published"))
        for name in scratch.files(below: "published") {
            #expect(try scratch.bytes("published/\(name)") == scratch.bytes("\(other)/published/\(name)"))
        }
    }

    @Test func refusalsSayWhyAndLeaveNothing() async throws {
        let scratch = try ScratchFolder()
        try await SampleRecord().write(to: scratch("run"))
        var partial = SampleRecord()
        partial.failed = [1]
        try await partial.write(to: scratch("partial"))
        try ZipWriter.write([ZipWriter.Entry("x", bytes: [1])], to: scratch("other.zip"))
        try Data("no archive".utf8).write(to: URL(fileURLWithPath: scratch("text.zip")))
        let before = scratch.contents
        let refusals: [(arguments: [String], status: Int32, reason: String)] = [
            (["publish", "nothing", "--to", "copy"], 1, "there is no record nothing"),
            (["publish", "run", "--to", "partial"], 1, "already there"),
            (["publish", "run", "--to", "run", "--replace"], 1, "run's own folder"),
            (["publish", "partial", "--to", "copy"], 1, "--partial"),
            (["publish", "run"], 64, "--to"),
            (["bundle", "run", "-o", "a.zip", "--with-models"], 1, "cannot be bundled"),
            (["bundle", "run", "-o", "a.zip", "--models", "x"], 64, "--with-models"),
            (["bundle", "run", "-o", "no/folder/a.zip"], 1, "a.zip"),
            (["unpack", "other.zip"], 1, "there is no record"),
            (["unpack", "text.zip", "-o", "new/folder"], 1, "ZIP archive"),
            (["unpack", "other.zip", "-o", "run"], 1, "already there"),
            (["export", "run"], 64, "--cff"),
            (["export", "run", "--cff", "--bibtex"], 64, "--bibtex"),
            (["export", "run", "--cff", "--license", "CC BY", "-o", "c.cff"], 1, "SPDX"),
            (["export", "text.zip", "--cff"], 1, "ZIP archive"),
        ]
        for refusal in refusals {
            let result = try await idrscript(refusal.arguments, in: scratch.path)
            #expect(
                result.status == refusal.status && result.errors.contains(refusal.reason), "\(refusal.arguments): \(result.status) \(result.errors)")
            #expect(result.output.isEmpty && scratch.contents == before, "\(refusal.arguments): \(scratch.contents)")
        }
    }

    @Test func citationsGoToStandardOutputOrAFile() async throws {
        let scratch = try ScratchFolder()
        var sample = SampleRecord()
        sample.author = nil
        try await sample.write(to: scratch("run"))
        let cff = try await idrscript(["export", "run", "--cff"], in: scratch.path)
        #expect(cff.status == 0 && cff.output.hasPrefix("cff-version: 1.2.0\n") && cff.errors.isEmpty)
        let file = try await idrscript(["export", "run", "--cff", "-o", "CITATION.cff"], in: scratch.path)
        #expect(try file.output.isEmpty && scratch.bytes("CITATION.cff") == Array(cff.output.utf8))
        let bibtex = try await idrscript(["export", "run", "--bibtex"], in: scratch.path)
        #expect(bibtex.status == 0 && bibtex.output.hasPrefix("@misc{idr0013A_"))
        let crate = try await idrscript(["export", "run", "--workflowhub"], in: scratch.path)
        #expect(
            crate.status == 0 && crate.errors.contains("no licence is stated") && scratch.contents.contains("workflow.crate.zip"), "\(crate.errors)")
    }

    @Test func namesFromElsewhereDoNotReachTheTerminal() async throws {
        let scratch = try ScratchFolder()
        var sample = SampleRecord()
        sample.author = Author(name: "\u{1b}]0;owned\u{7}\u{1b}[2J")
        sample.scriptName = "s\u{1b}[31m.swift"
        try await sample.write(to: scratch("run"))
        for command in [["bundle", "run", "-o", "a.zip"], ["unpack", "a.zip"], ["export", "run", "--cff"], ["export", "run", "--bibtex"]] {
            let result = try await idrscript(command, in: scratch.path)
            #expect(result.status == 0 && !(result.output + result.errors).utf8.contains(0x1b), "\(command)")
        }
    }
}
