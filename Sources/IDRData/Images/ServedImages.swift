internal import IDRPlan

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
