import IDRFiles
import IDRPlan
import IDRTransfer

/// What the JSON services know of a well's images.
struct ServedImages: Sendable {
    private let screen: ScreenName
    private let services: [String]?
    private let metadata: MetadataClient
    /// By address of the service and plate: a plate's wells are asked for once.
    private let plates = OnceMap<[String], [ServiceAnswers.Well]>()

    init(screen: ScreenCatalog, access: Access, network: Network) {
        self.screen = screen.tables.screen
        services = access.services
        metadata = MetadataClient(network, access.freshness)
    }

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

    /// The number that the first service which knows the plate calls it by; nil where none does.
    func number(ofPlate plate: String) async throws -> Int? {
        guard services?.isEmpty == false else { return nil }
        return try await IDRServices.first(of: services, metadata) { [screen] service in
            guard let id = try await service.screens().first(where: { $0.name == screen })?.id else { return nil }
            return try await service.plates(ofScreen: id).first { $0.name == plate }?.id
        }
    }

    /// What the first service that knows the well's first image says of it.
    private func first<Value: Sendable>(of well: WellAddress, _ ask: (IDRServices, _ image: Int) async throws -> Value) async throws -> Value {
        let place = try well.place()
        return try await IDRServices.first(of: services, metadata) { service in
            let wells = try await plates.value(of: [service.base.description, well.plate]) { [screen] in
                guard let id = try await service.screens().first(where: { $0.name == screen })?.id,
                    let plate = try await service.plates(ofScreen: id).first(where: { $0.name == well.plate })
                else { return [] }
                return try await service.wells(ofPlate: plate.id)
            }
            guard let found = wells.first(where: { $0.row == place.row && $0.column == place.column }),
                let image = found.samples?.lazy.compactMap(\.image).first
            else { throw IDRError(.missing, "the services list no image of this well", at: [service.base.description]) }
            return try await ask(service, image.id)
        }
    }
}
