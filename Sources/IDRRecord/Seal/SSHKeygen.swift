import Foundation
import IDRFiles
import IDRPlan

/// OpenSSH's key program, started directly.
enum SSHKeygen {
    struct Answer {
        var status: Int32
        var output: String
        var errors: String

        /// What it said, for a person.
        var said: String { [errors, output].filter { !$0.isEmpty }.joined(separator: "\n") }
    }

    /// - Parameters:
    ///   - input: its standard input; nil: the terminal, where it may ask for a passphrase.
    static func run(_ arguments: [String], input: Data?) throws(IDRError) -> Answer {
        guard let program = ChildProcess.find("ssh-keygen") else {
            throw IDRError(.missing, "there is no ssh-keygen", because: "signatures are made and checked by OpenSSH", fix: "install openssh-client")
        }
        var child = ChildProcess(program, arguments)
        // The process group that has the terminal: in another one, it would be stopped where it asks there.
        child.group = .shared
        child.input = input.map { .bytes([UInt8]($0)) } ?? .inherited
        (child.output, child.errors) = (.kept(1 << 16), .kept(1 << 16))
        do {
            let end = try child.runHere()
            return Answer(status: end.status, output: text(end.output), errors: text(end.errors))
        } catch {
            throw IDRError(.system, "ssh-keygen cannot be started", at: [program], because: error.reason)
        }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
