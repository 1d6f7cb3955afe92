/// What a run stands on: toolchain, libraries, models. `idr.lock` of a run's folder.
///
/// The same lock and instruction set promise the same bits; `--locked` refuses to run on anything else.
public struct Lock: Codable, Sendable, Hashable {
    public var format = 1
    public var idrkit: CodeRecord
    /// The compiler that built the script, as it names itself; nil for executables that were built elsewhere.
    public var compiler: String?
    public var compilerFlags: [String]
    /// Shared libraries that decode or compute, file name to SHA-256.
    public var libraries: [String: String]
    /// Every file that decides numbers, role to SHA-256.
    public var models: [String: String]

    public init(idrkit: CodeRecord, compiler: String?, compilerFlags: [String], libraries: [String: String], models: [String: String]) {
        self.idrkit = idrkit
        self.compiler = compiler
        self.compilerFlags = compilerFlags
        self.libraries = libraries
        self.models = models
    }

    /// What another lock has that this one has not, one line each, sorted by kind; empty where they agree.
    public func differences(from other: Lock) -> [String] {
        var lines: [String] = []
        if !idrkit.isSameCode(as: other.idrkit) { lines.append("IDRKit: \(idrkit), not \(other.idrkit)") }
        if compiler != other.compiler { lines.append("compiler: \(compiler ?? "unknown"), not \(other.compiler ?? "unknown")") }
        if compilerFlags != other.compilerFlags {
            lines.append("compiler flags: \(compilerFlags.joined(separator: " ")), not \(other.compilerFlags.joined(separator: " "))")
        }
        return lines + Self.differences("library", libraries, other.libraries) + Self.differences("model", models, other.models)
    }

    private static func differences(_ kind: String, _ own: [String: String], _ others: [String: String]) -> [String] {
        Set(own.keys).union(others.keys).sorted().filter { own[$0] != others[$0] }.map { name in
            "\(kind) \(name): \(own[name].map { String($0.prefix(12)) } ?? "none"), not \(others[name].map { String($0.prefix(12)) } ?? "none")"
        }
    }
}

/// Which IDRKit it was.
public struct CodeRecord: Codable, Sendable, Hashable, CustomStringConvertible {
    public var version: String
    /// The commit that it was built from, where the build said so; `+` at the end where files differed from it.
    public var commit: String?
    /// The binary that holds the code: the library, or an executable that it was linked into.
    public var binary: String
    public var sha256: String

    public init(version: String, commit: String?, binary: String, sha256: String) {
        self.version = version
        self.commit = commit
        self.binary = binary
        self.sha256 = sha256
    }

    /// By commit where both are known and clean, for builds of one commit differ in their bytes; by the binary otherwise.
    public func isSameCode(as other: CodeRecord) -> Bool {
        if let commit, let others = other.commit, !commit.hasSuffix("+"), !others.hasSuffix("+") {
            return commit == others && version == other.version
        }
        return sha256 == other.sha256
    }

    public var description: String { "\(version) (\(commit.map { "commit \($0.prefix(12))" } ?? "binary \(sha256.prefix(12))"))" }
}
