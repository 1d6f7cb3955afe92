import Foundation
import TestSupport
import Testing

/// `watch`: a save runs the script again, and the page shows it.
@Suite(.serialized) struct WatchTests {
    private func address(_ running: BuiltProgram.Running) async throws -> URL {
        for _ in 0..<3000 {
            if let match = try running.output().firstMatch(of: /report  (http:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]+)/),
                let url = URL(string: String(match.1))
            {
                return url
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CocoaError(.fileNoSuchFile)
    }

    private func page(_ url: URL) async throws -> String {
        let answer = try await BuiltProgram.run("/usr/bin/curl", ["-sS", "--fail", url.absoluteString], in: "/")
        guard answer.status == 0 else { throw CocoaError(.fileReadUnknown) }
        return answer.output
    }

    private func waits(for text: String, at url: URL) async throws -> String {
        for _ in 0..<3000 {
            let page = try await page(url)
            if page.contains(text) { return page }
            try await Task.sleep(for: .milliseconds(20))
        }
        return "never: \(text)"
    }

    @Test func aSaveIsSeen() async throws {
        let folder = try await ScriptFolder()
        try folder.write("// %% A\nimport IDRKit\nprint(\"one\")\n")
        let running = try folder.start("watch", "script.swift")
        let url = try await address(running)
        let first = try await waits(for: ">one", at: url)
        #expect(first.contains("<script nonce=") && first.components(separatedBy: "<script").count == 2, "\(first)")
        let version = try await page(url.appending(path: "version"))
        try folder.write("// %% A\nimport IDRKit\nprint(\"two\")\n")
        _ = try await waits(for: ">two", at: url)
        #expect(try await page(url.appending(path: "version")) != version)
        // What does not compile, and what is back again.
        try folder.write("import IDRKit\nprint(three)\n")
        #expect(try await waits(for: "does not compile", at: url).contains("role=\"alert\""))
        try folder.write("// %% A\nimport IDRKit\nprint(\"four\")\n")
        _ = try await waits(for: ">four", at: url)
        // Another page's guess is answered with nothing.
        await #expect(throws: (any Error).self) { try await page(url.deletingLastPathComponent().appending(path: "00000000")) }
        kill(running.process.processIdentifier, SIGINT)
        let end = try await running.end()
        #expect(end.status == 0, "\(end.status) \(end.errors)")
    }

    @Test func aSaveInAnotherEncodingIsSaid() async throws {
        let folder = try await ScriptFolder()
        let bytes = Data("import IDRKit\n// Gr".utf8) + [0xF6] + Data("nse\nprint(\"one\")\n".utf8)
        try bytes.write(to: URL(fileURLWithPath: folder.scratch("script.swift")))
        let running = try folder.start("watch", "script.swift")
        let url = try await address(running)
        #expect(try await waits(for: "role=\"alert\"", at: url).contains("the script is not UTF-8 text"))
        try folder.write("import IDRKit\n// Gr\u{f6}nse\nprint(\"one\")\n")
        _ = try await waits(for: ">one", at: url)
        kill(running.process.processIdentifier, SIGINT)
        let end = try await running.end()
        #expect(end.errors.contains("watch: the script is not UTF-8 text") && end.errors.contains("script.swift:2"), "\(end.errors)")
    }

    @Test func theSandboxIsRefused() async throws {
        let folder = try await ScriptFolder()
        try folder.write("print(1)\n")
        let run = try await folder.idrscript("watch", "script.swift", "--sandbox")
        #expect(run.status == 64 && run.errors.contains("--sandbox goes with run"))
    }
}
