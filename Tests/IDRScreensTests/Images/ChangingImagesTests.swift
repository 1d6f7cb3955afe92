import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import Synchronization
import TestSupport
import Testing

/// Images that change at the server between two fetches: planes of the old ones and of the new ones are never used together.
@Suite struct ChangingImagesTests {
    private let site: ChangingSite
    private static let sources = [PixelSource.cellH5, .omeZarr]

    init() async throws { site = try await ChangingSite() }

    /// Frames 2 and 3 of the old one, 4 of the new one; then all three together, as one that corrects frame 3 asks for them.
    @Test(arguments: sources, ChangingSite.Naming.allCases)
    func planesOfTwoVersionsNeverMeet(source: PixelSource, naming: ChangingSite.Naming) async throws {
        site.names(by: naming)
        #expect(try await site.read(source, [2, 3]).planes == site.planes(old: [2, 3]))
        site.change()
        #expect(try await site.read(source, [4]).planes == site.planes(new: [4]))
        let together = try await site.read(source, [2, 3, 4])
        #expect(together.planes == site.planes(new: [2, 3, 4]) && !together.isFromCache)
        // From then on, all of it is here.
        let asked = site.server.requests.count
        let again = try await site.read(source, [2, 3, 4])
        #expect(again.planes == together.planes && again.isFromCache && again.versions == together.versions)
        #expect(try await site.read(source, [3]).planes == site.planes(new: [3]))
        #expect(site.server.requests.count == asked)
    }

    /// Only one chunk changed: the frame that nobody asked for meanwhile.
    @Test func aChunkThatChangedIsSeen() async throws {
        _ = try await site.read(.omeZarr, [2, 3])
        try site.changeChunks(ofFrame: 2)
        #expect(try await site.read(.omeZarr, [3, 4]).planes == site.planes(old: [3, 4]))
        // Frames 2 and 4 were never there together.
        let reading = try await site.read(.omeZarr, [2, 4])
        #expect(reading.planes == site.planes(new: [2]) + site.planes(old: [4]))
    }

    /// Where nothing changed, the chunks that are here are asked for by their version and not sent again.
    @Test(arguments: [ChangingSite.Naming.tags, .dates]) func whatIsHereIsAskedAgain(naming: ChangingSite.Naming) async throws {
        site.names(by: naming)
        _ = try await site.read(.omeZarr, [2, 3])
        let asked = site.server.requests.count
        let reading = try await site.read(.omeZarr, [2, 3, 4])
        #expect(reading.planes == site.planes(old: [2, 3, 4]))
        let later = site.server.requests.dropFirst(asked)
        let field = naming == .tags ? "if-none-match" : "if-modified-since"
        let chunks = later.filter { $0.path.contains("/0/0/") && !$0.path.hasSuffix(".zarray") && !$0.path.hasSuffix(".zattrs") }
        #expect(chunks.count { $0.fields[field] != nil } == 2 * site.chunksOfAPlane, "\(chunks.map(\.path))")
        #expect(chunks.count { $0.fields[field] == nil } == site.chunksOfAPlane)
    }

    /// The parts of a movie that are here are of the version that was opened, and are not fetched again.
    @Test func partsOfTheSameMovieAreKept() async throws {
        _ = try await site.read(.cellH5, [2, 3])
        let reading = try await site.read(.cellH5, [2, 3, 4])
        #expect(reading.planes == site.planes(old: [2, 3, 4]) && reading.entityTag == "\"old\"")
        // Two readings of one version are one.
        let asked = site.server.requests.count
        #expect(try await site.read(.cellH5, [2, 4]).isFromCache && site.server.requests.count == asked)
    }

    /// The record says what was read, whether it came from the server or from the cache.
    @Test(arguments: sources + [.files]) func versionsAreSaid(source: PixelSource) async throws {
        let first = try await site.read(source, [2])
        let again = try await site.read(source, [2])
        #expect(first.versions == again.versions && !first.versions.isEmpty && again.isFromCache)
        #expect(first.versions.allSatisfy { $0.entityTag == "\"old\"" && $0.bytes != nil && !$0.name.contains("://") })
        #expect(first.versions.count == (source == .omeZarr ? 1 + site.chunksOfAPlane : 1), "\(first.versions)")
    }

    /// Two frames with overlapping neighbours, one after the other and over again: each stays here as it is, also offline.
    @Test(arguments: sources) func readingsThatOverlapStayHere(source: PixelSource) async throws {
        _ = try await site.read(source, [1, 2, 3])
        _ = try await site.read(source, [2, 3, 4])
        let asked = site.server.requests.count
        for frames in [[1, 2, 3], [2, 3, 4], [1, 2, 3], [2]] {
            #expect(try await site.read(source, frames, freshness: .offline).planes == site.planes(old: frames))
            #expect(try await site.read(source, frames).planes == site.planes(old: frames))
        }
        #expect(site.server.requests.count == asked)
    }

    /// What an IDRKit without versions kept has none.
    @Test(arguments: sources) func planesWithoutVersionAreFetchedAnew(source: PixelSource) async throws {
        _ = try await site.read(source, [2])
        let cache = try FileCache(folder: site.cache, limit: 1 << 30)
        for entry in cache.entries() where entry.key.hasPrefix("images ") {
            let known = try #require(try await cache.get(entry.key))
            let text = String(decoding: known.bytes, as: UTF8.self).replacing("\"format\":2,", with: "").replacing(",\"format\":2", with: "")
            try await cache.put(entry.key, Array(text.utf8), source: "s")
        }
        let reading = try await site.read(source, [2])
        #expect(reading.planes == site.planes(old: [2]) && !reading.isFromCache && reading.transfer.bytes > 0)
        #expect(try await site.read(source, [2]).isFromCache)
    }
}

/// A study at a server, one well of it, that becomes another one.
final class ChangingSite: Sendable {
    enum Naming: Sendable, CaseIterable { case tags, dates, nothing }

    private struct State {
        var isNew = false
        var naming = Naming.tags
        /// Paths that are of the new version already.
        var changed: Set<String> = []
    }

    let server: LoopbackServer
    let cache: String
    let chunksOfAPlane: Int
    private let scratch: ScratchFolder
    private let frames: (old: [Plane<UInt8>], new: [Plane<UInt8>])
    private let sites: (old: ScratchSite, new: ScratchSite)
    private let state: SharedState

    /// A reference, so that the server's handler can look at it.
    private final class SharedState: Sendable { let value = Mutex(State()) }

    init() async throws {
        scratch = try ScratchFolder()
        cache = scratch("cache")
        let frames = (old: try await ExampleFrames.small(0), new: try await ExampleFrames.small(1))
        self.frames = frames
        let chunk = (y: 64, x: 80)
        chunksOfAPlane = ((frames.old[0].height - 1) / chunk.y + 1) * ((frames.old[0].width - 1) / chunk.x + 1)
        sites = (
            old: try await ScratchSite(scratch("old"), wells: [("A2", "negative control", [frames.old])], chunk: chunk),
            new: try await ScratchSite(scratch("new"), wells: [("A2", "negative control", [frames.new])], chunk: chunk)
        )
        let (state, roots) = (SharedState(), (old: sites.old.folder, new: sites.new.folder))
        self.state = state
        server = try LoopbackServer { request in
            let now = state.value.withLock { $0 }
            let isNew = now.isNew || now.changed.contains(request.path)
            guard let data = FileManager.default.contents(atPath: (isNew ? roots.new : roots.old) + request.path) else {
                return LoopbackServer.answer(404)
            }
            return Self.answer([UInt8](data), request, isNew: isNew, now.naming)
        }
    }

    private static func answer(_ bytes: [UInt8], _ request: LoopbackServer.Request, isNew: Bool, _ naming: Naming) -> [LoopbackServer.Step] {
        let tag = isNew ? "\"new\"" : "\"old\""
        let date = isNew ? "Tue, 02 Jan 2024 00:00:00 GMT" : "Mon, 01 Jan 2024 00:00:00 GMT"
        var fields: [String: String] = [:]
        switch naming {
        case .tags: fields["ETag"] = tag
        case .dates: fields["Last-Modified"] = date
        case .nothing: break
        }
        if request.fields["if-none-match"] == fields["ETag"] ?? "-" || request.fields["if-modified-since"] == fields["Last-Modified"] ?? "-" {
            return LoopbackServer.answer(304, fields.merging(["Content-Length": "0"]) { $1 })
        }
        if request.fields["range"] != nil, request.fields["if-range"].map({ $0 == fields["ETag"] }) ?? true {
            guard let range = request.range(of: bytes.count) else { return LoopbackServer.answer(416) }
            fields["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"
            return LoopbackServer.answer(206, fields, body: Array(bytes[range]))
        }
        return LoopbackServer.answer(200, fields, body: bytes)
    }

    func change() { state.value.withLock { $0.isNew = true } }
    func names(by naming: Naming) { state.value.withLock { $0.naming = naming } }

    func changeChunks(ofFrame frame: Int) throws {
        let below = "\(sites.old.zarrWell("A2"))/0/\(frame - 1)".dropFirst(sites.old.folder.count)
        let files = FileManager.default.enumerator(atPath: sites.old.folder + below)?.compactMap { $0 as? String } ?? []
        state.value.withLock { $0.changed.formUnion(files.map { "\(below)/\($0)" }) }
    }

    func planes(old numbers: [Int]) -> [PixelPlane] { numbers.map { .uint8(frames.old[$0 - 1]) } }
    func planes(new numbers: [Int]) -> [PixelPlane] { numbers.map { .uint8(frames.new[$0 - 1]) } }

    /// By a reader of its own, as another run has it.
    func read(_ source: PixelSource, _ frames: [Int], freshness: Freshness = .cached) async throws -> ImageReading {
        var access = ScratchSite.access(base: server.base, cache: cache, sources: [source])
        access.freshness = freshness
        let network = try Network(access: access, client: RemoteClient.impatient())
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0013A"))
        return try await ImageReader(screen: screen, access: access, network: network).read(SourceBench.address("A2")) { _, _ in
            frames.map { PlaneIndex(frame: $0) }
        }
    }
}
