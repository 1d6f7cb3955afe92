import IDRFiles
import IDRFormats
import IDRPlan
import IDRTransfer

/// A study's OME-Zarr plates on one server.
final class ZarrImages: ImageSource {
    let kind = PixelSource.omeZarr
    private let base: RemoteURL
    private let plates: PlateFolders
    private let client: RemoteClient
    /// A plate's metadata is asked for once.
    private let opened = OnceMap<String, OpenedPlate>()

    private struct OpenedPlate: Sendable {
        let plate: OMEZarrPlate
        let answers: RemoteStore.Answers
    }

    var name: String { base.host }
    var cacheKey: String? { "\(base) \(plates.screen.tables.screen)" }

    init(base: RemoteURL, plates: PlateFolders, client: RemoteClient) {
        self.base = base
        self.plates = plates
        self.client = client
    }

    func open(_ well: WellAddress, for choose: @escaping ImageReader.Choice, tally: TransferTally) async throws -> OpenedImages {
        var failure: IDRError?
        for place in try await plates.places(of: well) {
            do {
                return try await open(well, at: address(of: place), tally: tally)
            } catch let error as IDRError where error.code == .missing {
                failure = failure ?? error
            }
        }
        throw failure ?? IDRError(.missing, "plate \(well.plate) is not there as OME-Zarr")
    }

    /// Lists of plates name no other server than those that are configured.
    private func address(of place: ZarrPlace) throws(IDRError) -> RemoteURL {
        switch place {
        case .belowBase(let path): try base.appending(path)
        case .fromRoot(let path): try RemoteURL("\(base.scheme)://\(base.host)").appending(path)
        }
    }

    private func open(_ well: WellAddress, at address: RemoteURL, tally: TransferTally) async throws -> OpenedImages {
        let place = try well.place()
        let client = client
        let known = try await opened.value(of: address.description) {
            let answers = RemoteStore.Answers()
            let plate = try await OMEZarrPlate(finding: RemoteStore(base: address, client: client, tally: tally, answers: answers))
            return OpenedPlate(plate: plate, answers: answers)
        }
        let read = ObjectVersions()
        let store = RemoteStore(base: address, client: client, tally: tally, answers: known.answers, versions: read)
        let images = try await known.plate.well(row: place.row, column: place.column, through: store)
        return OpenedImages(
            planes: images, location: "\(address)/\(images.path)", kind: kind, origin: ObjectOrigin(planes: images, store: store, read: read))
    }
}

extension ImageSourceKind {
    static let omeZarr = ImageSourceKind(kind: .omeZarr) { sources throws(IDRError) in
        let plates = PlateFolders(screen: sources.screen, access: sources.access, network: sources.network)
        return try (sources.access.zarr ?? []).map { base throws(IDRError) in
            ZarrImages(base: try RemoteURL(base), plates: plates, client: sources.network.client)
        }
    }
}
