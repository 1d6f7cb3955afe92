/// Where a screen's tables and pixels are asked for, and in which order.
///
/// Layers lie over each other: IDRKit's own facts, `~/.config/idrkit/config.json`, the environment, the script, the command line. In each
/// layer nil leaves the choice to the one below. Hosts move: a wrong fact is a change here and not in code.
public struct Access: Codable, Sendable, Hashable {
    /// A folder that holds the study's tables and images in the study's own layout. Alone (without ``sources``) it is the only source.
    public var mirror: String?
    /// Where pixels come from, best first: a source that lacks an image or fails is passed over, and the record says so.
    public var sources: [PixelSource]?
    /// Where a screen's wells and their annotation come from, best first.
    public var catalog: [CatalogSource]?
    /// Base addresses of the JSON services (OMERO.web and the search engine), best first.
    public var services: [String]?
    /// Addresses of folders with a screen's tables; `{study}`, `{accession}` and `{screen}` (its letter) are filled in.
    public var tables: [String]?
    /// Addresses of the table that lists all screens.
    public var studies: [String]?
    /// Addresses of lists of OME-Zarr plates, best first: a study's own, or the IDR's of samples; `{study}` and `{accession}` are filled in.
    public var zarrPlates: [String]?
    /// Base addresses of OME-Zarr plates.
    public var zarr: [String]?
    /// Base addresses of studies' files, over https or ftp.
    public var files: [String]?
    /// How Aspera's client is called; nil leaves it off.
    public var aspera: AsperaAccess?
    /// What is known of a screen beyond its tables, by name ("idr0013A").
    public var screens: [String: ScreenConventions]?
    /// A file with user names and passwords for hosts that ask for them, in the form of `~/.netrc`. What it holds is never recorded.
    public var netrc: String?
    /// Where downloads are kept.
    public var cache: String?
    /// How much is kept, in bytes; what was not used for longest goes first.
    public var cacheBytes: Int?
    /// Connections to one host at the same time.
    public var connectionsPerHost: Int?
    /// For how many seconds a run waits for servers that had answered and cannot be reached any more, before it gives up; nil is two hours,
    /// 0 does not wait. Servers that never answered are waited for two minutes, and not longer than this.
    public var networkPatience: Int?
    /// Whether the network and the cache are used.
    public var freshness: Freshness?

    /// A layer that says nothing but this.
    public init(mirror: String? = nil, sources: [PixelSource]? = nil) {
        self.mirror = mirror
        self.sources = sources
    }

    /// This layer over `lower`.
    public func over(_ lower: Access) -> Access {
        var merged = lower
        merged.mirror = mirror ?? lower.mirror
        // A mirror that is named above goes before an order of sources from below.
        merged.sources = sources ?? (mirror == nil ? lower.sources : nil)
        merged.catalog = catalog ?? lower.catalog
        merged.services = services ?? lower.services
        merged.tables = tables ?? lower.tables
        merged.studies = studies ?? lower.studies
        merged.zarrPlates = zarrPlates ?? lower.zarrPlates
        merged.zarr = zarr ?? lower.zarr
        merged.files = files ?? lower.files
        merged.aspera = aspera ?? lower.aspera
        merged.screens = screens.map { own in (lower.screens ?? [:]).merging(own) { $1.over($0) } } ?? lower.screens
        merged.netrc = netrc ?? lower.netrc
        merged.cache = cache ?? lower.cache
        merged.cacheBytes = cacheBytes ?? lower.cacheBytes
        merged.connectionsPerHost = connectionsPerHost ?? lower.connectionsPerHost
        merged.networkPatience = networkPatience ?? lower.networkPatience
        merged.freshness = freshness ?? lower.freshness
        return merged
    }
}

/// A way to a well's pixels.
public enum PixelSource: String, Codable, Sendable, Hashable, CaseIterable {
    /// A folder on this machine.
    case mirror
    /// OME-Zarr plates on a server: the chunks of the wanted planes.
    case omeZarr = "ome-zarr"
    /// CellH5 movies on a server that answers range requests: the chunks of the wanted planes.
    case cellH5 = "cellh5"
    /// Whole files over https or ftp.
    case files
    /// Whole files with Aspera's `ascp`; only where it is turned on.
    case aspera
}

/// A way to a screen's wells.
public enum CatalogSource: String, Codable, Sendable, Hashable, CaseIterable {
    /// The study's own tables.
    case tables
    /// The search engine's table of the whole screen.
    case search
    /// The JSON services, plate by plate.
    case services
}

/// Whether answers and pixels from the cache are good enough.
public enum Freshness: String, Codable, Sendable, Hashable, CaseIterable {
    /// What the cache has is used, the rest is asked for.
    case cached
    /// Only the cache; what it lacks is an error.
    case offline
    /// Everything is asked for again.
    case refresh
}

/// How Aspera's `ascp` is called. It is off unless turned on.
public struct AsperaAccess: Codable, Sendable, Hashable {
    /// Whether the source may be used at all.
    public var isOn: Bool
    /// The program, by path or by name on the PATH.
    public var executable: String
    /// Private key file.
    public var key: String?
    /// `user@host:/folder` that studies' folders lie in.
    public var remote: String

    /// Aspera as the IDR offers it, off.
    public init(isOn: Bool = false, executable: String = "ascp", key: String? = nil, remote: String = "fasp-public@fasp.ebi.ac.uk:/pub/databases/IDR")
    {
        self.isOn = isOn
        self.executable = executable
        self.key = key
        self.remote = remote
    }
}
