import IDRFiles
import IDRPlan
import IDRTransfer

/// Where a study's OME-Zarr plates are, below the base of all plates: by the study's table of plates, or, where that lacks one,
/// by the files of one of its images.
final class PlateFolders: Sendable {
    let screen: ScreenCatalog
    private let access: Access
    private let metadata: MetadataClient
    private let served: ServedImages
    /// The study's table of plates, read once.
    private let table = OnceMap<String, ZarrPlatesTable>()

    init(screen: ScreenCatalog, access: Access, network: Network) {
        self.screen = screen
        self.access = access
        metadata = MetadataClient(network, access.freshness)
        served = ServedImages(screen: screen, access: access, network: network)
    }

    /// "S-BIAD865/<uuid>/<uuid>.zarr".
    /// - Throws: an ``IDRError`` of code `missing` where the plate is not there as OME-Zarr.
    func folder(of well: WellAddress) async throws -> String {
        if let folder = try await plates().folder(of: well.plate) { return folder }
        let paths = try await served.paths(of: well)
        for path in paths {
            let parts = path.split(separator: "/")
            if let end = parts.firstIndex(where: { $0.hasSuffix(".zarr") }), let start = parts.firstIndex(where: { $0.hasPrefix("S-BIAD") }),
                start < end
            {
                return parts[start...end].joined(separator: "/")
            }
        }
        throw IDRError(
            .missing, "plate \(well.plate) is not there as OME-Zarr", because: "neither the study's list of plates nor its images' files name it")
    }

    private func plates() async throws -> ZarrPlatesTable {
        let urls = try (access.zarrPlates ?? []).map { try RemoteURL(Catalog.filled($0, screen.tables.screen, screen.study)) }
        // A study without such a table has an empty one.
        return try await table.value(of: screen.study) { [metadata] in ZarrPlatesTable(try await metadata.first(urls, limit: 1 << 24)?.bytes ?? []) }
    }
}
