/// A model as a script names it; the resolver turns it into a file and its SHA-256.
public enum ModelReference: Codable, Sendable, Hashable {
    /// A model of the store: one that IDRKit ships or that the set-up fetched (`nuclei-small`, `efficientnet-lite0`), or one that the user
    /// added (`idrscript models add`).
    case named(String)
    /// A file of the user's.
    case path(String)

    /// The Cellpose-architecture network that IDRKit ships for fluorescent nuclei of any size from 8 to 80 pixels.
    public static let nuclei2 = ModelReference.named("nuclei-2")
    /// The one that it shipped first, for nuclei of 10 to 40 pixels; best on MitoCheck's own movies.
    public static let nucleiSmall = ModelReference.named("nuclei-small")
    /// EfficientNet-Lite0 with its ImageNet weights.
    public static let efficientNetLite0 = ModelReference.named("efficientnet-lite0")

    /// For people: the name, or the path.
    package var name: String {
        switch self {
        case .named(let name): name
        case .path(let path): path
        }
    }

    /// The reference with only the name of its file.
    var withoutFolder: ModelReference {
        switch self {
        case .named: self
        case .path(let path): .path(lastPathComponent(of: path))
        }
    }
}

/// The part of a `/`-separated path after its last separator.
package func lastPathComponent(of path: String) -> String {
    String(path.split(separator: "/").last ?? "")
}
