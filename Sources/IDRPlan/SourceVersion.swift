/// What a server said of an object when it was read, by which a later version of the object is told from this one.
public struct SourceVersion: Sendable, Hashable, Codable {
    /// A file's path in the study; an object's key below the input's location.
    public var name: String
    /// As the server gives it.
    public var entityTag: String?
    /// As the server gives it; of FTP in seconds since 1970.
    public var lastModified: String?
    /// Length of the whole object.
    public var bytes: Int?
    /// true where the server has no such object, which says that its pixels were never written.
    public var isAbsent: Bool?

    package init(name: String, entityTag: String? = nil, lastModified: String? = nil, bytes: Int? = nil, isAbsent: Bool? = nil) {
        self.name = name
        self.entityTag = entityTag
        self.lastModified = lastModified
        self.bytes = bytes
        self.isAbsent = isAbsent
    }

    /// Whether other bytes would have another version: a length alone says nothing.
    package var isIdentified: Bool { entityTag != nil || lastModified != nil || isAbsent == true }
}
