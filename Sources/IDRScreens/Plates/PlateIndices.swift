import IDRFiles
import IDRFormats
import IDRPlan
import IDRTransfer
import Synchronization

/// The plates of a screen by their indices: each is found and read once.
final class PlateIndices: Sendable {
    let screen: ScreenCatalog
    let files: any PlateFiles
    private let known = OnceMap<String, KnownPlate>()

    init(screen: ScreenCatalog, files: any PlateFiles) { (self.screen, self.files) = (screen, files) }

    /// - Throws: ``IDRError`` where the plates table does not say where the plate is, or what lies there is not read.
    func plate(_ name: String, tally: TransferTally) async throws -> KnownPlate {
        try await known.value(of: name) { [screen, files] in
            do {
                return try await PlateFinder(screen: screen, files: files, plate: name, tally: tally).plate()
            } catch let error as IDRError {
                throw error.at("plate \(name)")
            }
        }
    }

    /// The files of a well's planes.
    func well(_ well: WellAddress, tally: TransferTally) async throws -> (plate: KnownPlate, well: IndexedWell) {
        let plate = try await plate(well.plate, tally: tally)
        let told = try screen.tables.conventions.tiffPages.map(TIFFPages.init)
        let place = try well.place()
        let indexed = try IndexedWell(place, of: plate.index, in: plate.folder, pages: told) { [plate] file throws(IDRError) in
            try plate.format?.check(file)
        }
        return (plate, indexed)
    }
}

/// A plate whose index was read.
struct KnownPlate: Sendable {
    let index: PlateIndex
    /// nil for a folder that is known by its files' names.
    let format: (any PlateIndexFormat)?
    /// Of the format, for people.
    let name: String
    /// The index's, below the folder of all studies; its first part is the study's.
    let folder: String
    /// The files that say where the planes are.
    let read: [ReadFile]
}

/// Finds the index of a plate and reads it.
struct PlateFinder {
    let screen: ScreenCatalog
    let files: any PlateFiles
    let plate: String
    let tally: TransferTally

    /// An index lies no deeper below the folder that the plates table names.
    private static let deepest = 3

    func plate() async throws -> KnownPlate {
        guard let location = try screen.tables.location(ofPlate: plate) else {
            throw IDRError(
                .missing, "the plates table does not say where the plate's images are",
                fix: "give their place in the table's second column, or the names' pattern in the configuration (screens > tiffPattern)")
        }
        switch location {
        case .zarr(let path):
            throw IDRError(
                .missing, "the plate is OME-Zarr, and not among the study's files", at: [path], fix: "name \"ome-zarr\" in \"sources\"")
        case .tables(let path): return try await table(path)
        case .files(let path):
            let (folder, name) = Self.split(path)
            if let format = PlateIndexFormats.format(of: name) {
                let listing = format.listsFolder ? try await files.listing(of: folder, tally: tally) : nil
                return try await read(name, as: format, in: folder, listing ?? FolderListing(files: [name], folders: []))
            }
            if let format = UnreadFormat(fileName: name) { throw format.refusal(path) }
            return try await find(in: path, depth: 0)
        }
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    /// The index in a folder, or in the folder below it that vendors put it in; else the files' names.
    private func find(in folder: String, depth: Int) async throws -> KnownPlate {
        guard let listing = try await files.listing(of: folder, tally: tally) else {
            throw IDRError(.missing, "there is no such folder", at: [folder], fix: "check the plates table, or fetch the folder")
        }
        for format in PlateIndexFormats.all {
            let names = listing.files.filter(format.recognises)
            guard !names.isEmpty else { continue }
            guard let name = format.choose(among: names) else {
                throw IDRError(
                    .invalidInput, "the plate's folder holds \(names.count) indices", at: [folder], because: NearNames.list(names.prefix(5)),
                    fix: "name the plate's own in the plates table")
            }
            return try await read(name, as: format, in: folder, listing)
        }
        let usual = listing.folders.filter { ["images", "data"].contains($0.lowercased()) }
        if depth < Self.deepest, let inner = usual.first ?? (listing.files.isEmpty && listing.folders.count == 1 ? listing.folders[0] : nil) {
            return try await find(in: "\(folder)/\(inner)", depth: depth + 1)
        }
        let (name, index) = try PlateIndexFormats.named(listing.files, called: folder)
        return KnownPlate(index: index, format: nil, name: "files named as by \(name)", folder: folder, read: [])
    }

    private func read(_ name: String, as format: any PlateIndexFormat, in folder: String, _ listing: FolderListing) async throws -> KnownPlate {
        let read = Mutex<[String: HeldFile]>([:])
        let (files, tally) = (files, tally)
        let index = try await format.read(
            IndexFiles(
                name: name, files: listing.files, folders: listing.folders, plate: plate,
                place: { path in
                    let below = try PlatePath.joined(path, in: folder)
                    guard let file = try await files.held(below, tally: tally) else { return nil }
                    read.withLock { $0[below] = file }
                    return file.path
                },
                list: { inner in
                    let found = try await files.listing(of: PlatePath.joined(inner, in: folder), tally: tally)
                    return (found?.files ?? [], found?.folders ?? [])
                }))
        let held = read.withLock { $0 }.sorted { $0.key < $1.key }
        return KnownPlate(index: index, format: format, name: format.name, folder: folder, read: try held.map { try $0.value.read() })
    }

    /// An index among the study's tables. What it names by relative paths lies in the study's folder.
    private func table(_ path: String) async throws -> KnownPlate {
        let (folder, name) = Self.split(path)
        guard let format = PlateIndexFormats.format(of: name) else {
            throw IDRError(
                .invalidInput, "the plates table names a file of no kind that is known", at: [path],
                fix: "put the plate in a mirror as OME-Zarr, or give the names' pattern in the configuration (screens > tiffPattern)")
        }
        let read = Mutex<[String: ReadFile]>([:])
        let (files, home) = (files, folder.isEmpty ? screen.study : "\(screen.study)/\(folder)")
        let index = try await format.read(
            IndexFiles(
                name: name, files: [name], plate: plate, place: { _ in nil },
                read: { path, limit in
                    let below = try PlatePath.joined(path, in: home).split(separator: "/").dropFirst().joined(separator: "/")
                    guard let (bytes, file) = try await files.table(below, limit: limit) else { return nil }
                    read.withLock { $0[below] = file }
                    return bytes
                }))
        let held = read.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
        return KnownPlate(index: index, format: format, name: format.name, folder: home, read: held)
    }
}
