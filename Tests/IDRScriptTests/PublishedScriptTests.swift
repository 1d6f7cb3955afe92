import Foundation
import TestSupport
import Testing

/// The scripts in `scripts/` run as they are, on the example files and without network.
@Suite(.serialized) struct PublishedScriptTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var mirror = "example_files"
        var options: [String] = []
        /// What it prints, in part.
        var says: [String]

        var testDescription: String { name }
    }

    static let examples = [
        Example(
            name: "mitocheck-controls", options: ["--batches", "0"],
            says: ["nuclei in 1 batches:", "batch_0.csv.gz", "2 rows × ", "figure: Nuclei of EXAMPLE_01/A2"]),
        // Frame 50 is beyond the example's movies; one well of four will do.
        Example(
            name: "idr-stream-controls", options: ["--batch-size", "1", "--batches", "0", "--", "18"], says: ["frame 18: ", "batch_0.csv.gz"]),
        Example(
            name: "two-channels", mirror: "example_files/two-channel",
            says: ["EXAMPLE_01/A2: ", "EXAMPLE_01/A3: ", "channels 1 chromatin (segmented), 2 synthetic"]),
        Example(
            name: "phenotypes", says: ["Median profiles", "cosine, negative with positive: 0.", "figure: Principal components", "figure: Nuclei of "]),
    ]

    private static let folder = ExampleFrames.checkout.appending(path: "scripts").path

    @Test(arguments: examples) func itRunsOnTheExampleFiles(_ example: Example) async throws {
        let scratch = try ScratchFolder()
        let mirror = ExampleFrames.checkout.appending(path: example.mirror).path
        let run = try await BuiltProgram.run(
            "idrscript", ["run", "\(Self.folder)/\(example.name).swift", "--mirror", mirror, "--output", "out"] + example.options, in: scratch.path)
        #expect(run.status == 0, "\(run.errors)")
        for text in example.says { #expect(run.output.contains(text), "\(run.output)") }
    }

    @Test func everyScriptIsTestedAndBeginsWithProse() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }
        #expect(Set(names) == Set(Self.examples.map(\.name)))
        for name in names {
            let text = try String(contentsOfFile: "\(Self.folder)/\(name).swift", encoding: .utf8)
            #expect(text.hasPrefix("// %% [markdown]\n// # ") && text.contains("\n// %% "), "\(name)")
        }
    }

    @Test func aWrongFrameIsExplained() async throws {
        let scratch = try ScratchFolder()
        let run = try await BuiltProgram.run("idrscript", ["plan", "\(Self.folder)/idr-stream-controls.swift", "--", "fifty"], in: scratch.path)
        #expect(run.status == 1 && run.errors.contains("\"fifty\" is no frame") && run.output.isEmpty, "\(run.errors)")
    }
}
