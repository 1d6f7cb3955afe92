import Foundation
import TestSupport
import Testing

/// What a person sees of a script that does not compile, or ends with an error.
@Suite(.serialized) struct ScriptErrorTests {
    @Test func compileErrorsNameTheScriptsOwnLine() async throws {
        let folder = try await ScriptFolder()
        try folder.write("import IDRKit\n\nlet count: Int = \"three\"\n")
        let result = try await folder.idrscript("run", "script.swift")
        #expect(result.status == 1)
        #expect(result.errors.contains("script.swift:3:18: error: cannot convert value of type 'String'"), "\(result.errors)")
        #expect(result.errors.contains("\nlet count: Int = \"three\"\n"), "the line itself is shown: \(result.errors)")
        #expect(
            !result.errors.contains("main.swift") && !result.errors.contains("#sourceLocation") && !result.errors.contains(folder.scratch("cache")),
            "\(result.errors)")
    }

    @Test(arguments: [
        (".profile()", "choose a frame and segment before profiling: .frame(50).correct().segment().profile()"),
        (".frame(3).profile()", "segment before profiling: .segment().profile()"),
        (".frame(3).segment().correct()", "correct before segmenting: .correct().segment()"),
    ])
    func aWrongOrderOfStagesSaysTheRightOne(stages: String, advice: String) async throws {
        let folder = try await ScriptFolder()
        try folder.write("import IDRKit\nlet plan = screen(\"idr0013A\")\(stages)\n")
        let result = try await folder.idrscript("plan", "script.swift")
        #expect(result.status == 1 && result.errors.contains("script.swift:2:") && result.errors.contains(advice), "\(result.errors)")
    }

    @Test func aThrownErrorNamesItsLine() async throws {
        let folder = try await ScriptFolder()
        try folder.write(
            """
            struct NoSuchDye: Error { let name: String }
            func check(_ dye: String) throws {
                if dye != "DAPI" { throw NoSuchDye(name: dye) }
            }
            print("checking")
            try check("GFP")
            """)
        let result = try await folder.idrscript("run", "script.swift")
        #expect(result.status == 1 && result.output == "checking\n")
        #expect(result.errors.contains("/script.swift:3:") && result.errors.contains("error: NoSuchDye(name: \"GFP\")"), "\(result.errors)")
        #expect(result.errors.contains("\n  3 |     if dye != \"DAPI\" { throw NoSuchDye(name: dye) }\n"), "\(result.errors)")
        #expect(!result.errors.contains("Fatal error"), "\(result.errors)")
    }

    @Test func anErrorOfARunNamesTheLineOfTheRun() async throws {
        let folder = try await ScriptFolder()
        try folder.write(
            "import IDRKit\n\n\nlet cells = \(ScriptFolder.pipeline.replacing(".controls()", with: #".wells("H9")"#))\nprint(cells.cellCount)\n")
        let result = try await folder.idrscript("run", "script.swift")
        #expect(result.status == 1 && result.errors.contains("no well \"H9\"") && result.errors.contains("script.swift:4"), "\(result.errors)")
        #expect(result.errors.contains("\n  4 | let cells = try await screen("), "\(result.errors)")
        #expect(!result.errors.contains(":0:"), "\(result.errors)")
    }

    @Test func aTrapIsAFailureWithItsLine() async throws {
        let folder = try await ScriptFolder()
        try folder.write("let wells = [1, 2]\nprint(wells[CommandLine.arguments.count + 4])\n")
        let result = try await folder.idrscript("run", "script.swift")
        #expect(result.status > 128 && result.errors.contains("script.swift:2:"), "\(result.status) \(result.errors)")
    }

    @Test(arguments: [("@main struct Screen {", 2), ("\n@main\npublic final class Screen {", 3)])
    func aMainTypeIsToldWhereItBelongs(declaration: String, line: Int) async throws {
        let folder = try await ScriptFolder()
        try folder.write("import IDRKit\n\(declaration)\n    static func main() async { print(1) }\n}\n")
        let result = try await folder.idrscript("run", "script.swift")
        #expect(result.status == 1 && result.output.isEmpty, "\(result.output)")
        for words in ["Error: @main has no place in a script", "script.swift:\(line)\n", "write Screen.main() as the last line"] {
            #expect(result.errors.contains(words), "\(result.errors)")
        }
        try folder.write(
            "import IDRKit\n\(declaration.replacing("@main", with: ""))\n    static func main() async { print(1) }\n}\nawait Screen.main()\n")
        let mended = try await folder.idrscript("run", "script.swift")
        #expect(mended.status == 0 && mended.output == "1\n", "\(mended.errors)")
    }

    @Test func theWordMainAloneChangesNothing() async throws {
        let folder = try await ScriptFolder()
        let text = "// @main struct A {\nlet text = \"\"\"\n@main is a word, struct is one\n\"\"\"\nprint(text)\n"
        try folder.write(text)
        let result = try await folder.idrscript("run", "script.swift")
        #expect(result.status == 0 && result.output == "@main is a word, struct is one\n", "\(result.errors)")
        try folder.write(text + "print(three)\n")
        let wrong = try await folder.idrscript("run", "script.swift")
        #expect(wrong.status == 1 && wrong.errors.contains("script.swift:6:") && !wrong.errors.contains("no place"), "\(wrong.errors)")
    }

    @Test func scriptsThatAreNoScripts() async throws {
        let folder = try await ScriptFolder()
        let missing = try await folder.idrscript("run", "none.swift")
        #expect(missing.status == 1 && missing.errors.contains("no script none.swift"), "\(missing.errors)")
        try Data([0xff, 0xfe, 0x00]).write(to: URL(fileURLWithPath: folder.scratch("latin.swift")))
        let binary = try await folder.idrscript("run", "latin.swift")
        #expect(binary.status == 1 && binary.errors.contains("not UTF-8"), "\(binary.errors)")
        let lines = Data("import IDRKit\n// Gr".utf8) + [0xF6] + Data("nse\nprint(1)\n".utf8)
        try lines.write(to: URL(fileURLWithPath: folder.scratch("umlaut.swift")))
        for command in ["run", "plan", "trust"] {
            let umlaut = try await folder.idrscript(command, "umlaut.swift")
            #expect(umlaut.status == 1 && umlaut.output.isEmpty, "\(umlaut.output)")
            for words in ["not UTF-8", "umlaut.swift:2\n", "save the script as UTF-8"] { #expect(umlaut.errors.contains(words), "\(umlaut.errors)") }
        }
        #expect(folder.scratch.files(below: "cache").isEmpty, "nothing was compiled")
        let noCompiler = try await folder.idrscript("run", "latin.swift", environment: ["PATH": "/nowhere"])
        #expect(noCompiler.status == 1 && noCompiler.errors.contains("no Swift compiler on the PATH"), "\(noCompiler.errors)")
    }
}
