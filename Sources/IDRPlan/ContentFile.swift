/// A file known by content.
public struct ContentFile: Sendable, Hashable {
    /// What the file is for, where that decides something: `annotation`, `plates`, `segmentation`, `segmentation-size`, `profiling`,
    /// `profiling-configuration`. Empty for other files, and then not in their JSON.
    public var role: String
    /// Relative to the folder that it belongs to, `/`-separated; without any folder where it is known by content alone.
    public var name: String
    /// Size of the file.
    public var bytes: Int
    /// Of the file's bytes.
    public var sha256: Digest

    /// A file whose size and digest are known.
    package init(role: String = "", name: String, bytes: Int, sha256: Digest) {
        self.role = role
        self.name = name
        self.bytes = bytes
        self.sha256 = sha256
    }

    /// The same content where it is found as `name`.
    package func named(_ name: String) -> ContentFile { ContentFile(name: name, bytes: bytes, sha256: sha256) }
}

extension ContentFile: Codable {
    private enum CodingKeys: String, CodingKey {
        case role, name, bytes, sha256
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        role = try container.decodeIfPresent(String.self, forKey: .role) ?? ""
        name = try container.decode(String.self, forKey: .name)
        bytes = try container.decode(Int.self, forKey: .bytes)
        sha256 = try container.decode(Digest.self, forKey: .sha256)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !role.isEmpty { try container.encode(role, forKey: .role) }
        try container.encode(name, forKey: .name)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(sha256, forKey: .sha256)
    }
}
