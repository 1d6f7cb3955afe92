import Foundation
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Who signed a record, and who may have.
struct VerificationSignatureTests {
    private struct Signed {
        let record: SealedRecord
        let key: SigningKey
        let other: SigningKey

        init(type: String = "ed25519") async throws {
            record = try await SealedRecord {
                $0.batches = 1; $0.failed = []
            }
            key = try SigningKey("key", in: record.scratch.path, type: type)
            other = try SigningKey("other", in: record.scratch.path)
            try RecordSignature.sign(record: record.folder, key: key.path)
        }

        func verify(allowing lines: String) throws -> RecordVerification {
            try Data(lines.utf8).write(to: URL(fileURLWithPath: record.scratch("signers")))
            return record.verify(allowedSigners: record.scratch("signers"))
        }
    }

    @Test(arguments: ["ed25519", "ecdsa", "rsa"]) func anAllowedSignerIsNamed(_ type: String) async throws {
        let signed = try await Signed(type: type)
        let result = try signed.verify(
            allowing: "# the laboratory\n" + signed.other.allowing("bob@example.org") + signed.key.allowing("ada@example.org"))
        #expect(result.isIntact && result.signature == "ada@example.org", "\(result)")
        // Keys are not part of what is sealed.
        #expect(result.digest == signed.record.digest)
    }

    @Test func withoutSignersTheKeyIsNamed() async throws {
        let signed = try await Signed()
        let result = signed.record.verify()
        #expect(try result.isIntact && result.signature == "key \(signed.key.fingerprint())", "\(result)")
    }

    @Test func aKeyThatIsNotAllowedIsNamedAndAProblem() async throws {
        let signed = try await Signed()
        let result = try signed.verify(allowing: signed.other.allowing("bob"))
        #expect(
            try result.says("not among the allowed signers: the key is \(signed.key.fingerprint())", of: "manifest.json.sig"), "\(result.problems)")
        #expect(result.signature == nil && !result.isIntact)
    }

    @Test func signersMayBeHeldToNamespaces() async throws {
        let signed = try await Signed()
        let held = try signed.verify(allowing: signed.key.allowing("ada", options: "namespaces=\"idrkit-script,git\""))
        #expect(held.names("manifest.json.sig") && held.signature == nil, "\(held)")
        let free = try signed.verify(allowing: signed.key.allowing("ada", options: "namespaces=\"idrkit-*\""))
        #expect(free.isIntact && free.signature == "ada", "\(free)")
    }

    @Test func signaturesForOtherUsesAreNone() async throws {
        let signed = try await Signed()
        for namespace in ["idrkit-script", "file", "git"] {
            try signed.key.sign(signed.record("manifest.json"), namespace: namespace)
            for lines in [nil, signed.key.allowing("ada")] {
                let result = try lines.map { try signed.verify(allowing: $0) } ?? signed.record.verify()
                #expect(result.names("manifest.json.sig") && result.signature == nil, "\(namespace): \(result)")
            }
        }
    }

    /// What ssh-keygen says of a line is not somebody's name: a pattern for everybody would match it.
    @Test func malformedSignersAllowNobody() async throws {
        let signed = try await Signed()
        for lines in ["", "\n\n", "not a line", "ada ssh-ed25519 AAAA", "ada", "\u{0}\u{1}\u{ff}", signed.key.publicKey + "\n"] {
            let result = try signed.verify(allowing: lines)
            #expect(result.names("manifest.json.sig") && result.signature == nil, "\(lines): \(result)")
        }
        let mixed = try signed.verify(allowing: "bob ssh-ed25519 AAAA\n" + signed.key.allowing("*"))
        #expect(mixed.signature == nil || mixed.signature == "*", "\(mixed)")
    }

    @Test func aSignersFileThatIsNotThereIsAProblem() async throws {
        let signed = try await Signed()
        let result = signed.record.verify(allowedSigners: signed.record.scratch("nobody"))
        #expect(result.says("no allowed-signers file", of: "manifest.json.sig"), "\(result.problems)")
    }

    @Test func anUnsignedRecordIsANoteUnlessASignatureIsAskedFor() async throws {
        let record = try await SealedRecord {
            $0.batches = 1; $0.failed = []
        }
        try Data().write(to: URL(fileURLWithPath: record.scratch("signers")))
        let signers = record.scratch("signers")
        #expect(record.verify().notes == [])
        #expect(record.verify(allowedSigners: signers).isIntact && record.verify(allowedSigners: signers).notes == ["it is not signed"])
        #expect(record.verify(allowedSigners: signers, isSignatureRequired: true).says("not signed", of: "manifest.json.sig"))
    }

    @Test func signingAgainReplacesAndFailingLeavesWhatWasThere() async throws {
        let signed = try await Signed()
        let before = try signed.record.bytes("manifest.json.sig")
        for key in [signed.record.scratch("nokey"), signed.record("run.json")] {
            #expect { try RecordSignature.sign(record: signed.record.folder, key: key) } throws: {
                ($0 as? IDRError)?.problem == "the signature was not made" && ($0 as? IDRError)?.reason?.isEmpty == false
            }
        }
        #expect(try signed.record.bytes("manifest.json.sig") == before)
        try RecordSignature.sign(record: signed.record.folder, key: signed.other.path)
        #expect(try signed.verify(allowing: signed.other.allowing("bob")).signature == "bob")
        // Nothing else was left in the record.
        #expect(signed.record.verify().isIntact)
    }

    @Test func whatIsNotThereIsNotSigned() async throws {
        let scratch = try ScratchFolder()
        let key = try SigningKey("key", in: scratch.path)
        #expect { try RecordSignature.sign(record: scratch.path, key: key.path) } throws: { ($0 as? IDRError)?.code == .missing }
    }

    /// A script is checked as it was read: what lies there afterwards is nobody's business.
    @Test func theBytesThatWereReadAreChecked() async throws {
        let scratch = try ScratchFolder()
        let key = try SigningKey("key", in: scratch.path)
        let path = scratch("script.swift")
        try key.allowing("ada").write(toFile: scratch("signers"), atomically: true, encoding: .utf8)
        try Data("good".utf8).write(to: URL(fileURLWithPath: path))
        try RecordSignature.sign(path, key: key.path, for: .script)
        func signer(of text: String) throws -> String? {
            try RecordSignature.check(Data(text.utf8), at: path, for: .script, allowedSigners: scratch("signers"))
        }
        #expect(try signer(of: "good") == "ada")
        #expect { try signer(of: "evil") } throws: { ($0 as? IDRError)?.code == .changed }
        try Data("evil".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try signer(of: "good") == "ada")
        try FileManager.default.removeItem(atPath: path + ".sig")
        #expect(try signer(of: "good") == nil)
    }
}
