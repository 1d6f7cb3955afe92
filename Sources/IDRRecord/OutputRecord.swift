/// A file that a batch left, by its bytes and by what it holds.
public struct OutputRecord: Codable, Sendable, Hashable {
    /// Relative to the batch's folder, `/`-separated.
    public var name: String
    /// Size of the file.
    public var bytes: Int
    /// Of the file.
    public var sha256: String
    /// Of what is in it, however it is packed: for both forms of the table, of the table's CSV text. nil where the file is its own content.
    public var contentSHA256: String?

    package init(name: String, bytes: Int, sha256: String, contentSHA256: String? = nil) {
        self.name = name
        self.bytes = bytes
        self.sha256 = sha256
        self.contentSHA256 = contentSHA256
    }
}
