/// A file by content; `name` is relative to the record's folder, `/`-separated.
public struct FileDigest: Codable, Sendable, Hashable {
    /// Relative to the record's folder.
    public var name: String
    /// Size of the file.
    public var bytes: Int
    /// Of the file's bytes, lower-case hexadecimal.
    public var sha256: String

    /// A file whose size and digest are known.
    package init(name: String, bytes: Int, sha256: String) {
        self.name = name
        self.bytes = bytes
        self.sha256 = sha256
    }
}
