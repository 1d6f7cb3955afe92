package import Foundation
import IDRFiles
package import IDRPlan

/// Signatures of manifests and scripts by SSH keys (SSHSIG), made and checked by OpenSSH's `ssh-keygen`.
package enum RecordSignature {
    /// What a signature is for: one of a record's manifest says nothing of a script, and the other way round.
    package enum Namespace: String, Sendable {
        case record = "idrkit-record"
        case script = "idrkit-script"
    }

    /// Signs the record's manifest with the private key (or the public one, where an agent has the private one) in the file `key`.
    /// ssh-keygen asks for a passphrase on the terminal where one is needed.
    package static func sign(record folder: String, key: String) throws {
        try sign("\(folder)/\(RecordLayout.manifest)", key: key, for: .record)
    }

    /// Leaves `<file>.sig` beside the file; where no signature is made, an older one stays.
    package static func sign(_ file: String, key: String, for namespace: Namespace) throws {
        guard FileManager.default.fileExists(atPath: file) else {
            throw IDRError(.missing, "there is nothing to sign", at: [file], fix: "give the folder of a run that has ended")
        }
        let content = try RecordFile.read(file)
        // ssh-keygen writes beside what it signs, and asks before it replaces anything.
        let scratch = FileManager.default.temporaryDirectory.appending(path: "idrkit-sign-\(UUID().uuidString)").path
        guard mkdir(scratch, 0o700) == 0 else {
            let reason = SystemFailure.reason(errno)
            throw IDRError(.system, "a scratch folder cannot be made", at: [scratch], because: reason, fix: "set TMPDIR")
        }
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let copy = scratch + "/content"
        try AtomicFile.write([UInt8](content), to: copy)
        let answer = try SSHKeygen.run(["-Y", "sign", "-f", key, "-n", namespace.rawValue, copy], input: nil)
        guard answer.status == 0, FileManager.default.fileExists(atPath: copy + ".sig") else {
            throw IDRError(
                .system, "the signature was not made", at: [file], because: answer.said, fix: "check the key; ssh-keygen -Y sign must take it")
        }
        try AtomicFile.write([UInt8](try armor(copy + ".sig")), to: file + ".sig")
    }

    /// Who signed `content`, which lies at `file` with its signature `<file>.sig` beside it: a principal of the allowed signers, or a key's
    /// fingerprint where none are given. The file itself is not read again.
    /// - Returns: nil where there is no signature.
    /// - Throws: where there is one that is not good.
    package static func check(_ content: Data, at file: String, for namespace: Namespace, allowedSigners: String?) throws(IDRError) -> String? {
        let signature = file + ".sig"
        do throws(IDRError) {
            _ = try armor(signature)
        } catch {
            if error.code == .missing { return nil }
            throw error
        }
        let plain = try SSHKeygen.run(["-Y", "check-novalidate", "-n", namespace.rawValue, "-s", signature], input: content)
        guard plain.status == 0 else {
            let name = URL(fileURLWithPath: file).lastPathComponent
            throw IDRError(.changed, "the signature is not one of \(name)", because: plain.said)
        }
        guard let allowedSigners else { return "key \(fingerprint(plain.output))" }
        guard FileManager.default.isReadableFile(atPath: allowedSigners) else {
            throw IDRError(.missing, "there is no allowed-signers file", at: [allowedSigners], fix: "correct --allowed-signers")
        }
        let found = try SSHKeygen.run(["-Y", "find-principals", "-s", signature, "-f", allowedSigners], input: Data())
        var refusal = found.said
        for principal in found.status == 0 ? found.output.split(separator: "\n").map(String.init) : [] {
            let arguments = ["-Y", "verify", "-f", allowedSigners, "-I", principal, "-n", namespace.rawValue, "-s", signature]
            let answer = try SSHKeygen.run(arguments, input: content)
            if answer.status == 0 { return principal }
            refusal = answer.said
        }
        throw IDRError(
            .refused, "it is signed by a key that is not among the allowed signers",
            because: "the key is \(fingerprint(plain.output)); ssh-keygen says: \(refusal)",
            fix: "if you know whose it is, add it to the allowed-signers file")
    }

    private static func fingerprint(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).first(where: { $0.hasPrefix("SHA256:") }).map(String.init) ?? "of unknown fingerprint"
    }

    /// The signature as ssh-keygen writes it: other line ends or spaces would be other bytes with the same meaning.
    private static func armor(_ path: String) throws(IDRError) -> Data {
        let (head, foot) = (Data("-----BEGIN SSH SIGNATURE-----\n".utf8), Data("-----END SSH SIGNATURE-----\n".utf8))
        let data = try RecordFile.read(path, limit: 1 << 16)
        if data.starts(with: head), data.suffix(foot.count) == foot, data.count > head.count + foot.count,
            let content = Data(base64Encoded: data.dropFirst(head.count).dropLast(foot.count).filter { $0 != 10 })
        {
            var canonical = head
            var rest = content.base64EncodedData()[...]
            while !rest.isEmpty {
                canonical += rest.prefix(70) + [10]
                rest = rest.dropFirst(70)
            }
            if canonical + foot == data { return data }
        }
        throw IDRError(.changed, "the signature is not as ssh-keygen wrote it", at: [path])
    }
}
