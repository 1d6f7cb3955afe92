import Foundation
import IDRFiles
import IDRFormats
import IDRPlan
import IDRTransfer
import Synchronization

/// Where whole files of studies come from, into the cache.
protocol FileSource: Sendable {
    /// Whether it turned out to be of no use in this run.
    var isOff: Bool { get }

    /// The file at `path` below the folder of all studies, verified.
    /// - Parameter verify: throws where the file at the given place is not what it must be; such a file is never used.
    func file(_ path: String, tally: TransferTally, verify: @escaping @Sendable (_ place: String) async throws -> Void) async throws -> StudyFile

    /// Whether the server still has the file as it is here; false where nobody can say.
    func isCurrent(_ file: StudyFile, tally: TransferTally) async throws -> Bool
}

/// A whole file, here for as long as the value lives.
struct StudyFile: Sendable {
    let cached: CachedFile
    /// An address.
    let location: String
    /// Whether it was here before.
    let isFromCache: Bool

    var path: String { cached.path }

    /// Of what was read: asked afterwards.
    /// - Parameter name: what records call it.
    /// - Throws: an ``IDRError`` where the file changed while it was read.
    func read(name: String) throws(IDRError) -> ReadFile {
        try cached.check()
        let file = cached.entry.file
        let version = SourceVersion(name: name, entityTag: file.etag, lastModified: file.lastModified, bytes: file.bytes)
        return ReadFile(
            content: ContentFile(name: name, bytes: file.bytes, sha256: file.sha256), version: version.isIdentified ? version : nil)
    }
}

/// Whole files over https or ftp.
struct WholeFiles: FileSource {
    let base: RemoteURL
    let network: Network
    let freshness: Freshness

    func file(_ path: String, tally: TransferTally, verify: @escaping @Sendable (String) async throws -> Void) async throws -> StudyFile {
        let url = try base.appending(path)
        let isFetched = Atomic(false)
        let cached = try await network.cache.lease(try await key(url.description, freshness, network.cache)) { part in
            isFetched.store(true, ordering: .relaxed)
            try checkOnline(url.description, freshness)
            return try await Downloader(network.client).fetch(url, into: part, tally: tally, verify: named(url.description, verify))
        }
        return StudyFile(cached: cached, location: url.description, isFromCache: !isFetched.load(ordering: .relaxed))
    }

    func isCurrent(_ file: StudyFile, tally: TransferTally) async throws -> Bool {
        try checkOnline(file.location, freshness)
        let version = try file.read(name: file.location).version
        guard let version, base.scheme != "ftp" else { return false }
        return try await network.client.has(version, at: RemoteURL(file.location), tally: tally)
    }
}

extension FileSource {
    var isOff: Bool { false }

    /// `verify`, whose errors call the file by where it came from: a file in the cache is nothing that a person knows.
    func named(_ location: String, _ verify: @escaping @Sendable (String) async throws -> Void) -> @Sendable (String) async throws -> Void {
        { place in
            do {
                try await verify(place)
            } catch let error as IDRError {
                throw error.replacing(place, with: location)
            }
        }
    }

    /// The key of a file in the cache, after what `freshness` asks for.
    func key(_ location: String, _ freshness: Freshness, _ cache: FileCache) async throws -> String {
        if freshness == .refresh { try await cache.remove(location) }
        return location
    }

    /// Asked before a file is fetched that the cache lacks, or has damaged.
    /// - Throws: an ``IDRError`` where it must be in the cache.
    func checkOnline(_ location: String, _ freshness: Freshness) throws(IDRError) {
        if freshness == .offline { throw MetadataClient.notCached([location]) }
    }
}

/// Movies as whole files.
struct MovieFiles: ImageSource {
    let kind: PixelSource
    let name: String
    let screen: ScreenCatalog
    let files: any FileSource

    var isOff: Bool { files.isOff }

    func open(_ well: WellAddress, for choose: @escaping ImageReader.Choice, tally: TransferTally) async throws -> OpenedImages {
        let path = try screen.moviePath(of: well)
        let file = try await files.file(path, tally: tally) { place in
            // A file of the right length may still have a hole: only decoding tells.
            let movie = try await CellH5Movie(reading: place)
            _ = try await movie.planes(choose(movie.extent, movie.channelNames))
        }
        let movie = try await CellH5Movie(reading: file.path)
        return OpenedImages(
            planes: KeptPlanes(planes: movie, file: file), location: file.location, kind: kind, notes: movie.notes(read: well, screen.tables),
            files: { [try file.read(name: path)] })
    }
}

extension ImageSourceKind {
    static let files = ImageSourceKind(kind: .files) { sources throws(IDRError) in
        try sources.fileBases().map { base throws(IDRError) in
            try sources.fileImages(.files, name: base.host, sources.whole(base), listed: base)
        }
    }
}

extension IDRError {
    /// The same error with `path` called `name`.
    func replacing(_ path: String, with name: String) -> IDRError {
        var copy = self
        copy.problem = problem.replacing(path, with: name)
        copy.reason = reason?.replacing(path, with: name)
        copy.advice = advice?.replacing(path, with: name)
        copy.subject = subject.map { $0.replacing(path, with: name) }
        return copy
    }
}

/// Planes of a file in the cache. A file that turns out to be damaged leaves it, so that the next run fetches it again.
struct KeptPlanes: PlaneSource {
    let planes: any PlaneSource
    let file: StudyFile

    var extent: PlaneExtent { planes.extent }
    var pixelType: PixelType { planes.pixelType }
    var channelNames: [String] { planes.channelNames }

    func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane] { try await read(indices).planes }

    func read(_ indices: [PlaneIndex]) async throws -> PlaneReading {
        do {
            return try await planes.read(indices)
        } catch let error as IDRError {
            if error.code == .invalidInput { file.cached.discard() }
            throw error.replacing(file.path, with: file.location)
        }
    }
}
