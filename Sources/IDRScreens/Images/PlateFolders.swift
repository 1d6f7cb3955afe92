import IDRFiles
import IDRPlan
import IDRTransfer

/// Where a study's OME-Zarr plates are on their servers: by the lists of plates, or, where those lack one, by the files of one of its images.
final class PlateFolders: Sendable {
    let screen: ScreenCatalog
    private let lists: [String]
    private let metadata: MetadataClient
    private let served: ServedImages
    /// By address; each is read once.
    private let tables = OnceMap<String, ZarrPlatesTable>()

    init(screen: ScreenCatalog, access: Access, network: Network) {
        self.screen = screen
        lists = access.zarrPlates ?? []
        metadata = MetadataClient(network, access.freshness)
        served = ServedImages(screen: screen, access: access, network: network)
    }

    /// Places to look at, the best first.
    /// - Throws: an ``IDRError`` of code `missing` where the plate is not there as OME-Zarr.
    func places(of well: WellAddress) async throws -> [ZarrPlace] {
        let names = Self.names(well.plate, try? screen.tables.location(ofPlate: well.plate))
        var failure: IDRError?
        for list in lists {
            do {
                let table = try await table(at: RemoteURL(Catalog.filled(list, screen.tables.screen, screen.study)))
                if let places = names.lazy.map(table.places).first(where: { !$0.isEmpty }) { return places }
                guard table.hasNumbers, let number = try await served.number(ofPlate: well.plate) else { continue }
                let places = table.places(of: String(number))
                if !places.isEmpty { return places }
            } catch let error as IDRError {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        for path in try await served.paths(of: well) {
            let parts = path.split(separator: "/")
            if let end = parts.firstIndex(where: { $0.hasSuffix(".zarr") }), let start = parts.firstIndex(where: { $0.hasPrefix("S-BIAD") }),
                start < end
            {
                return [.belowBase(parts[start...end].joined(separator: "/"))]
            }
        }
        throw IDRError(
            .missing, "plate \(well.plate) is not there as OME-Zarr", because: "neither the lists of plates nor its images' files name it")
    }

    /// What lists may call the plate: its name, and that of its file where the plates table names one.
    private static func names(_ plate: String, _ location: PlateLocation?) -> [String] {
        guard case .zarr(let path) = location, let file = path.split(separator: "/").last else { return [plate] }
        return [plate, ZarrPlatesTable.plate(file)]
    }

    private func table(at url: RemoteURL) async throws -> ZarrPlatesTable {
        // A study without such a table has an empty one.
        try await tables.value(of: url.description) { [metadata, screen] in
            ZarrPlatesTable(try await metadata.first([url], limit: 1 << 24)?.bytes ?? [], of: screen.tables.screen.study)
        }
    }
}
