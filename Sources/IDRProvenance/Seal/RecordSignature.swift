import Foundation
import IDRData
public import IDRPlan

/// Signatures of manifests and scripts by SSH keys (SSHSIG), made and checked by OpenSSH's `ssh-keygen`.
public enum RecordSignature {
    /// What a signature is for: one of a record's manifest says nothing of a script, and the other way round.
    public enum Namespace: String, Sendable {
        case record = "idrkit-record"
        case script = "idrkit-script"
    }

    /// Signs the record's manifest with the private key (or the public one, where an agent has the private one) in the file `key`.
    /// ssh-keygen asks for a passphrase on the terminal where one is needed.
    public static func sign(record folder: String, key: String) throws {
        try sign("\(folder)/\(RecordLayout.manifest)", key: key, for: .record)
    }

    /// Leaves `<file>.sig` beside the file.
    public static func sign(_ file: String, key: String, for namespace: Namespace) throws {
        guard FileManager.default.fileExists(atPath: file) else {
            throw IDRError(.missing, "there is nothing to sign", at: [file], fix: "give the folder of a run that has ended")
        }
        // ssh-keygen asks before it replaces one.
        try? FileManager.default.removeItem(atPath: file + ".sig")
        let result = try SSHKeygen.run(["-Y", "sign", "-f", key, "-n", namespace.rawValue, file], isInteractive: true)
        guard result.status == 0, FileManager.default.fileExists(atPath: file + ".sig") else {
            throw IDRError(.system, "the signature was not made", at: [file], because: result.said, fix: "check the key; ssh-keygen -Y sign must take it")
        }
        try isCanonical(file + ".sig")
    }

    /// Who signed the record's manifest: a principal of the allowed signers, or a key's fingerprint where none are given.
    /// - Returns: nil for a record without a signature.
    /// - Throws: where there is one that is not good.
    static func check(_ folder: String, allowedSigners: String?) throws(IDRError) -> String? {
        try check("\(folder)/\(RecordLayout.manifest)", for: .record, allowedSigners: allowedSigners)
    }

    /// The same of any file with a `.sig` beside it.
    public static func check(_ file: String, for namespace: Namespace, allowedSigners: String?) throws(IDRError) -> String? {
        let signature = file + ".sig"
        guard FileManager.default.fileExists(atPath: signature) else { return nil }
        try isCanonical(signature)
        let plain = try SSHKeygen.run(["-Y", "check-novalidate", "-n", namespace.rawValue, "-s", signature], input: file)
        guard plain.status == 0 else {
            throw IDRError(.changed, "the signature is not one of \(lastName(file))", because: plain.said)
        }
        guard let allowedSigners else { return "key \(fingerprint(plain.said))" }
        guard FileManager.default.fileExists(atPath: allowedSigners) else {
            throw IDRError(.missing, "there is no allowed-signers file", at: [allowedSigners], fix: "correct --allowed-signers")
        }
        let found = try SSHKeygen.run(["-Y", "find-principals", "-s", signature, "-f", allowedSigners])
        let principals = found.status == 0 ? found.said.split(separator: "\n").map(String.init) : []
        for principal in principals {
            let arguments = ["-Y", "verify", "-f", allowedSigners, "-I", principal, "-n", namespace.rawValue, "-s", signature]
            if try SSHKeygen.run(arguments, input: file).status == 0 { return principal }
        }
        throw IDRError(
            .refused, "it is signed by a key that is not among the allowed signers", because: "the key is \(fingerprint(plain.said))",
            fix: "if you know whose it is, add it to the allowed-signers file")
    }

    private static func fingerprint(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).first(where: { $0.hasPrefix("SHA256:") }).map(String.init) ?? "of unknown fingerprint"
    }

    private static func lastName(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

    /// The armour as ssh-keygen writes it: other line ends or spaces would be other bytes with the same meaning.
    private static func isCanonical(_ path: String) throws(IDRError) {
        let (head, foot) = ("-----BEGIN SSH SIGNATURE-----\n", "-----END SSH SIGNATURE-----\n")
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        guard size < 1 << 16, let data = FileManager.default.contents(atPath: path) else {
            throw IDRError(.invalidInput, "the signature cannot be read", at: [path])
        }
        let text = String(decoding: data, as: UTF8.self)
        if text.hasPrefix(head), text.hasSuffix(foot), text.count > head.count + foot.count {
            let body = text.dropFirst(head.count).dropLast(foot.count).replacing("\n", with: "")
            let again = Data(base64Encoded: String(body))?.base64EncodedString() ?? ""
            var lines: [Substring] = []
            var rest = again[...]
            while !rest.isEmpty {
                lines.append(rest.prefix(70))
                rest = rest.dropFirst(70)
            }
            let canonical = head + lines.map { $0 + "\n" }.joined() + foot
            if canonical == text { return }
        }
        throw IDRError(.changed, "the signature is not as ssh-keygen wrote it")
    }
}

/// OpenSSH's key program, started directly.
enum SSHKeygen {
    /// - Parameters:
    ///   - input: a file that it reads as its standard input.
    ///   - isInteractive: whether it may ask on the terminal.
    static func run(_ arguments: [String], input: String? = nil, isInteractive: Bool = false) throws(IDRError) -> (status: Int32, said: String) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let program = folders.map { "\($0)/ssh-keygen" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let program else {
            throw IDRError(.missing, "there is no ssh-keygen", because: "signatures are made and checked by OpenSSH", fix: "install openssh-client")
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        do {
            if let input {
                process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
            } else if !isInteractive {
                process.standardInput = FileHandle.nullDevice
            }
            try process.run()
        } catch {
            throw IDRError(.system, "ssh-keygen cannot be started", at: [program], because: error.localizedDescription)
        }
        let said = output.fileHandleForReading.readDataToEndOfFile().prefix(1 << 16)
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
