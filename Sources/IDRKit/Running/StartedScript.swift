package import IDRRecord

/// What `idrscript` knows of a script that it starts.
package struct StartedScript: Codable, Sendable, Hashable {
    /// A copy of the source that was compiled.
    package var source: String
    /// The file's own name.
    package var name: String
    /// What the person wrote behind `--`.
    package var arguments: [String]
    /// The compiler as it names itself: the first line of `swiftc --version`.
    package var compiler: String
    /// The compiler's flags, without folders.
    package var compilerFlags: [String]
    /// Packages that it was built with besides IDRKit, sorted by address; nil: it names none.
    package var packages: [PackageRecord]?
    /// Why the script was let run: see `ScriptRecord.trust`.
    package var trust: String

    /// Names everything that is known of a script.
    package init(
        source: String, name: String, arguments: [String], compiler: String, compilerFlags: [String], packages: [PackageRecord]? = nil, trust: String
    ) {
        self.source = source
        self.name = name
        self.arguments = arguments
        self.compiler = compiler
        self.compilerFlags = compilerFlags
        self.packages = packages
        self.trust = trust
    }
}
