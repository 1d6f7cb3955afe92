import IDRFiles
import IDRFormats
import IDRPlan
import IDRTransfer
import Synchronization

/// Wells whose planes are pages of TIFF files on a server.
struct TIFFImages: ImageSource {
    let kind: PixelSource
    let name: String
    let pattern: TIFFPattern
    let screen: ScreenCatalog
    let served: ServedImages
    let files: any FileSource
    let cache: FileCache

    var isOff: Bool { files.isOff }

    func open(_ well: WellAddress, for choose: @escaping ImageReader.Choice, tally: TransferTally) async throws -> OpenedImages {
        // Behind the study's name, paths are the same wherever the study is.
        let paths = try await served.paths(of: well).compactMap { path -> String? in
            let parts = path.split(separator: "/")
            return parts.firstIndex { $0 == screen.study }.map { parts[($0 + 1)...].joined(separator: "/") }
        }
        // The pattern is of the names within the plate's folder.
        let folder = try screen.tables.plateFolder(well.plate) + "/"
        let below = Set(paths.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }).sorted()
        let conventions = screen.tables.conventions
        let names = try TIFFWellNames(
            pattern: pattern, plate: well.plate, well: well.place(), names: below, columns: screen.tables.columns(of: well.plate),
            pages: conventions.tiffPages.map(TIFFPages.init))
        let company = FileCompany(cache: cache, key: "files \(self.name) \(screen.study) \(well.plate) \(well.well) \(well.number)")
        let planes = try await FetchedTIFFs(names, company) { name in
            try await files.file("\(screen.study)/\(folder)\(name)", tally: tally) { place in
                _ = try TIFFFile(reading: place).plane(page: 1)
            }
        } isCurrent: { file in
            try await files.isCurrent(file, tally: tally)
        }
        return OpenedImages(planes: planes, location: "\(name)/\(screen.study)/\(folder)", kind: kind, files: { try planes.read() })
    }
}

/// A well whose TIFF files are fetched when their planes are wanted.
final class FetchedTIFFs: PlaneSource {
    let extent: PlaneExtent
    let pixelType: PixelType
    let channelNames: [String]
    private let well: any WellFiles
    private let company: FileCompany
    private let fetch: @Sendable (_ name: String) async throws -> StudyFile
    private let isCurrent: @Sendable (StudyFile) async throws -> Bool
    /// By name.
    private let fetched: Mutex<[String: StudyFile]>

    /// What the files read so far are.
    func read() throws(IDRError) -> [ReadFile] {
        var files: [ReadFile] = []
        for (name, file) in fetched.withLock({ $0 }) { files.append(try file.read(name: name)) }
        return files.sorted { $0.content.name < $1.content.name }
    }

    /// Fetches the first file, which says how large the images are.
    init(
        _ well: any WellFiles, _ company: FileCompany, fetch: @escaping @Sendable (_ name: String) async throws -> StudyFile,
        isCurrent: @escaping @Sendable (StudyFile) async throws -> Bool
    ) async throws {
        guard let first = well.firstFile else {
            throw IDRError(.missing, "no file has the name of an image of this well", fix: "check the pattern of its names")
        }
        let file = try await fetch(first)
        let planes = try well.well(paths: [first: file.path], of: [])
        (self.well, self.company, self.fetch, self.isCurrent) = (well, company, fetch, isCurrent)
        (extent, pixelType, channelNames) = (planes.extent, planes.pixelType, planes.channelNames)
        fetched = Mutex([first: file])
    }

    func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane] { try await read(indices).planes }

    func read(_ indices: [PlaneIndex]) async throws -> PlaneReading {
        for index in indices { try extent.check(index) }
        let wanted = Set(indices.compactMap(well.name(of:)))
        try await bring(wanted.subtracting(fetched.withLock { Set($0.keys) }))
        try await join(wanted)
        let all = fetched.withLock { $0 }
        do {
            return try await well.well(paths: all.mapValues(\.path), of: []).read(indices)
        } catch let error as IDRError {
            if error.code == .invalidInput { for file in all.values { file.cached.discard() } }
            throw all.values.reduce(error) { $0.replacing($1.path, with: $1.location) }
        }
    }

    private func bring(_ names: Set<String>) async throws {
        let files = try await Parallel.map(names.sorted()) { [fetch] name in (name, try await fetch(name)) }
        fetched.withLock { state in for (name, file) in files { state[name] = file } }
    }

    /// Sees to it that the files of planes which are used together were at the server together: where those that are here meet new ones, the
    /// server is asked about them, and gives anew what is no longer the same.
    private func join(_ names: Set<String>) async throws {
        guard names.count > 1 else { return }
        if fetched.withLock({ state in names.contains { state[$0]?.isFromCache == true } }) {
            if try await company.knows(digests(names)) { return }
            let here = fetched.withLock { state in names.compactMap { name in state[name].map { (name, $0) } } }.filter { $0.1.isFromCache }
            let stale = try await Parallel.map(here) { [isCurrent] name, file in try await isCurrent(file) ? nil : name }.compactMap(\.self)
            fetched.withLock { state in for name in stale { state.removeValue(forKey: name)?.cached.giveUp() } }
            try await bring(Set(stale))
        }
        try await company.note(digests(names))
    }

    private func digests(_ names: Set<String>) -> [String: Digest] {
        fetched.withLock { state in
            var digests: [String: Digest] = [:]
            for name in names { if let file = state[name] { digests[name] = file.cached.entry.file.sha256 } }
            return digests
        }
    }
}
