import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

/// Scripts are code: those from elsewhere need a word first.
@Suite(.serialized) struct TrustTests {
    @Test func aForeignScriptNeedsAWordForItsVeryBytes() async throws {
        let desk = try Desk()
        try await desk.writeRecord()
        for command in ["run", "plan"] { expectRefusal(try await desk.idrscript(command, "record/script.swift"), "it lies in a record") }
        let trust = try await desk.idrscript("trust", "record/script.swift")
        let digest = try SHA256.digest(of: Desk.script).hex
        #expect(trust.status == 0 && trust.output.contains(digest) && !trust.output.contains("it runs"), "\(trust.output)\(trust.errors)")
        #expect(!desk.hasCompiled)
        for command in ["run", "plan"] {
            let result = try await desk.idrscript(command, "record/script.swift")
            #expect(result.status == 0 && result.output == "it runs\n", "\(result.errors)")
        }
        // Anywhere, under any name; but not with one byte more.
        try desk.write(Desk.script, to: "other/record/name.swift")
        #expect(try await desk.idrscript("run", "other/record/name.swift").status == 0)
        try desk.write(Desk.script + " ", to: "record/script.swift")
        for command in ["run", "plan"] { expectRefusal(try await desk.idrscript(command, "record/script.swift"), "it lies in a record") }
        let list = try await desk.idrscript("trust", "--list")
        #expect(list.output == "\(digest)  script.swift\n", "\(list.output)")
        let json = try await desk.idrscript("trust", "--list", "--json")
        let entries = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: String]]
        #expect(json.status == 0 && entries == [["name": "script.swift", "sha256": digest]], "\(json.output)")
        let alone = try await desk.idrscript("trust", "script.swift", "--json")
        #expect(alone.status == 64 && alone.errors.contains("it goes with --list"), "\(alone.errors)")
    }

    @Test func trustCanBeTakenBackAndGivenAgain() async throws {
        let desk = try Desk()
        try await desk.writeRecord()
        let digest = try SHA256.digest(of: Desk.script).hex
        _ = try await desk.idrscript("trust", "record/script.swift")
        let removed = try await desk.idrscript("trust", "--remove", String(digest.prefix(12)))
        #expect(removed.status == 0 && removed.output.contains(digest), "\(removed.errors)")
        #expect(try await desk.idrscript("trust", "--list").output.isEmpty)
        expectRefusal(try await desk.idrscript("run", "record/script.swift"), "you took back your trust in it")
        // In a folder where it would be the user's own.
        try desk.write(Desk.script, to: "mine/own.swift")
        expectRefusal(try await desk.idrscript("run", "mine/own.swift"), "you took back your trust in it")
        let again = try await desk.idrscript("trust", "--remove", digest)
        #expect(again.status == 1 && again.errors.contains("no trusted script has the digest"), "\(again.errors)")
        let short = try await desk.idrscript("trust", "--remove", "abc")
        #expect(short.status == 64 && short.errors.contains("12 digits"), "\(short.errors)")
        _ = try await desk.idrscript("trust", "mine/own.swift")
        #expect(try await desk.idrscript("run", "record/script.swift").output == "it runs\n")
    }

    @Test(arguments: [[], ["script.swift", "--list"], ["--list", "--remove", "0123456789ab"]])
    func trustTakesOneThing(_ arguments: [String]) async throws {
        let desk = try Desk()
        let result = try await BuiltProgram.run("idrscript", ["trust"] + arguments, in: desk.scratch.path)
        #expect(result.status == 64 && result.errors.contains("give a script, or --list, or --remove"), "\(result.errors)")
    }

    @Test func onesOwnScriptsNeedNothingAndStayOnesOwn() async throws {
        let desk = try Desk()
        try desk.write(Desk.script, to: "mine.swift")
        #expect(try await desk.idrscript("run", "mine.swift").output == "it runs\n")
        #expect(try desk.marks == ["own \(SHA256.digest(of: Desk.script).hex) mine.swift"])
        // It comes back in somebody's record, and is marked as `unpack` does.
        try await desk.writeRecord()
        let marks = try desk.marks.joined(separator: "\n")
        // An editor left the last line open, too.
        try desk.write(marks + "\nforeign \(try SHA256.digest(of: Desk.script).hex) script.swift", to: "config/idrkit/trusted-scripts")
        #expect(try await desk.idrscript("run", "record/script.swift").output == "it runs\n")
        try desk.write("print(1)\n", to: "second.swift")
        #expect(try await desk.idrscript("plan", "second.swift").output == "1\n")
        #expect(try desk.marks.count == 3 && desk.marks.last == "own \(SHA256.digest(of: "print(1)\n").hex) second.swift")
    }

    @Test func whatCameFromElsewhereStaysForeignInAnyPlace() async throws {
        let desk = try Desk()
        try desk.write("foreign \(try SHA256.digest(of: Desk.script).hex) script.swift\n", to: "config/idrkit/trusted-scripts")
        try desk.write(Desk.script, to: "mine/own.swift")
        for command in ["run", "plan"] { expectRefusal(try await desk.idrscript(command, "mine/own.swift"), "it came in a record or bundle") }
        #expect(!desk.hasCompiled)
    }

    @Test(arguments: ["foreign", "own\n", "foreign  x\nfroeign abc name\n", "\u{0}\u{1}\n"])
    func aStoreThatCannotBeReadTrustsNothing(_ text: String) async throws {
        let desk = try Desk()
        try desk.write(text, to: "config/idrkit/trusted-scripts")
        try desk.write(Desk.script, to: "own.swift")
        let result = try await desk.idrscript("run", "own.swift")
        #expect(
            result.status == 1 && result.errors.contains("what you trust cannot be read") && result.errors.contains("trusted-scripts:"),
            "\(result.errors)")
        #expect(!desk.hasCompiled)
    }

    @Test func settingsThatCannotBeWrittenKeepNobodyFromRunning() async throws {
        let desk = try Desk()
        try desk.write(Desk.script, to: "own.swift")
        let result = try await desk.idrscript("run", "own.swift", environment: ["XDG_CONFIG_HOME": "/proc/nowhere"])
        #expect(result.status == 0 && result.output == "it runs\n", "\(result.errors)")
        let trust = try await desk.idrscript("trust", "own.swift", environment: ["XDG_CONFIG_HOME": "/proc/nowhere"])
        #expect(trust.status == 1 && trust.errors.contains("what you trust cannot be written"), "\(trust.errors)")
    }

    @Test(arguments: [
        ("print(1) // \u{202e} gnihton", 1), ("\nlet a\u{200b}b = 1", 2), ("// harmless\rprint(2)\n", 1), ("let \u{3164} = 1", 1),
        ("print(\"\u{1b}[2J\")", 1), ("\n\n\u{2066}", 3), ("\u{feff}print(1)", 1), ("// \u{2028}print(1)", 1),
    ])
    func whatHidesTextIsNotTrusted(_ text: String, line: Int) async throws {
        let desk = try Desk()
        try desk.write(text, to: "script.swift")
        let result = try await desk.idrscript("trust", "script.swift")
        #expect(
            result.status == 1 && result.errors.contains("the script hides something") && result.errors.contains("script.swift:\(line)\n"),
            "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: desk.scratch("config/idrkit/trusted-scripts")))
    }

    @Test func textOfAllLanguagesCanBeTrusted() async throws {
        let desk = try Desk()
        try desk.write("// Gr\u{f6}\u{df}e, \u{7d30}\u{80de}, \u{5ea}\u{5d0}, e\u{301}, \u{2705}\u{fe0f}\r\n\tprint(1)\r\n", to: "script.swift")
        let result = try await desk.idrscript("trust", "script.swift")
        #expect(result.status == 0 && result.output.contains("script.swift, 3 lines"), "\(result.output)\(result.errors)")
    }

    @Test func whatIsNoTextIsNotTrusted() async throws {
        let desk = try Desk()
        try Data([0x70, 0xff, 0x0a]).write(to: URL(fileURLWithPath: desk.scratch("script.swift")))
        let binary = try await desk.idrscript("trust", "script.swift")
        #expect(binary.status == 1 && binary.errors.contains("not UTF-8"), "\(binary.errors)")
        let missing = try await desk.idrscript("trust", "none.swift")
        #expect(missing.status == 1 && missing.errors.contains("no script none.swift"), "\(missing.errors)")
    }

    /// The name is written into what is compiled: a line feed in it would begin a line of code.
    /// Why a script was let in is in the record of what it did.
}
