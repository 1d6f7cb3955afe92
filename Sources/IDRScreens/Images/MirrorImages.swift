import Foundation
import IDRFiles
import IDRFormats
import IDRPlan
import IDRTransfer

/// A study's images in a folder on this machine: CellH5 movies where the study has them, OME-Zarr plates (`<plate>.ome.zarr` or
/// `<plate>.zarr` in the study's folder, or packed as `.zip`), or TIFF files in the plate's folder, by a pattern of their names or the plate's index.
struct MirrorImages: ImageSource {
    let kind = PixelSource.mirror
    /// The study's.
    let folder: String
    let tables: ScreenTables
    /// By the plates' own indices.
    private let indices: PlateIndices
    private let mirror: MirrorFiles
    /// Plates are opened, and the names in their folders listed, once.
    private let plates = OnceMap<String, OMEZarrPlate>()
    private let listings = OnceMap<String, [String]>()

    /// - Parameter root: the mirror's folder.
    init(root: String, screen: ScreenCatalog) {
        folder = "\(root)/\(screen.study)"
        tables = screen.tables
        mirror = MirrorFiles(root: root, study: screen.study)
        indices = PlateIndices(screen: screen, files: mirror)
    }

    var name: String { folder }
    let isLocal = true

    func open(_ well: WellAddress, for choose: @escaping ImageReader.Choice, tally: TransferTally) async throws -> OpenedImages {
        if let movie = try await movie(well) { return movie }
        for ending in [".ome.zarr", ".zarr", ".ome.zarr.zip", ".zarr.zip"] {
            let plate = PathPart.escaped(well.plate) + ending
            let path = "\(folder)/\(plate)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let place = try well.place()
            let opened = try await plates.value(of: path) { try await OMEZarrPlate(finding: Self.store(path)) }
            let images = try await opened.well(row: place.row, column: place.column)
            return OpenedImages(planes: images, location: "\(plate)/\(images.path)", kind: kind)
        }
        if let tiff = try await tiff(well) { return tiff }
        if let indexed = try await indexed(well, tally) { return indexed }
        let movie = tables.conventions.moviePath == nil ? nil : try tables.moviePath(of: well)
        // A disk that is not mounted does not say that an image does not exist.
        guard let held = try OnDisk.names(in: folder), !held.isEmpty else {
            throw IDRError(
                .transfer, "the mirror's folder is gone, or empty", at: ["plate \(well.plate)", "well \(well.well)"], fix: "mount it, and run again")
        }
        throw IDRError(
            .missing, "the mirror has no images of this well", at: [movie].compactMap(\.self),
            because: movie == nil ? "there is no OME-Zarr plate and no TIFF file of it" : "there is no such file",
            fix: "put them there, or leave the well out with .excluding(wells: \"\(well.plate)/\(well.well)\")")
    }

    /// A plate's objects, in a folder or packed as they are.
    private static func store(_ path: String) throws(IDRError) -> any ObjectStore {
        path.hasSuffix(".zip") ? try ZipStore(reading: path, below: [".zattrs", ".zgroup", "zarr.json"]) : FolderStore(path)
    }

    /// The well's movie; nil where the screen has none, or there is no such file.
    private func movie(_ well: WellAddress) async throws -> OpenedImages? {
        guard tables.conventions.moviePath != nil else { return nil }
        let wanted = try tables.moviePath(of: well)
        // Some programs write endings in capitals.
        let dot = wanted.lastIndex(of: ".") ?? wanted.endIndex
        let names = [wanted, wanted[..<dot] + wanted[dot...].uppercased()]
        guard let name = names.first(where: { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }) else { return nil }
        let path = "\(folder)/\(name)"
        guard let stamp = FileStamp(of: path) else { return nil }
        // The mirror's files are the user's own: what a movie keeps in files beside it is read, and recorded.
        let movie = try await CellH5Movie(reading: path, opensOthers: true)
        let below = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
        let files = [name] + movie.otherFiles.map { below + $0 }
        return OpenedImages(
            planes: movie, location: name, kind: kind, notes: movie.notes(read: well, tables),
            files: { [folder] in
                let read = try files.map { ReadFile(content: try ContentFile(file: "\(folder)/\($0)", name: $0)) }
                // What was hashed is what was read.
                try stamp.check(path, called: path)
                return read
            })
    }

    /// By the plate's index; nil where the screen's files are known otherwise, or the plates table does not say where the plate is.
    private func indexed(_ well: WellAddress, _ tally: TransferTally) async throws -> OpenedImages? {
        let conventions = tables.conventions
        guard conventions.moviePath == nil, conventions.tiffPattern == nil else { return nil }
        switch try tables.location(ofPlate: well.plate) {
        case nil, .zarr: return nil
        // A mirror without the plate lacks it, whatever its index would say.
        case .files(let path): guard mirror.place(path) != nil else { return nil }
        case .tables: break
        }
        let (plate, files) = try await indices.well(well, tally: tally)
        let paths = files.files.map { ($0, mirror.place($0) ?? "\(mirror.root)/\($0)") }
        let planes = try files.well(paths: Dictionary(uniqueKeysWithValues: paths), of: [])
        return OpenedImages(planes: planes, location: plate.folder, kind: kind, notes: plate.index.notes, files: { plate.read })
    }

    private func tiff(_ well: WellAddress) async throws -> OpenedImages? {
        guard let template = tables.conventions.tiffPattern else { return nil }
        let below = try tables.plateFolder(well.plate)
        let root = "\(folder)/\(below)"
        let names = try await listings.value(of: root) { try OnDisk.tree(below: root) ?? [] }
        guard !names.isEmpty else { return nil }
        let conventions = tables.conventions
        let files = try TIFFWellNames(
            pattern: TIFFPattern(template), plate: well.plate, well: well.place(), names: names,
            columns: tables.columns(of: well.plate), pages: conventions.tiffPages.map(TIFFPages.init))
        let planes = try TIFFWell(files, paths: files.names.mapValues { "\(root)/\($0)" })
        return OpenedImages(planes: planes, location: below, kind: kind)
    }
}

extension ImageSourceKind {
    static let mirror = ImageSourceKind(kind: .mirror) { sources in
        guard let mirror = sources.access.mirror else { return [] }
        return [MirrorImages(root: mirror, screen: sources.screen)]
    }
}

extension ScreenTables {
    /// The plate's folder below the study's: the part of its place in the plates table behind the study's name; the plate's name where that says nothing.
    func plateFolder(_ plate: String) throws(IDRError) -> String {
        let parts = (plates[plate]?.source ?? "").split(separator: "/").map(String.init)
        guard let study = parts.firstIndex(where: { $0.hasPrefix(screen.study + "-") }), study + 1 < parts.count else {
            return PathPart.escaped(plate)
        }
        var path: [String] = []
        for part in parts[(study + 1)...] { path.append(try PathPart.checked(part, called: "the plate's folder")) }
        return path.joined(separator: "/")
    }
}
