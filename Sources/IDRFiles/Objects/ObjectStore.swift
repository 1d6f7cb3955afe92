import IDRPlan

/// Objects by key, as a folder or a server holds them: where a Zarr hierarchy lies. Keys are `/`-separated and stay below the store's root.
package protocol ObjectStore: Sendable {
    /// What messages call it: a path or an address.
    var name: String { get }

    /// What messages say of an object that is not here.
    var absence: String { get }

    /// The bytes of the object `key`, or a part of them; nil where there is no such object.
    /// - Parameter limit: an object that is larger is refused.
    func bytes(of key: String, _ part: ObjectPart, limit: Int) async throws -> [UInt8]?
}

extension ObjectStore {
    package var absence: String { "there is no such object" }
}

/// Which bytes of an object are wanted.
package enum ObjectPart: Sendable, Hashable {
    case all
    case range(Range<Int>)
    /// The last bytes, so many.
    case suffix(Int)
}

/// A folder of objects.
package struct FolderStore: ObjectStore {
    package let name: String

    package init(_ folder: String) { name = folder }

    package func bytes(of key: String, _ part: ObjectPart, limit: Int) async throws -> [UInt8]? {
        var path = name
        for part in key.split(separator: "/") { path += "/" + (try PathPart.checked(String(part), called: "a part of the key")) }
        return try FileBytes.read(path, part, limit: limit)
    }
}
