import Foundation
import TestSupport
import Testing

/// Under `plan` a script ends where it asks for what was not computed; programs that `idrscript` did not start go on.
struct PlanEndTests {
    private static let script = """
        import IDRKit

        let run = \(ScriptFolder.pipeline)
        print("half a line", terminator: "")
        switch CommandLine.arguments[1] {
        case "many at once":
            await withTaskGroup(of: Int.self) { group in
                for _ in 0..<16 { group.addTask { run.cellCount + run.tables.count } }
                for await count in group { print("count", count) }
            }
        case "identity": print(run.identity)
        case "folder": print(run.folder)
        case "profiles": print(try await run.aggregated(by: .well).rowCount)
        case "cells": print(try await run.singleCells().rowCount)
        case "image": print(try await run.image(of: "A2").cellCount)
        default: show(run.timings())
        }
        print("after")
        """

    /// Whatever asks first, and however many ask at once: the script ends once, as if it had come to its last line.
    @Test func aPlanEndsOnceWhateverAsks() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        for asking in ["many at once", "identity", "folder", "profiles", "cells", "image", "figure"] {
            let plan = try await folder.idrscript("plan", "script.swift", "--", asking)
            #expect(plan.status == 0 && plan.errors.isEmpty && plan.output.hasPrefix("plan "), "\(asking): \(plan.errors)")
            #expect(plan.output.hasSuffix("\nhalf a line"), "\(asking): \(plan.output)")
        }
    }

    @Test func onlyAScriptOfIdrscriptsIsEnded() async throws {
        let folder = try await ScriptFolder()
        let example = ExampleFrames.checkout.appending(path: "example_files").path
        let options = #"{"mode":"plan","access":{"mirror":"\#(example)"},"keep":[]}"#
        let plan = try await BuiltProgram.run(
            "mitocheck-controls", [], in: folder.scratch.path, environment: ["IDRKIT_RUN_OPTIONS": options])
        #expect(plan.output.hasPrefix("plan ") && plan.output.hasSuffix("\n0 nuclei in 0 batches:\n"), "\(plan.output)")
        #expect(plan.status == 1 && plan.errors.contains("the run has no results"), "\(plan.errors)")
    }
}
