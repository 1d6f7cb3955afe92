import IDRFiles
package import IDRPlan

/// What a run is, fixed when it begins: `run.json`. Everything that is found out while it runs is in its batches' records and its journal.
package struct RunRecord: Codable, Sendable, Hashable {
    package static let formatVersion = 3

    package var format = RunRecord.formatVersion
    /// SHA-256 of the resolved plan, `plan.json`: the run's identity.
    package var run: Digest
    /// The folder that the script asked for with `run(name:)`.
    package var name: String?
    package var batchSize: Int
    package var batches: Int
    package var script: ScriptRecord
    /// What a reproduction is judged by. It is fixed here, before anybody reruns.
    package var agreement = Agreement()
    /// Seeds of everything that looks random, by what they are for.
    package var seeds = ["projection": Projection.seed]
    /// Who answers for the run, where the configuration says.
    package var author: Author?

    package init(run: Digest, name: String?, batchSize: Int, batches: Int, script: ScriptRecord, author: Author?) {
        self.run = run
        self.name = name
        self.batchSize = batchSize
        self.batches = batches
        self.script = script
        self.author = author
    }
}

extension RunRecord: StoredValue {
    package static var readableFormats: ClosedRange<Int> { 3...formatVersion }
}

/// The script of a run.
package struct ScriptRecord: Codable, Sendable, Hashable {
    /// The file's own name, without its folder.
    package var name: String
    /// Of the source, which the record holds as `script.swift`; nil where an executable's source was not at hand.
    package var sha256: Digest?
    /// Modules that it imports, sorted.
    package var imports: [String]
    /// Arguments after `--`.
    package var arguments: [String]
    /// How it was compiled, without folders; empty for an executable that was built elsewhere.
    package var compilerFlags: [String]
    /// Why it was allowed to run: `own`, `trusted: <digest>`, `signed: <principal>`, `sandbox`; `executable` where `idrscript` did not start it.
    package var trust: String

    package init(name: String, sha256: Digest?, imports: [String], arguments: [String], compilerFlags: [String], trust: String) {
        self.name = name
        self.sha256 = sha256
        self.imports = imports
        self.arguments = arguments
        self.compilerFlags = compilerFlags
        self.trust = trust
    }
}
