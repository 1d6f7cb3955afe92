import IDRFiles
/// Names of the files of a run's folder.
///
/// ```
/// ro-crate-metadata.json     the run as a Provenance Run Crate, which names the batches' crates
/// run.json                   what the run is (RunRecord)
/// plan.json                  the resolved plan; its SHA-256 is the run's identity
/// idr.lock                   toolchain, libraries and models (Lock)
/// environment.json           the machine (RunEnvironment) of the last session
/// script.swift               the script's source
/// models/ROLE/...            model cards and small files, such as DeepProfiler's configuration; weights are there by digest only
/// shared/                    values that several images share, each with how it was computed
/// batch_0/                   a crate of its own:
///   ro-crate-metadata.json, record.json, environment.json, idr.lock, script.swift, manifest.json
///   cells.csv, wells.csv     what a reproduction is compared with where the tables are not at hand
///   batch_0.csv.gz, ...      the batch's outputs
/// failures/batch_3/          a batch that failed: ro-crate-metadata.json, record.json, environment.json, idr.lock, script.swift, manifest.json
/// journal.jsonl              begin and end of each session and batch
/// manifest.json              every file above with size and SHA-256; its own SHA-256 is the record's digest
/// manifest.json.sig          its signature, where there is one
/// report.html, notebook.json what the script showed; no part of the record
/// ```
package enum RecordLayout {
    package static let crate = "ro-crate-metadata.json"
    package static let run = "run.json"
    package static let plan = "plan.json"
    package static let lock = "idr.lock"
    package static let environment = "environment.json"
    /// In a batch: environments of images that another run than the batch's computed, by digest.
    package static let environments = "environments"
    package static let script = "script.swift"
    package static let models = "models"
    package static let shared = "shared"
    /// In ``shared``: the penalties of the plan's first movie, for all movies.
    package static let sharedPenalties = "illumination-penalties.json"
    /// In ``shared``: the diameter of a plate's nuclei.
    package static func sharedDiameter(_ plate: String) -> String { "diameter-\(PathPart.escaped(plate)).json" }
    package static let failures = "failures"
    package static let journal = "journal.jsonl"
    package static let manifest = "manifest.json"
    package static let signature = "manifest.json.sig"
    /// What the script gave out, for people: made from the record and after it, so no part of what the manifest covers.
    package static let notebook = "notebook.json"
    package static let report = "report.html"
    package static let batchRecord = "record.json"
    package static let cells = "cells.csv"
    package static let wells = "wells.csv"

    package static func batch(_ number: Int) -> String { "batch_\(number)" }
    /// A batch's table as text, and as AnnData, in the batch's folder.
    package static func table(_ number: Int) -> String { "\(batch(number)).csv.gz" }
    package static func annData(_ number: Int) -> String { "\(batch(number)).h5ad" }
    package static func failure(_ number: Int) -> String { "\(failures)/batch_\(number)" }
    /// Whether a file of the run's folder is of one batch.
    package static func isOfBatch(_ name: String) -> Bool { name.hasPrefix("batch_") || name.hasPrefix(failures + "/") }
    /// Names that are in the folder but not in the record: locks and work under way.
    package static func isPassing(_ name: String) -> Bool { name.hasPrefix(".") }
}
