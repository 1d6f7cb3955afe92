import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Which scripts are from elsewhere, and whose signature lets them in.
@Suite(.serialized) struct ScriptOriginTests {
    private static func isRoot() -> Bool { geteuid() == 0 }

    @Test func downloadsAreForeign() async throws {
        let desk = try Desk()
        try desk.write(Desk.script, to: "downloads/script.swift")
        try FileManager.default.createSymbolicLink(atPath: desk.scratch("link.swift"), withDestinationPath: "downloads/script.swift")
        let key = FileAttributeKey(rawValue: "NSFileExtendedAttributes")
        let path = desk.scratch("downloads/script.swift")
        for name in ["user.xdg.origin.url", "user.xdg.referrer.url"] {
            try? FileManager.default.setAttributes([key: [name: Data("https://example.org/script.swift".utf8)]], ofItemAtPath: path)
            let marks = try FileManager.default.attributesOfItem(atPath: path)[key] as? [String: Data]
            // Not every file system keeps them.
            guard marks?[name] != nil else { return print("this file system has no extended attributes") }
            for script in ["downloads/script.swift", "link.swift"] {
                for command in ["run", "plan"] { expectRefusal(try await desk.idrscript(command, script), "it was downloaded") }
            }
            try FileManager.default.removeItem(atPath: path)
            try desk.write(Desk.script, to: "downloads/script.swift")
        }
    }

    @Test(.enabled(if: isRoot(), "only root can give files away")) func filesOfOtherUsersAreForeign() async throws {
        let desk = try Desk()
        try desk.write(Desk.script, to: "theirs.swift")
        try #require(chown(desk.scratch("theirs.swift"), 65534, 65534) == 0)
        expectRefusal(try await desk.idrscript("run", "theirs.swift"), "it belongs to another user")
    }

    @Test func foldersOfRecordsAreLookedForAbove() async throws {
        let desk = try Desk()
        try await desk.writeRecord()
        for place in ["batch_0/script.swift", "more/own.swift", "a/b/c/own.swift"] {
            try desk.write(Desk.script, to: "record/\(place)")
            expectRefusal(try await desk.idrscript("run", "record/\(place)"), "it lies in a record")
        }
        try FileManager.default.createSymbolicLink(atPath: desk.scratch("mine.swift"), withDestinationPath: "record/more/own.swift")
        expectRefusal(try await desk.idrscript("run", "mine.swift"), "it lies in a record")
        // Beside a run's folder is the usual place of one's own.
        try desk.write(Desk.script, to: "own.swift")
        #expect(try await desk.idrscript("run", "own.swift").status == 0)
    }

    @Test func anAllowedSignersScriptRuns() async throws {
        let desk = try Desk()
        try await desk.writeRecord()
        let key = try SigningKey("key", in: desk.scratch.path)
        let other = try SigningKey("other", in: desk.scratch.path)
        try desk.write(key.allowing("ada@example.org"), to: "signers")
        func run(_ command: String = "run") async throws -> BuiltProgram {
            try await desk.idrscript(command, "record/batch_0/script.swift", "--allowed-signers", "signers")
        }
        expectRefusal(try await run(), "it lies in a record")
        try other.sign(desk.scratch("record/batch_0/script.swift"), namespace: "idrkit-script")
        expectRefusal(try await run(), "not among the allowed signers")
        try key.sign(desk.scratch("record/batch_0/script.swift"), namespace: "idrkit-record")
        expectRefusal(try await run("plan"), "its signature does not help")
        #expect(!desk.hasCompiled)
        let sign = try await desk.idrscript("sign", "record/batch_0/script.swift", "--key", "key")
        #expect(sign.status == 0 && sign.output == "signed: record/batch_0/script.swift.sig\n", "\(sign.errors)")
        for command in ["run", "plan"] { #expect(try await run(command).output == "it runs\n") }
        // What was signed is not what is there now.
        try desk.write(Desk.script + "\n", to: "record/batch_0/script.swift")
        expectRefusal(try await run(), "the signature is not one of script.swift")
        // The settings' signers count where none are named.
        try desk.write(Desk.script, to: "record/batch_0/script.swift")
        try desk.write(key.allowing("ada@example.org"), to: "config/idrkit/allowed_signers")
        #expect(try await desk.idrscript("run", "record/batch_0/script.swift").output == "it runs\n")
    }

    @Test func theScriptOfASignedRecordRuns() async throws {
        let desk = try Desk()
        try await desk.writeRecord()
        let key = try SigningKey("key", in: desk.scratch.path)
        try desk.write(key.allowing("ada"), to: "signers")
        try RecordSignature.sign(record: desk.scratch("record"), key: key.path)
        func run(_ name: String = "script.swift") async throws -> BuiltProgram {
            try await desk.idrscript("run", "record/\(name)", "--allowed-signers", "signers")
        }
        #expect(try await run().output == "it runs\n")
        // A script that was put beside it is another one, and then the record is not intact.
        try desk.write("print(\"it runs too\")\n", to: "record/other.swift")
        expectRefusal(try await run("other.swift"), "the record around it is not intact")
        try FileManager.default.removeItem(atPath: desk.scratch("record/other.swift"))
        try desk.write(Desk.script + "\n", to: "record/script.swift")
        expectRefusal(try await run(), "the record around it is not intact")
        // Rewritten so that all agrees but the signature.
        try Manifest(of: desk.scratch("record")).write(to: desk.scratch("record"))
        expectRefusal(try await run(), "the record around it is not intact")
    }

    @Test func aNameCannotBeCode() async throws {
        let desk = try Desk()
        let names = ["a\", line: 1)\nprint(\"named\")\n#sourceLocation(file: \"b.swift", "a\u{1b}[2J.swift"]
        for name in names {
            let path = desk.scratch(name.replacing("/", with: ""))
            try Data(Desk.script.utf8).write(to: URL(fileURLWithPath: path))
            for command in ["run", "plan", "trust"] {
                let result = try await desk.idrscript(command, path)
                #expect(result.status == 1 && result.errors.contains("name has control characters"), "\(result.output)\(result.errors)")
            }
        }
        #expect(!desk.hasCompiled)
    }

    @Test func whatWasTrustedIsInTheRecord() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script)
        let digest = try SHA256.digest(of: ScriptFolder.script).hex
        func trust(_ output: String, _ arguments: [String] = []) async throws -> String {
            let command = ["run", "script.swift", "--batches", "0", "--output", output] + arguments
            let settings = ["XDG_CACHE_HOME": folder.scratch("cache"), "XDG_CONFIG_HOME": folder.scratch("config")]
            let run = try await BuiltProgram.run("idrscript", command, in: folder.scratch.path, environment: settings)
            #expect(run.status == 0, "\(run.errors)")
            return try RecordFolder(reading: folder.scratch(output)).run.script.trust
        }
        #expect(try await trust("own") == "own")
        let marks = folder.scratch("config/idrkit/trusted-scripts")
        try Data("foreign \(digest) script.swift\n".utf8).write(to: URL(fileURLWithPath: marks))
        let key = try SigningKey("key", in: folder.scratch.path)
        try key.allowing("ada@example.org").write(toFile: folder.scratch("signers"), atomically: true, encoding: .utf8)
        try RecordSignature.sign(folder.scratch("script.swift"), key: key.path, for: .script)
        #expect(try await trust("signed", ["--allowed-signers", "signers"]) == "signed: ada@example.org")
        #expect(try await folder.idrscript("trust", "script.swift").status == 0)
        #expect(try await trust("trusted") == "trusted: \(digest.prefix(12))")
        for output in ["own", "signed", "trusted"] { #expect(RecordVerification(of: folder.scratch(output)).isIntact) }
    }
}
