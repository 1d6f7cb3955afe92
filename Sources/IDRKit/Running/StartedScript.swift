public import IDRProvenance

/// What `idrscript` knows of a script that it starts.
public struct StartedScript: Codable, Sendable, Hashable {
    /// A copy of the source that was compiled.
    public var source: String
    /// The file's own name.
    public var name: String
    /// What the person wrote behind `--`.
    public var arguments: [String]
    /// The compiler as it names itself: the first line of `swiftc --version`.
    public var compiler: String
    /// The compiler's flags, without folders.
    public var compilerFlags: [String]
    /// Packages that it was built with besides IDRKit, sorted by address; nil: it names none.
    public var packages: [PackageRecord]?
    /// Why the script was let run: see `ScriptRecord.trust`.
    public var trust: String

    /// Names everything that is known of a script.
    public init(
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
