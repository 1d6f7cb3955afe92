import Foundation
package import IDRPlan

/// Where the beginning of a file is kept until all of it is here: the bytes, and a note that says whose they are.
package struct PartialFile: Sendable, Hashable {
    package let path: String
    package let notePath: String

    package init(path: String, notePath: String? = nil) {
        self.path = path
        self.notePath = notePath ?? path + ".json"
    }

    /// Removes the bytes and the note.
    package func remove() {
        for name in [notePath, notePath + ".new", path] { unlink(name) }
    }
}

/// A file that was received whole, and what is known of it.
package struct FetchedFile: Codable, Sendable, Hashable {
    package var bytes: Int
    /// Of the bytes as received.
    package var sha256: Digest
    /// As the server gives them; of FTP `lastModified` is in seconds since 1970.
    package var etag: String?
    package var lastModified: String?
    /// The address that the bytes came from.
    package var source: String

    package init(bytes: Int, sha256: Digest, etag: String? = nil, lastModified: String? = nil, source: String) {
        self.bytes = bytes
        self.sha256 = sha256
        self.etag = etag
        self.lastModified = lastModified
        self.source = source
    }
}
