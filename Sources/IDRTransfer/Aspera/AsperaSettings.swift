import Foundation
import IDRFiles
package import IDRPlan

/// Text that must not be seen: neither printing nor dumping it shows it.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// `text` without this secret.
    func redacted(from text: String) -> String { self.text.isEmpty ? text : text.replacing(self.text, with: "(secret)") }
}

/// How `ascp` is started. Aspera is used only where a person asks for it.
package struct AsperaSettings: Sendable {
    /// A path, or a name that is looked up in `PATH`.
    package var program = "ascp"
    /// Path of the private key.
    package var key: String
    package var user = "fasp-public"
    package var host = "fasp.ebi.ac.uk"
    package var port = 33001
    /// The rate that is aimed at, as `-l` takes it.
    package var rate = "500m"
    /// Of the key, or the password. It is handed on in the environment variable `ASPERA_SCP_PASS` only.
    package var passPhrase: Secret?
    /// Seconds without output and without growth of the file, after which a transfer is ended and tried again.
    package var stall = 60.0
    /// Seconds for one file, all tries together.
    package var longest = 4.0 * 3600
    /// Seconds between the request to end and the end by force.
    package var grace = 5.0
    package var policy: RetryPolicy

    package init(key: String) {
        self.key = key
        policy = RetryPolicy()
        policy.firstWait = 2
    }

    /// The settings in `IDRKIT_ASPERA_KEY` and `ASPERA_SCP_PASS`; nil where no key is named.
    package init?(_ environment: [String: String]) {
        guard let key = environment["IDRKIT_ASPERA_KEY"], !key.isEmpty else { return nil }
        self.init(key: key)
        passPhrase = environment["ASPERA_SCP_PASS"].flatMap { $0.isEmpty ? nil : Secret($0) }
    }
}

/// What is started: an argument vector and an environment, never a line for a shell.
package struct AsperaCommand: Sendable {
    /// The program's name first.
    package let arguments: [String]
    package let environment: [String: String]

    /// What the program may know of our environment.
    static let passedOn = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME"]

    /// The transfer of the remote file `path` to the local file `destination`.
    /// - Throws: an ``IDRError`` where a part of `path` could lead away, or could mean something to a shell at the other end.
    package init(_ settings: AsperaSettings, path: String, to destination: String, environment: [String: String]) throws(IDRError) {
        let parts = path.split(separator: "/").map(String.init)
        guard !parts.isEmpty else { throw IDRError(.refused, "an Aspera path is empty") }
        for part in parts {
            try PathPart.checked(part, called: "a part of the Aspera path")
            guard part.allSatisfy({ $0.isLetter || $0.isNumber || " ._-+=,@%#[]()~:".contains($0) }) else {
                throw IDRError(
                    .refused, "\"\(part)\" cannot be fetched with Aspera", because: "it holds a character that a shell could take as its own",
                    fix: "fetch it over HTTPS")
            }
        }
        for (name, value) in [("user", settings.user), ("host", settings.host)] {
            guard let first = value.utf8.first, first != 0x2D, value.utf8.allSatisfy(Self.isPlain) else {
                throw IDRError(.refused, "\"\(value)\" is not an Aspera \(name)", fix: "use letters, digits, dots, hyphens and underscores")
            }
        }
        guard settings.rate.wholeMatch(of: /[0-9]{1,9}[kKmMgG]?/) != nil, (1...65535).contains(settings.port) else {
            throw IDRError(.refused, "the Aspera rate \"\(settings.rate)\" or port \(settings.port) cannot be used", fix: "write a rate such as 500m")
        }
        arguments = [
            "ascp", "-T", "-Q", "-l", settings.rate, "-P", "\(settings.port)", "-i", Self.absolute(settings.key), "-k", "2",
            "\(settings.user)@\(settings.host):/\(parts.joined(separator: "/"))", Self.absolute(destination),
        ]
        var passed = environment.filter { Self.passedOn.contains($0.key) }
        if let pass = settings.passPhrase { passed["ASPERA_SCP_PASS"] = pass.text }
        self.environment = passed
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
    }

    /// A path that begins with a slash is never taken for an option, nor what stands before a colon for a host.
    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
