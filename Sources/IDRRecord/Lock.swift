import Foundation
import IDRFiles
package import IDRPlan

/// What a run stands on: toolchain, libraries, models. `idr.lock` of a run's folder.
///
/// The same lock and instruction set promise the same bits; `--locked` refuses to run on anything else.
package struct Lock: Codable, Sendable, Hashable {
    package var format = 1
    package var idrkit: CodeRecord
    /// The compiler that built the script, as it names itself; nil for executables that were built elsewhere.
    package var compiler: String?
    package var compilerFlags: [String]
    /// Packages that the script was built with besides IDRKit; nil: it names none.
    package var packages: [PackageRecord]?
    /// Shared libraries that decode or compute, file name to SHA-256.
    package var libraries: [String: Digest]
    /// Every file that decides numbers, role to SHA-256.
    package var models: [String: Digest]

    package init(
        idrkit: CodeRecord, compiler: String?, compilerFlags: [String], packages: [PackageRecord]? = nil, libraries: [String: Digest],
        models: [String: Digest]
    ) {
        self.idrkit = idrkit
        self.compiler = compiler
        self.compilerFlags = compilerFlags
        self.packages = packages
        self.libraries = libraries
        self.models = models
    }

    /// Reads the lock at `path`.
    package init(reading path: String) throws(IDRError) {
        guard let data = FileManager.default.contents(atPath: path) else { throw IDRError(.missing, "there is no lock \(path)") }
        self = try VersionedJSON.decode(Lock.self, from: data, path: path)
    }

    /// What another lock has that this one has not, one line each, sorted by kind; empty where they agree.
    package func differences(from other: Lock) -> [String] {
        var lines: [String] = []
        if !idrkit.isSameCode(as: other.idrkit) { lines.append("IDRKit: \(idrkit), not \(other.idrkit)") }
        if compiler != other.compiler { lines.append("compiler: \(compiler ?? "unknown"), not \(other.compiler ?? "unknown")") }
        if compilerFlags != other.compilerFlags {
            lines.append("compiler flags: \(compilerFlags.joined(separator: " ")), not \(other.compilerFlags.joined(separator: " "))")
        }
        let commits = [packages, other.packages].map { list in
            Dictionary((list ?? []).map { ($0.address, "\($0.version) \($0.revision)") }) { first, _ in first }
        }
        lines += Self.differences("package", commits[0], commits[1]) { $0 }
        lines += Self.differences("library", libraries, other.libraries, shown: \.short)
        return lines + Self.differences("model", models, other.models, shown: \.short)
    }

    private static func differences<Value: Equatable>(
        _ kind: String, _ own: [String: Value], _ others: [String: Value], shown: (Value) -> String
    ) -> [String] {
        Set(own.keys).union(others.keys).sorted().filter { own[$0] != others[$0] }.map { name in
            "\(kind) \(name): \(own[name].map(shown) ?? "none"), not \(others[name].map(shown) ?? "none")"
        }
    }
}

extension Lock: StoredValue {
    package static var readableFormats: ClosedRange<Int> { 1...1 }
}

/// Which IDRKit it was.
package struct CodeRecord: Codable, Sendable, Hashable, CustomStringConvertible {
    package var version: String
    /// The commit that it was built from, where the build said so; `+` at the end where files differed from it.
    package var commit: String?
    /// The binary that holds the code: the library, or an executable that it was linked into.
    package var binary: String
    package var sha256: Digest

    package init(version: String, commit: String?, binary: String, sha256: Digest) {
        self.version = version
        self.commit = commit
        self.binary = binary
        self.sha256 = sha256
    }

    /// By commit where both are known and clean, for builds of one commit differ in their bytes; by the binary otherwise.
    package func isSameCode(as other: CodeRecord) -> Bool {
        if let commit, let others = other.commit, !commit.hasSuffix("+"), !others.hasSuffix("+") {
            return commit == others && version == other.version
        }
        return sha256 == other.sha256
    }

    package var description: String { "\(version) (\(commit.map { "commit \($0.prefix(12))" } ?? "binary \(sha256.short)"))" }
}
