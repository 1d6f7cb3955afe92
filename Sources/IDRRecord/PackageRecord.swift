/// A Swift package that a script was built with.
package struct PackageRecord: Codable, Sendable, Hashable {
    /// Where it was fetched from, `https://...`.
    package var address: String
    package var version: String
    /// The commit.
    package var revision: String

    package init(address: String, version: String, revision: String) {
        self.address = address
        self.version = version
        self.revision = revision
    }

    /// For people.
    package var text: String { "\(address) \(version) (\(revision.prefix(12)))" }
}
