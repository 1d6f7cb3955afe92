/// What `idrscript` knows of a script that it starts.
public struct StartedScript: Codable, Sendable, Hashable {
    /// A copy of the source that was compiled.
    public var source: String
    /// The file's own name.
    public var name: String
    public var arguments: [String]
    /// The compiler as it names itself, and the flags without folders.
    public var compiler: String
    public var compilerFlags: [String]
    /// See `ScriptRecord.trust`.
    public var trust: String

    public init(source: String, name: String, arguments: [String], compiler: String, compilerFlags: [String], trust: String) {
        self.source = source
        self.name = name
        self.arguments = arguments
        self.compiler = compiler
        self.compilerFlags = compilerFlags
        self.trust = trust
    }
}
