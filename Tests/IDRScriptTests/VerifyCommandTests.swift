import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// `verify` and `sign` as a person meets them. Nothing is compiled here.
struct VerifyCommandTests {
    private struct RecordFolders {
        let scratch: ScratchFolder
        let digest: Digest

        init() async throws {
            scratch = try ScratchFolder()
            digest = try await SampleRecord().write(to: scratch("record"))
        }

        func idrscript(_ arguments: String..., environment: [String: String] = [:]) async throws -> BuiltProgram {
            let settings = ["XDG_CONFIG_HOME": scratch("config"), "XDG_CACHE_HOME": scratch("cache")]
            return try await BuiltProgram.run("idrscript", arguments, in: scratch.path, environment: settings.merging(environment) { $1 })
        }

        func write(_ text: String, to name: String) throws {
            let url = URL(fileURLWithPath: scratch(name))
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }

    @Test func anIntactRecordEndsWithStatusZero() async throws {
        let folders = try await RecordFolders()
        let before = try folders.scratch.files(below: "record").map { try SHA256.digest(ofFile: folders.scratch("record/\($0)")).hex }
        let result = try await folders.idrscript("verify", "record", "--digest", folders.digest.hex, environment: ["PATH": "/nowhere"])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.contains("record \(folders.digest)") && lines.contains("signed no"), "\(lines)")
        #expect(lines.last?.hasPrefix("intact: 2 batches, ") == true, "\(lines)")
        // A look changes nothing.
        #expect(try folders.scratch.files(below: "record").map { try SHA256.digest(ofFile: folders.scratch("record/\($0)")).hex } == before)
    }

    @Test func whatIsWrongIsListedAndEndsWithStatusOne() async throws {
        let folders = try await RecordFolders()
        try folders.write("no table\n", to: "record/batch_1/cells.csv")
        try FileManager.default.removeItem(atPath: folders.scratch("record/batch_0/record.json"))
        let result = try await folders.idrscript("verify", "record")
        #expect(result.status == 1)
        let wrong = result.output.split(separator: "\n").filter { $0.hasPrefix("WRONG  ") }.map { String($0.dropFirst(7)) }
        #expect(
            wrong.count == 2 && wrong[0] == "batch_0/record.json: missing" && wrong[1].hasPrefix("batch_1/cells.csv: has 9 bytes, not "), "\(wrong)")
        #expect(result.output.hasSuffix("NOT INTACT: 2 problems\n"), "\(result.output)")
    }

    @Test func jsonSaysTheSame() async throws {
        let folders = try await RecordFolders()
        let good = try await folders.idrscript("verify", "record", "--json")
        let answer = try JSONDecoder().decode(RecordVerification.self, from: Data(good.output.utf8))
        #expect(good.status == 0 && answer.isIntact && answer.digest == folders.digest && answer.batches == 2)
        try folders.write("", to: "record/script.swift")
        let bad = try await folders.idrscript("verify", "record", "--json")
        let problems = try JSONDecoder().decode(RecordVerification.self, from: Data(bad.output.utf8)).problems
        #expect(bad.status == 1 && problems.map(\.file) == ["script.swift"], "\(problems)")
    }

    @Test func aRecordThatIsNotThereIsAnError() async throws {
        let folders = try await RecordFolders()
        let result = try await folders.idrscript("verify", "nowhere")
        #expect(result.status == 1 && result.errors.contains("there is no record nowhere") && result.output.isEmpty, "\(result.errors)")
        try FileManager.default.createDirectory(atPath: folders.scratch("empty"), withIntermediateDirectories: true)
        let empty = try await folders.idrscript("verify", "empty")
        #expect(empty.status == 1 && empty.output.contains("run.json: missing: this is no record"), "\(empty.output)")
    }

    @Test func aSignedRecordIsCheckedWithTheSignersOfTheSettings() async throws {
        let folders = try await RecordFolders()
        let key = try SigningKey("key", in: folders.scratch.path)
        let other = try SigningKey("other", in: folders.scratch.path)
        let signed = try await folders.idrscript("sign", "record", "--key", "key")
        #expect(signed.status == 0 && signed.output == "signed: record/manifest.json.sig\n", "\(signed.errors)")
        // Nobody is known: the key is said.
        let unknown = try await folders.idrscript("verify", "record")
        #expect(try unknown.status == 0 && unknown.output.contains("signed by key \(key.fingerprint())\n"), "\(unknown.output)")
        try folders.write(key.allowing("ada@example.org"), to: "config/idrkit/allowed_signers")
        let known = try await folders.idrscript("verify", "record")
        #expect(known.status == 0 && known.output.contains("signed by ada@example.org\n"), "\(known.output)")
        // The command line's signers take the place of the settings'.
        try folders.write(other.allowing("bob@example.org"), to: "signers")
        let refused = try await folders.idrscript("verify", "record", "--allowed-signers", "signers")
        #expect(try refused.status == 1 && refused.output.contains(key.fingerprint()) && refused.output.contains("signed no\n"), "\(refused.output)")
        // The key's name and place are nowhere in the record.
        for name in folders.scratch.files(below: "record") {
            #expect(!String(decoding: try folders.scratch.bytes("record/\(name)"), as: UTF8.self).contains(folders.scratch.path))
        }
    }

    @Test func namedSignersMustHaveSigned() async throws {
        let folders = try await RecordFolders()
        let key = try SigningKey("key", in: folders.scratch.path)
        try folders.write(key.allowing("ada"), to: "signers")
        let result = try await folders.idrscript("verify", "record", "--allowed-signers", "signers")
        #expect(result.status == 1 && result.output.contains("manifest.json.sig: missing: the record is not signed"), "\(result.output)")
        try folders.write(key.allowing("ada"), to: "config/idrkit/allowed_signers")
        let known = try await folders.idrscript("verify", "record")
        #expect(known.status == 0 && known.output.contains("note   it is not signed"), "\(known.output)")
    }

    @Test func withoutOpenSSHASignatureCannotBeMadeOrChecked() async throws {
        let folders = try await RecordFolders()
        let key = try SigningKey("key", in: folders.scratch.path)
        let unsigned = try await folders.idrscript("sign", "record", "--key", key.path, environment: ["PATH": "/nowhere"])
        #expect(
            unsigned.status == 1 && unsigned.errors.contains("there is no ssh-keygen") && unsigned.errors.contains("openssh-client"),
            "\(unsigned.errors)")
        try RecordSignature.sign(record: folders.scratch("record"), key: key.path)
        let result = try await folders.idrscript("verify", "record", environment: ["PATH": "/nowhere"])
        #expect(result.status == 1 && result.output.contains("manifest.json.sig: there is no ssh-keygen"), "\(result.output)")
    }

    @Test func signingNeedsARecordAndAKey() async throws {
        let folders = try await RecordFolders()
        let noKey = try await folders.idrscript("sign", "record", "--key", "nokey")
        #expect(noKey.status == 1 && noKey.errors.contains("the signature was not made") && noKey.errors.contains("nokey"), "\(noKey.errors)")
        let key = try SigningKey("key", in: folders.scratch.path)
        let noRecord = try await folders.idrscript("sign", "nowhere", "--key", key.path)
        #expect(noRecord.status == 1 && noRecord.errors.contains("nothing to sign"), "\(noRecord.errors)")
        #expect(!FileManager.default.fileExists(atPath: folders.scratch("record/manifest.json.sig")))
    }

    /// ssh-keygen asks on the terminal that idrscript was started from.
    @Test(.timeLimit(.minutes(5))) func aPassphraseIsAskedForOnTheTerminal() async throws {
        let folders = try await RecordFolders()
        let key = try SigningKey("key", in: folders.scratch.path, passphrase: "open sesame")
        let terminal = try Terminal()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments = ["--ctty", "--wait", BuiltProgram.folder.appending(path: "idrscript").path, "sign", "record", "--key", key.path]
        process.currentDirectoryURL = URL(fileURLWithPath: folders.scratch.path)
        process.environment = ProcessInfo.processInfo.environment.filter { !["SSH_AUTH_SOCK", "DISPLAY", "SSH_ASKPASS"].contains($0.key) }
        process.standardInput = terminal.programs
        process.standardOutput = terminal.programs
        process.standardError = terminal.programs
        try process.run()
        try terminal.programs.close()
        let said = await terminal.talk { $0.contains("passphrase") ? "open sesame\n" : nil }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && said.contains("signed: record/manifest.json.sig"), "\(said)")
        #expect(RecordVerification(of: folders.scratch("record")).signature == "key \(try key.fingerprint())")
    }
}
