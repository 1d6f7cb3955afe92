internal import IDRPlan
import Synchronization

/// Where a study's OME-Zarr plates are, below the base of all plates: by the study's table of plates, or, where that lacks one,
/// by the files of one of its images.
final class PlateFolders: Sendable {
    let screen: ScreenCatalog
    private let access: Access
    private let metadata: MetadataClient
    private let served: ServedImages
    private let table = Mutex<ZarrPlatesTable?>(nil)

    init(screen: ScreenCatalog, access: Access, network: Network) {
        self.screen = screen
        self.access = access
        metadata = MetadataClient(client: network.client, cache: network.cache, freshness: access.freshness ?? .cached, tally: network.tally)
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
        if let known = table.withLock({ $0 }) { return known }
        let urls = try (access.zarrPlates ?? []).map { try RemoteURL(Catalog.filled($0, screen.tables.screen, screen.study)) }
        // A study without such a table has an empty one.
        let read = ZarrPlatesTable(try await metadata.first(urls, limit: 1 << 24)?.bytes ?? [])
        table.withLock { $0 = read }
        return read
    }
}

/// What the JSON services know of a well's images.
struct ServedImages: Sendable {
    let screen: ScreenCatalog
    let access: Access
    let network: Network

    /// Paths of the files of the well's first image, as they were where it was imported from.
    func paths(of well: WellAddress) async throws -> [String] {
        try await first(of: well) { services, image in try await services.originalFilePaths(ofImage: image) }
    }

    /// Sizes and channels of the well's images.
    func description(of well: WellAddress) async throws -> (extent: PlaneExtent, channelNames: [String]) {
        try await first(of: well) { services, image in
            let data = try await services.imageData(image)
            let extent = PlaneExtent(
                frames: data.size.t, channels: data.size.c, slices: data.size.z, height: data.size.height, width: data.size.width)
            return (extent, (data.channels ?? []).enumerated().map { $1.label ?? "channel \($0 + 1)" })
        }
    }

    /// What the first service that knows the well's first image says of it.
    private func first<Value: Sendable>(of well: WellAddress, _ ask: (IDRServices, _ image: Int) async throws -> Value) async throws -> Value {
        let place = try well.place()
        let metadata = MetadataClient(client: network.client, cache: network.cache, freshness: access.freshness ?? .cached, tally: network.tally)
        var failure: IDRError?
        for base in access.services ?? [] {
            do {
                let services = IDRServices(metadata: metadata, base: try RemoteURL(base))
                guard let id = try await services.screens().first(where: { $0.name == screen.tables.screen })?.id,
                    let plate = try await services.plates(ofScreen: id).first(where: { $0.name == well.plate }),
                    let found = try await services.wells(ofPlate: plate.id).first(where: { $0.row == place.row && $0.column == place.column }),
                    let image = found.samples?.lazy.compactMap(\.image).first
                else { throw IDRError(.missing, "the services list no image of this well", at: [base]) }
                return try await ask(services, image.id)
            } catch let error as IDRError { failure = failure ?? error }
        }
        throw failure ?? IDRError(.invalidPlan, "no service is configured", fix: "name one in \"services\" in the configuration")
    }
}
