public import IDRPlan

/// A file that a batch left, by its bytes and by what it holds.
public struct OutputRecord: Sendable, Hashable {
    /// Its name is relative to the batch's folder.
    public var file: ContentFile
    /// Of what is in it, however it is packed: for both forms of the table, of the table's CSV text. nil where the file is its own content.
    public var contentSHA256: Digest?

    package init(file: ContentFile, contentSHA256: Digest? = nil) {
        self.file = file
        self.contentSHA256 = contentSHA256
    }

    /// Relative to the batch's folder, `/`-separated.
    public var name: String { file.name }
}

/// In JSON the file's own fields stand beside ``contentSHA256``.
extension OutputRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case contentSHA256
    }

    public init(from decoder: any Decoder) throws {
        file = try ContentFile(from: decoder)
        contentSHA256 = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Digest.self, forKey: .contentSHA256)
    }

    public func encode(to encoder: any Encoder) throws {
        try file.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(contentSHA256, forKey: .contentSHA256)
    }
}
