import Foundation
import TestSupport
import Testing

/// The scripts in the articles of the documentation are true: each compiles, and its runs can be planned on the example files.
@Suite(.serialized) struct ArticleTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var article: String
        var line: Int
        var script: String

        var testDescription: String { "\(article):\(line)" }
    }

    /// Every block of Swift in the catalogue.
    static let samples: [Sample] = {
        let folder = ExampleFrames.checkout.appending(path: "Sources/IDRKit/IDRKit.docc").path
        let articles = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".md") }.sorted()
        return articles.flatMap { blocks(of: $0, (try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)) ?? "") }
    }()

    private static func blocks(of article: String, _ text: String) -> [Sample] {
        var samples: [Sample] = []
        var open: Sample?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line == "```swift" {
                open = Sample(article: article, line: index + 2, script: "")
            } else if line.hasPrefix("```") {
                if let sample = open { samples.append(sample) }
                open = nil
            } else {
                open?.script += line + "\n"
            }
        }
        return samples
    }

    @Test func articlesHaveSamples() {
        #expect(Self.samples.count >= 8)
        #expect(Set(Self.samples.map(\.article)).isSuperset(of: ["IDRKit.md", "FirstScript.md", "SelectingWells.md", "BringingModels.md"]))
    }

    @Test(arguments: samples) func itCanBePlanned(_ sample: Sample) async throws {
        let scratch = try ScratchFolder()
        let checkout = ExampleFrames.checkout
        try FileManager.default.createSymbolicLink(
            atPath: scratch("example_files"), withDestinationPath: checkout.appending(path: "example_files").path)
        // What the articles call a network of one's own.
        try FileManager.default.createDirectory(atPath: scratch("weights"), withIntermediateDirectories: true)
        let shipped = checkout.appending(path: "Sources/IDRModels/Resources/nuclei-small").path
        for (name, source) in [("nuclei.pth", "nuclei-small.pth"), ("size_nuclei.npy", "nuclei-small-size.npy")] {
            try FileManager.default.copyItem(atPath: "\(shipped)/\(source)", toPath: scratch("weights/\(name)"))
        }
        let int8 = checkout.appending(path: "Sources/IDRModels/Resources/nuclei-2/nuclei-2.int8.onnx").path
        try FileManager.default.copyItem(atPath: int8, toPath: scratch("weights/nuclei.int8.onnx"))
        try sample.script.write(toFile: scratch("script.swift"), atomically: true, encoding: .utf8)
        let plan = try await BuiltProgram.run("idrscript", ["plan", "script.swift"], in: scratch.path)
        #expect(plan.status == 0 && plan.output.hasPrefix("plan "), "\(plan.errors)")
    }
}
