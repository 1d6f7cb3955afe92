import Foundation
public import IDRRecord

/// What `run()` gives back: single-cell profiles of every well of the plan, on disk, one folder a batch.
///
/// Under `idrscript plan` nothing was run: the first result that a script asks for ends it, successfully.
public struct ProfileRun: Sendable {
    enum State: Sendable {
        case planned
        case executed(folder: String, batches: [BatchRecord], Resolution)
    }

    let state: State

    /// The folder of the run, which is its record.
    public var folder: String { results.folder }
    /// SHA-256 of the resolved plan, lower-case hexadecimal.
    public var identity: String { resolution.identity }
    /// One record a batch that is complete, in the order of the batches.
    public var batches: [BatchRecord] { results.batches }
    /// Nuclei profiled: rows of all tables together.
    public var cellCount: Int { batches.reduce(0) { $0 + $1.images.reduce(0) { $0 + $1.cells } } }
    /// The tables, one `batch_<k>.csv.gz` a batch, in order.
    public var tables: [String] { batches.map { "\(folder)/batch_\($0.batch)/batch_\($0.batch).csv.gz" } }

    var resolution: Resolution { results.resolution }

    private var results: (folder: String, batches: [BatchRecord], resolution: Resolution) {
        switch state {
        case .executed(let folder, let batches, let resolution): return (folder, batches, resolution)
        case .planned:
            fflush(nil)
            exit(0)
        }
    }
}
