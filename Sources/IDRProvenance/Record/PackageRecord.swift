/// A Swift package that a script was built with.
public struct PackageRecord: Codable, Sendable, Hashable {
    /// Where it was fetched from, `https://...`.
    public var address: String
    public var version: String
    /// The commit.
    public var revision: String

    public init(address: String, version: String, revision: String) {
        self.address = address
        self.version = version
        self.revision = revision
    }

    /// For people.
    public var text: String { "\(address) \(version) (\(revision.prefix(12)))" }
}
