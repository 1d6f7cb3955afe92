import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// Images whose servers go away in the middle of a run: they wait for them, but not where another source is left.
@Suite struct GoneNetworkTests {
    private let scratch: ScratchFolder
    private let site: ScratchSite
    private let said = Said()
    private static let frame = [PlaneIndex(frame: 2)]

    init() async throws {
        scratch = try ScratchFolder()
        var wells: [(name: String, control: String, channels: [[Plane<UInt8>]])] = []
        for (index, well) in ["A2", "A3"].enumerated() { wells.append((well, "negative control", [try await ExampleFrames.small(index)])) }
        site = try await ScratchSite(scratch("site"), wells: wells, chunk: (64, 80))
    }

    private func server() throws -> GoneServer {
        let root = site.folder
        return try GoneServer { request in
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            return LoopbackServer.file([UInt8](data), request)
        }
    }

    private func reader(_ access: Access, patience: Double, first: Double? = nil) async throws -> ImageReader {
        var pause = NetworkPause()
        (pause.patience, pause.firstInterval, pause.longestInterval) = (patience, 0.02, 0.1)
        pause.firstPatience = first ?? pause.firstPatience
        let network = try Network(access: access, client: RemoteClient.impatient(pause: pause, notice: said.say))
        return try ImageReader(
            screen: try await Catalog(access: access, network: network).screen(ScreenName("idr0013A")), access: access, network: network)
    }

    private func expected(_ well: String) async throws -> [PixelPlane] {
        try await CellH5Movie(reading: site.mirror.movie(well)).planes(Self.frame)
    }

    @Test(arguments: [PixelSource.omeZarr, .cellH5, .files]) func theRunPausesAndGoesOn(source: PixelSource) async throws {
        let server = try server()
        let reader = try await reader(ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [source]), patience: 600)
        _ = try await reader.read(SourceBench.address("A2")) { _, _ in Self.frame }
        server.goAway()
        let task = Task { try await reader.read(SourceBench.address("A3")) { _, _ in Self.frame } }
        try await eventually("the pause is said") { said.all.count == 1 }
        try await server.comeBack()
        let a3 = try await expected("A3")
        #expect(try await task.value.planes == a3)
        #expect(said.all.count == 2 && said.all.last?.hasPrefix("the network is back") == true, "\(said.all)")
    }

    @Test func patienceEnds() async throws {
        let server = try server()
        let reader = try await reader(ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [.omeZarr]), patience: 2)
        _ = try await reader.read(SourceBench.address("A2")) { _, _ in Self.frame }
        server.goAway()
        for _ in 0..<3 {
            let error = await #expect(throws: IDRError.self) { try await reader.read(SourceBench.address("A3")) { _, _ in Self.frame } }
            #expect(error?.code == .unreachable && error?.endsRun == true, "\(error as Any)")
        }
        #expect(said.all.count == 1)
    }

    /// The tables are from elsewhere, as from the cache.
    private func beginningWithout(_ gone: GoneServer, tables: GoneServer) -> Access {
        var access = ScratchSite.access(base: tables.base, cache: scratch("cache"), sources: [.omeZarr])
        access.zarr = [gone.base + "/bioimaging-integrator-data/"]
        gone.goAway()
        return access
    }

    @Test func aRunThatBeginsWithoutTheNetworkWaits() async throws {
        let (gone, tables) = (try server(), try server())
        let reader = try await reader(beginningWithout(gone, tables: tables), patience: 600)
        let tasks = ["A2", "A3"].map { well in Task { try await reader.read(SourceBench.address(well)) { _, _ in Self.frame } } }
        try await eventually("the pause is said") { said.all.count == 1 }
        try await gone.comeBack()
        for (task, well) in zip(tasks, ["A2", "A3"]) {
            let planes = try await expected(well)
            #expect(try await task.value.planes == planes)
        }
        #expect(said.all.count == 2 && said.all[0].hasPrefix("no server answers"), "\(said.all)")
        withExtendedLifetime(tables) {}
    }

    @Test func aRunThatBeginsWithoutTheNetworkEndsAsAWhole() async throws {
        let (gone, tables) = (try server(), try server())
        let reader = try await reader(beginningWithout(gone, tables: tables), patience: 600, first: 0.3)
        for well in ["A2", "A3"] {
            let error = await #expect(throws: IDRError.self) { try await reader.read(SourceBench.address(well)) { _, _ in Self.frame } }
            #expect(error?.code == .unreachable && error?.endsRun == true, "\(error as Any)")
        }
        // Beside a whole suite the first try may take as long as the patience.
        #expect(said.all.count <= 1)
        withExtendedLifetime(tables) {}
    }

    /// Where another source says that it lacks the image, it is one image that fails, and not the run.
    @Test func aServerThatNeverAnsweredIsNoNetwork() async throws {
        let (gone, left) = (try server(), try server())
        var access = beginningWithout(gone, tables: left)
        access.sources = [.omeZarr, .files]
        unlink(site.mirror.movie("A3"))
        let reader = try await reader(access, patience: 600)
        for _ in 0..<4 {
            let error = await #expect(throws: IDRError.self) { try await reader.read(SourceBench.address("A3")) { _, _ in Self.frame } }
            #expect(error?.code == .transfer && said.all.isEmpty, "\(error as Any)")
        }
    }

    /// Without a pause.
    @Test func anotherSourceThatIsLeftIsUsed() async throws {
        let (gone, left) = (try server(), try server())
        var access = ScratchSite.access(base: left.base, cache: scratch("cache"), sources: [.omeZarr, .files])
        access.zarr = [gone.base + "/bioimaging-integrator-data/"]
        let reader = try await reader(access, patience: 0.1)
        _ = try await reader.read(SourceBench.address("A2")) { _, _ in Self.frame }
        gone.goAway()
        for _ in 0..<4 {
            let reading = try await reader.read(SourceBench.address("A3")) { _, _ in Self.frame }
            let a3 = try await expected("A3")
            #expect(reading.source == .files && reading.planes == a3 && said.all.isEmpty)
        }
    }

    /// The source that is left does not have it, and the other one may.
    @Test func whatNobodyCouldBeAskedForIsNotAbsent() async throws {
        let (gone, left) = (try server(), try server())
        var access = ScratchSite.access(base: left.base, cache: scratch("cache"), sources: [.omeZarr, .files])
        access.zarr = [gone.base + "/bioimaging-integrator-data/"]
        unlink(site.mirror.movie("A3"))
        let reader = try await reader(access, patience: 0.1)
        _ = try await reader.read(SourceBench.address("A2")) { _, _ in Self.frame }
        gone.goAway()
        for _ in 0..<4 {
            let error = await #expect(throws: IDRError.self) { try await reader.read(SourceBench.address("A3")) { _, _ in Self.frame } }
            #expect(error?.code == .unreachable, "\(error as Any)")
        }
    }
}
