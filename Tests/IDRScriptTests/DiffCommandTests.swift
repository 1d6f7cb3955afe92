import Foundation
import IDRPlan
import TestSupport
import Testing

/// `idrscript diff` of real runs.
@Suite(.serialized) struct DiffCommandTests {
    private func run(_ folder: ScriptFolder, _ script: String, to output: String, _ arguments: [String] = []) async throws {
        try folder.write(script)
        let result = try await BuiltProgram.run(
            "idrscript", ["run", "script.swift", "--output", output, "--batches", "0,1"] + arguments, in: folder.scratch.path,
            environment: ["XDG_CACHE_HOME": folder.scratch("cache")])
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func anotherNumberOfThreadsIsNoDifference() async throws {
        let folder = try await ScriptFolder()
        try await run(folder, ScriptFolder.script, to: "a", ["--threads", "1"])
        try await run(folder, ScriptFolder.script, to: "b", ["--threads", "2"])
        let result = try await folder.idrscript("diff", "a", "b")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.hasPrefix("no output differs: 2 images\n") && result.output.contains("settings  threads: 1 → 2"), "\(result.output)")
    }

    @Test func aParameterAndAnImagesPixels() async throws {
        let folder = try await ScriptFolder()
        try await run(folder, ScriptFolder.script, to: "a")
        try await run(folder, ScriptFolder.script.replacing("diameter: 27", with: "diameter: 24"), to: "b")
        let parameter = try await folder.idrscript("diff", "a", "b")
        #expect(parameter.status == 1, "\(parameter.errors)")
        #expect(parameter.output.contains("cause: parameter  segmentation.diameter: 27 → 24"), "\(parameter.output)")
        #expect(parameter.output.contains("script line 3:") && parameter.output.contains("segment: 2 images part here"), "\(parameter.output)")

        // Well A3 shows another field now.
        try await folder.mirror.writeMovie("A3", planes: ExampleFrames.small(3))
        try await run(folder, ScriptFolder.script, to: "c")
        let input = try await folder.idrscript("diff", "a", "c", "--json")
        #expect(input.status == 1, "\(input.errors)")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(input.output.utf8)) as? [String: Any])
        let findings = try #require(json["findings"] as? [[String: Any]])
        #expect(findings.count == 1 && findings[0]["stage"] as? String == "input" && findings[0]["images"] as? Int == 1)
        #expect((findings[0]["causes"] as? [[String: Any]])?.map { $0["kind"] as? String } == ["input"])
        #expect((findings[0]["examples"] as? [String])?.first?.contains("/A3 frame 2") == true)
    }

    @Test func whatIsNoRecord() async throws {
        let folder = try await ScriptFolder()
        let missing = try await folder.idrscript("diff", "nowhere", "mirror")
        #expect(missing.status == 2 && missing.errors.contains("there is no record") && missing.output.isEmpty, "\(missing.errors)")
        #expect(try await folder.idrscript("diff", "a").status == 64)
    }
}
