/// A file by content; `name` is relative to the record's folder, `/`-separated.
public struct FileDigest: Codable, Sendable, Hashable {
    public var name: String
    public var bytes: Int
    /// Lower-case hexadecimal.
    public var sha256: String

    public init(name: String, bytes: Int, sha256: String) {
        self.name = name
        self.bytes = bytes
        self.sha256 = sha256
    }
}
