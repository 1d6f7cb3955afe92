import IDRFormats
import IDRPlan
import IDRTransfer

/// Makes the sources of a screen's images from the configuration.
struct ImageSources {
    let screen: ScreenCatalog
    let access: Access
    let network: Network

    /// Best first.
    func all() throws(IDRError) -> [any ImageSource] {
        var sources: [any ImageSource] = []
        for wanted in access.sources ?? (access.mirror == nil ? [] : [.mirror]) {
            for kind in ImageSourceKind.all where kind.kind == wanted { sources += try kind.sources(self) }
        }
        return sources
    }

    /// Whole files below one address.
    func whole(_ base: RemoteURL) -> WholeFiles { WholeFiles(base: base, network: network, freshness: freshness) }

    var freshness: Freshness { access.freshness ?? .cached }

    /// Base addresses of studies' files.
    func fileBases() throws(IDRError) -> [RemoteURL] { try (access.files ?? []).map { text throws(IDRError) in try RemoteURL(text) } }

    /// What reads the study's images out of whole files, wherever `files` come from.
    /// - Parameter base: below which folders are listed; nil where nothing lists them.
    func fileImages(_ kind: PixelSource, name: String, _ files: any FileSource, listed base: RemoteURL?) throws(IDRError) -> any ImageSource {
        let conventions = screen.tables.conventions
        if conventions.moviePath != nil { return MovieFiles(kind: kind, name: name, screen: screen, files: files) }
        if let pattern = conventions.tiffPattern {
            return TIFFImages(
                kind: kind, name: name, pattern: try TIFFPattern(pattern), screen: screen,
                served: ServedImages(screen: screen, access: access, network: network),
                files: files, cache: network.cache)
        }
        let served = ServedFiles(
            screen: screen, files: files, base: base, tables: access.tables ?? [], metadata: MetadataClient(network, access.freshness))
        return PlateIndexImages(
            kind: kind, name: name, plates: PlateIndices(screen: screen, files: served), files: served, cache: network.cache)
    }
}
