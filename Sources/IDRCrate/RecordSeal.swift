import IDRFiles
package import IDRPlan
package import IDRRecord

/// Closes a run's record.
package enum RecordSeal {
    /// Writes the run's crate over what is there now, then the manifest of everything. Files of batches are taken from the batches' own
    /// manifests, unread: ``RecordVerification`` reads them. A batch whose manifest is damaged does not keep the others open: its files are listed as
    /// they are, and verification names it.
    /// - Returns: the record's digest; and folders of batches whose manifests are damaged, with how.
    @discardableResult
    package static func seal(_ path: String) throws -> (digest: Digest, damaged: [String: String]) {
        let record = try RecordFolder(reading: path)
        var (files, damaged): ([ContentFile], [String: String]) = ([], [:])
        for folder in folders(of: record) {
            do throws(IDRError) {
                let own = try Self.files(of: folder, in: record)
                // Without it the run's crate cannot name the batch.
                guard own.contains(where: { $0.name == "\(folder)/\(RecordLayout.crate)" }) else {
                    throw IDRError(.invalidInput, "its manifest names no \(RecordLayout.crate)")
                }
                files += own
            } catch {
                damaged[folder] = error.problem
            }
        }
        try RunCrate(record, damaged: Set(damaged.keys)).write(to: path)
        return (try Manifest(files: withOthers(files, of: record)).write(to: path), damaged)
    }

    /// Every file of the record but its own manifest.
    static func files(of record: RecordFolder) throws(IDRError) -> [ContentFile] {
        var files: [ContentFile] = []
        for folder in folders(of: record) { files += try Self.files(of: folder, in: record) }
        return try withOthers(files, of: record)
    }

    private static func folders(of record: RecordFolder) -> [String] {
        record.completeBatches.map(RecordLayout.batch) + record.failedBatches.map(RecordLayout.failure)
    }

    private static func files(of folder: String, in record: RecordFolder) throws(IDRError) -> [ContentFile] {
        try Manifest(reading: "\(record.path)/\(folder)").files.map { $0.named("\(folder)/\($0.name)") }
    }

    /// `files`, and all that is in the record besides.
    private static func withOthers(_ files: [ContentFile], of record: RecordFolder) throws(IDRError) -> [ContentFile] {
        let known = Set(files.map(\.name))
        var all = files
        for name in try Manifest.names(in: record.path) where !known.contains(name) {
            all.append(try ContentFile(file: "\(record.path)/\(name)", name: name))
        }
        return all
    }
}
