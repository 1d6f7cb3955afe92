/// Closes a run's record.
public enum RecordSeal {
    /// Writes the run's crate over what is there now, then the manifest of everything.
    /// - Returns: the record's digest.
    public static func seal(_ path: String) throws -> String {
        try RunCrate(RecordFolder(reading: path)).write(to: path)
        return try Manifest(of: path).write(to: path)
    }
}
