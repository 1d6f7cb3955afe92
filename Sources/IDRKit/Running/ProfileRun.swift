import IDRPlan
@_exported public import IDRRecord

/// What `run()` gives back: single-cell profiles of every well of the plan, on disk, one folder a batch.
///
/// Under `idrscript plan` nothing was run: the first result that a script asks for ends it, successfully. A program that `idrscript` did not start is
/// never ended: where its options ask for the plan only, there are no batches, and what would read tables throws an ``IDRError``.
public struct ProfileRun: Sendable {
    enum State: Sendable {
        case planned(Resolution, endsScript: Bool)
        case executed(folder: String, batches: [BatchRecord], Resolution)
    }

    let state: State
    /// What could not be had; nil where everything was.
    package var failure: IDRError?

    /// The folder of the run, which is its record; empty where nothing was run.
    public var folder: String { results?.folder ?? "" }
    /// SHA-256 of the resolved plan, lower-case hexadecimal.
    public var identity: String { resolution.identity.hex }
    /// One record a batch that is complete, in the order of the batches.
    public var batches: [BatchRecord] { results?.batches ?? [] }
    /// Nuclei profiled: rows of all tables together.
    public var cellCount: Int { batches.reduce(0) { $0 + $1.images.reduce(0) { $0 + $1.cells } } }
    /// The tables, one `batch_<k>.csv.gz` a batch, in order.
    public var tables: [String] { batches.map { file(RecordLayout.table, of: $0) } }

    /// The path of a file of a batch.
    /// - Parameter name: the file's, by the batch's number.
    func file(_ name: (Int) -> String, of batch: BatchRecord) -> String { "\(folder)/\(RecordLayout.batch(batch.batch))/\(name(batch.batch))" }

    var resolution: Resolution {
        switch state {
        case .executed(_, _, let resolution): return resolution
        case .planned(let resolution, let endsScript):
            if endsScript { ScriptEnd.successfully() }
            return resolution
        }
    }

    /// nil where nothing was run.
    private var results: (folder: String, batches: [BatchRecord])? {
        switch state {
        case .executed(let folder, let batches, _): return (folder, batches)
        case .planned(_, let endsScript):
            if endsScript { ScriptEnd.successfully() }
            return nil
        }
    }

    /// - Throws: an ``IDRError`` where nothing was run.
    func requireResults() throws(IDRError) {
        guard results == nil else { return }
        throw IDRError(.missing, "the run has no results", because: "its options ask for the plan only", fix: "choose the mode \"run\"")
    }
}
