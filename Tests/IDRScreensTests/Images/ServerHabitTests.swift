import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// What hosts of OME-Zarr do that is none of their images' fault.
@Suite struct ServerHabitTests {
    private let scratch: ScratchFolder
    private let site: ScratchSite
    private static let frames = [2, 3].map { PlaneIndex(frame: $0) }

    init() async throws {
        scratch = try ScratchFolder()
        site = try await ScratchSite(
            scratch("site"), wells: [(name: "A2", control: "negative control", channels: [try await ExampleFrames.small(0)])], chunk: (64, 80))
    }

    private typealias Answer = @Sendable (LoopbackServer.Request, [UInt8]?) -> [LoopbackServer.Step]?

    private func serve(_ answer: @escaping Answer) throws -> LoopbackServer {
        let root = site.folder
        return try LoopbackServer { request in
            let data = FileManager.default.contents(atPath: root + request.path).map { [UInt8]($0) }
            if let steps = answer(request, data) { return steps }
            return data.map { LoopbackServer.file($0, request) } ?? LoopbackServer.answer(404)
        }
    }

    private func read(
        _ server: LoopbackServer, _ sources: [PixelSource] = [.omeZarr], cache: String = UUID().uuidString, _ freshness: Freshness = .cached,
        mirror: String? = nil
    ) async throws -> ImageReading {
        var access = ScratchSite.access(base: server.base, cache: scratch(cache), sources: sources)
        access.freshness = freshness
        access.mirror = mirror
        let network = try Network(access: access, client: RemoteClient.impatient(stall: 60))
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0013A"))
        return try await ImageReader(screen: screen, access: access, network: network)
            .read(WellAddress(screen.tables.well("A2", on: "P_1"))) { _, _ in Self.frames }
    }

    private func expected() async throws -> [PixelPlane] { try await CellH5Movie(reading: site.mirror.movie("A2")).planes(Self.frames) }

    private static func isChunk(_ path: String) -> Bool { path.contains(".zarr/") && !path.hasSuffix("/.zattrs") && !path.hasSuffix("/.zarray") }

    private static func refusing(_ status: Int, _ isMeant: @escaping @Sendable (String) -> Bool) -> Answer {
        { request, _ in isMeant(request.path) ? LoopbackServer.answer(status) : nil }
    }

    /// One chunk of frame 2.
    private static func isOneChunk(_ path: String) -> Bool { isChunk(path) && path.hasSuffix("/1/0/0/0/0") }

    /// Stores that do not list their objects answer 403 for those that they do not have.
    @Test func refusedChunksAreMissingOnes() async throws {
        let reading = try await read(serve(Self.refusing(403, Self.isOneChunk)))
        #expect(reading.notes.count == 1 && reading.notes[0].contains("frame 2") && reading.notes[0].contains("chunks missing"))
        let whole = try await expected()
        #expect(reading.planes[1] == whole[1] && reading.planes[0] != whole[0])
        let all = await #expect(throws: IDRError.self) { try await read(serve(Self.refusing(403, Self.isChunk))) }
        #expect(all?.code == .missing && all?.problem.contains("was ever stored") == true)
    }

    /// Where nothing else of the plate is given either, a refusal is a refusal.
    @Test func aPlateThatIsRefusedIsRefused() async throws {
        let error = await #expect(throws: IDRError.self) { try await read(serve(Self.refusing(403) { $0.contains(".zarr/") })) }
        #expect(error?.code == .refused, "\(error.map { "\($0)" } ?? "nothing")")
    }

    /// A plane of which nothing is stored is read from the next source.
    @Test func anotherSourceHasWhatWasNeverStored() async throws {
        let reading = try await read(serve(Self.refusing(404, Self.isChunk)), [.omeZarr, .files])
        #expect(reading.source == .files && reading.notes.isEmpty)
        #expect(reading.passedOver.count == 1 && reading.passedOver[0].contains("was ever stored"))
        #expect(try await reading.planes == expected())
    }

    @Test func whatTheCacheGivesIsSaidAgain() async throws {
        let server = try serve(Self.refusing(404, Self.isOneChunk))
        let first = try await read(server, cache: "kept")
        let second = try await read(server, cache: "kept", .offline)
        #expect(first.notes.count == 1 && first.notes == second.notes && second.isFromCache && first.planes == second.planes)
    }

    /// Bodies may come packed though nobody asked for it.
    @Test func packedBodiesAreUnpacked() async throws {
        let server = try serve { request, data in
            guard request.path.contains("/.z"), let data, let packed = try? Gzip.compress(data, name: "") else { return nil }
            return LoopbackServer.answer(200, ["Content-Encoding": "gzip"], body: packed)
        }
        #expect(try await read(server).planes == expected())
        let other = try serve { request, data in
            request.path.contains("/.z") ? data.map { LoopbackServer.answer(200, ["Content-Encoding": "br"], body: $0) } : nil
        }
        let error = await #expect(throws: IDRError.self) { try await read(other) }
        #expect(error.map { "\($0)".contains("content encoding \"br\"") } == true, "\(error.map { "\($0)" } ?? "nothing")")
    }

    /// Records travel: they say that the mirror lacked the image, and not where on this machine it is.
    @Test func aMirrorsFolderIsNotRecorded() async throws {
        let planes = try await expected()
        try FileManager.default.removeItem(atPath: site.mirror.movie("A2"))
        let reading = try await read(serve { _, _ in nil }, [.mirror, .omeZarr], mirror: site.mirror.folder)
        #expect(reading.source == .omeZarr && reading.planes == planes)
        #expect(reading.passedOver.count == 1 && reading.passedOver.allSatisfy { $0.hasPrefix("mirror: ") && !$0.contains(scratch.path) })
    }
}
