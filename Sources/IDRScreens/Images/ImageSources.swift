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
        for kind in access.sources ?? (access.mirror == nil ? [] : [.mirror]) { sources += try self.sources(of: kind) }
        return sources
    }

    private func sources(of kind: PixelSource) throws(IDRError) -> [any ImageSource] {
        switch kind {
        case .mirror:
            guard let mirror = access.mirror else { return [] }
            return [MirrorImages(folder: "\(mirror)/\(screen.study)", tables: screen.tables)]
        case .omeZarr:
            let plates = PlateFolders(screen: screen, access: access, network: network)
            return try (access.zarr ?? []).map { base throws(IDRError) in
                ZarrImages(base: try RemoteURL(base), plates: plates, client: network.client)
            }
        case .cellH5:
            guard screen.tables.conventions.moviePath != nil else { return [] }
            return try fileBases().filter { $0.scheme != "ftp" }.map { base throws(IDRError) in
                CellH5Images(base: base, screen: screen, files: whole(base))
            }
        case .files:
            return try fileBases().map { base throws(IDRError) in try fileImages(.files, name: base.host, whole(base)) }
        case .aspera:
            guard let settings = access.aspera, settings.isOn else { return [] }
            return [try fileImages(.aspera, name: settings.remote, AsperaFiles(settings, network: network, freshness: access.freshness ?? .cached))]
        }
    }

    private func whole(_ base: RemoteURL) -> WholeFiles { WholeFiles(base: base, network: network, freshness: access.freshness ?? .cached) }

    private func fileBases() throws(IDRError) -> [RemoteURL] { try (access.files ?? []).map { text throws(IDRError) in try RemoteURL(text) } }

    private func fileImages(_ kind: PixelSource, name: String, _ files: any FileSource) throws(IDRError) -> any ImageSource {
        let conventions = screen.tables.conventions
        if conventions.moviePath == nil, let pattern = conventions.tiffPattern {
            return TIFFImages(
                kind: kind, name: name, pattern: try TIFFPattern(pattern), screen: screen,
                served: ServedImages(screen: screen, access: access, network: network),
                files: files)
        }
        return MovieFiles(kind: kind, name: name, screen: screen, files: files)
    }
}
