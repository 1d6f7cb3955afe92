import Foundation

/// An SSH key of a made-up person, in a scratch folder.
package struct SigningKey: Sendable {
    package struct Failure: Error, CustomStringConvertible { package let description: String }

    /// The file of the private key.
    package let path: String
    /// `ssh-ed25519 AAAA...`
    package let publicKey: String

    /// - Parameters:
    ///   - name: of the key's file below `folder`.
    ///   - type: as ssh-keygen names it.
    package init(_ name: String, in folder: String, type: String = "ed25519", passphrase: String = "") throws {
        path = "\(folder)/\(name)"
        try Self.sshKeygen(["-q", "-t", type, "-N", passphrase, "-C", "", "-f", path])
        publicKey = try String(contentsOfFile: path + ".pub", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// `SHA256:...`
    package func fingerprint() throws -> String {
        try Self.sshKeygen(["-l", "-f", path + ".pub"]).split(separator: " ").first { $0.hasPrefix("SHA256:") }.map(String.init) ?? ""
    }

    /// The line of an allowed-signers file that lets `principal` sign with this key.
    package func allowing(_ principal: String, options: String = "") -> String {
        "\(principal) \(options)\(options.isEmpty ? "" : " ")\(publicKey)\n"
    }

    /// Signs with any namespace, as somebody else's program would.
    package func sign(_ file: String, namespace: String) throws {
        try? FileManager.default.removeItem(atPath: file + ".sig")
        try Self.sshKeygen(["-Y", "sign", "-f", path, "-n", namespace, file])
    }

    @discardableResult
    private static func sshKeygen(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
        process.arguments = arguments
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "ssh-keygen \(arguments): \(said)") }
        return said
    }
}
