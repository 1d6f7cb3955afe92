public import IDRPlan

/// What a run is, fixed when it begins: `run.json`. Everything that is found out while it runs is in its batches' records and its journal.
public struct RunRecord: Codable, Sendable, Hashable {
    public static let formatVersion = 3

    public var format = RunRecord.formatVersion
    /// SHA-256 of the resolved plan, `plan.json`: the run's identity.
    public var run: String
    /// The folder that the script asked for with `run(name:)`.
    public var name: String?
    public var batchSize: Int
    public var batches: Int
    public var script: ScriptRecord
    /// What a reproduction is judged by. It is fixed here, before anybody reruns.
    public var agreement = Agreement()
    /// Seeds of everything that looks random, by what they are for.
    public var seeds = ["projection": Projection.seed]
    /// Who answers for the run, where the configuration says.
    public var author: Author?

    public init(run: String, name: String?, batchSize: Int, batches: Int, script: ScriptRecord, author: Author?) {
        self.run = run
        self.name = name
        self.batchSize = batchSize
        self.batches = batches
        self.script = script
        self.author = author
    }
}

/// The script of a run.
public struct ScriptRecord: Codable, Sendable, Hashable {
    /// The file's own name, without its folder.
    public var name: String
    /// Of the source, which the record holds as `script.swift`; nil where an executable's source was not at hand.
    public var sha256: String?
    /// Modules that it imports, sorted.
    public var imports: [String]
    /// Arguments after `--`.
    public var arguments: [String]
    /// How it was compiled, without folders; empty for an executable that was built elsewhere.
    public var compilerFlags: [String]
    /// Why it was allowed to run: `own`, `trusted: <digest>`, `signed: <principal>`, `sandbox`; `executable` where `idrscript` did not start it.
    public var trust: String

    public init(name: String, sha256: String?, imports: [String], arguments: [String], compilerFlags: [String], trust: String) {
        self.name = name
        self.sha256 = sha256
        self.imports = imports
        self.arguments = arguments
        self.compilerFlags = compilerFlags
        self.trust = trust
    }
}
