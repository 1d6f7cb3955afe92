import IDRFormats
import IDRPlan
import IDRTransfer

/// CellH5 movies on a server, of which only the parts are fetched that the wanted planes need.
struct CellH5Images: ImageSource {
    let kind = PixelSource.cellH5
    let base: RemoteURL
    let screen: ScreenCatalog
    /// What is used where the server gives no parts.
    let files: WholeFiles
    let isOneFile = true

    var name: String { base.host }
    var cacheKey: String? { "\(base) \(screen.study) \(screen.tables.screen)" }

    func open(_ well: WellAddress, for choose: @escaping ImageReader.Choice, tally: TransferTally) async throws -> OpenedImages {
        let path = try screen.moviePath(of: well)
        do {
            let source = try await RemoteBytes(base.appending(path), client: files.network.client, tally: tally)
            let movie = try await CellH5Movie(reading: source)
            return OpenedImages(
                planes: MovieParts(movie: movie, location: source.name), location: source.name, kind: kind,
                origin: FileOrigin(version: source.version(name: path)), notes: movie.notes(read: well, screen.tables))
        } catch is RemoteBytes.NoRanges {
            return try await MovieFiles(kind: .files, name: name, screen: screen, files: files).open(well, for: choose, tally: tally)
        }
    }
}

/// A movie in parts, from a server that may stop giving parts at any time: then another source has its turn.
private struct MovieParts: PlaneSource {
    let movie: CellH5Movie
    let location: String

    var extent: PlaneExtent { movie.extent }
    var pixelType: PixelType { movie.pixelType }
    var channelNames: [String] { movie.channelNames }

    func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane] {
        do {
            return try await movie.planes(indices)
        } catch is RemoteBytes.NoRanges {
            throw IDRError(
                .transfer, "the server no longer gives parts of the file", at: [location],
                because: "it sends the whole file for a range, and gave parts a moment ago",
                fix: "run again, or read whole files: \"files\" in \"sources\" of the configuration")
        }
    }
}

extension ImageSourceKind {
    static let cellH5 = ImageSourceKind(kind: .cellH5) { sources throws(IDRError) in
        guard sources.screen.tables.conventions.moviePath != nil else { return [] }
        return try sources.fileBases().filter { $0.scheme != "ftp" }.map { base in
            CellH5Images(base: base, screen: sources.screen, files: sources.whole(base))
        }
    }
}

extension ScreenCatalog {
    /// Path of the well's movie below the folder of all studies, the same in a mirror and on the IDR's servers.
    func moviePath(of well: WellAddress) throws(IDRError) -> String {
        "\(study)/\(try tables.moviePath(of: well))"
    }
}
