public import Foundation
public import IDRPlan

/// A table that the wells were chosen by, and where it came from.
public struct CatalogRecord: Codable, Sendable, Hashable {
    /// The table as it was read.
    public var file: ContentFile
    /// An address, or a path below the mirror.
    public var address: String
    /// When the server was asked, whole seconds; nil for files of a mirror.
    public var fetchedAt: Date?

    package init(file: ContentFile, address: String, fetchedAt: Date?) {
        self.file = file
        self.address = address
        // As in ``BatchRecord``: whole seconds.
        self.fetchedAt = fetchedAt.map { Date(timeIntervalSince1970: $0.timeIntervalSince1970.rounded(.down)) }
    }
}
