import IDRFiles
package import IDRPlan
import IDRRecord

/// Closes a run's record.
package enum RecordSeal {
    /// Writes the run's crate over what is there now, then the manifest of everything. Files of batches are taken from the batches' own
    /// manifests, unread: ``RecordVerification`` reads them.
    /// - Returns: the record's digest.
    package static func seal(_ path: String) throws -> Digest {
        let record = try RecordFolder(reading: path)
        try RunCrate(record).write(to: path)
        return try Manifest(files: files(of: record)).write(to: path)
    }

    /// Every file of the record but its own manifest.
    static func files(of record: RecordFolder) throws(IDRError) -> [ContentFile] {
        let folders =
            record.completeBatches.map(RecordLayout.batch) + record.failedBatches.map(RecordLayout.failure)
        var files: [ContentFile] = []
        for folder in folders {
            files += try Manifest(reading: "\(record.path)/\(folder)").files.map { file in
                file.named("\(folder)/\(file.name)")
            }
        }
        let known = Set(files.map(\.name))
        for name in try Manifest.names(in: record.path) where !known.contains(name) {
            files.append(try ContentFile(file: "\(record.path)/\(name)", name: name))
        }
        return files
    }
}
