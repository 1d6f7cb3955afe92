import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRKit
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// An image that does not exist costs its own rows, and not those of images that are corrected together with it.
@Suite struct ExistingPlanesTests {
    private let scratch: ScratchFolder
    private let mirror: ScratchMirror
    private let study: String

    init() throws {
        scratch = try ScratchFolder()
        mirror = try ScratchMirror(scratch("mirror"), wells: [("A2", "negative control")])
        study = "\(mirror.folder)/idr0013-neumann-mitocheck"
    }

    private func fetcher(_ change: (inout Access) -> Void = { _ in }) async throws -> ImageFetcher {
        var access = Access(mirror: mirror.folder).over(.published)
        access.cache = scratch("cache")
        change(&access)
        let network = try Network(access: access, client: RemoteClient.impatient())
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0013A"))
        return ImageFetcher(reader: try ImageReader(screen: screen, access: access, network: network))
    }

    private func request(field: Int = 1, frames: [Int]) -> FrameRequest {
        var request = FrameRequest(
            WellReference(plate: "P_1", well: "A2", wellNumber: 2, gene: "", controlType: ""), field: field,
            of: ResolvedPlan(plan: screen("idr0013A").frame(1).correct().segment().profile().plan, tables: [], models: [], wells: []),
            channels: WantedChannels(segmented: 1, profiled: nil, measured: nil))
        request.frames = frames
        return request
    }

    /// Planes of one value each.
    private func plane(_ value: Int) -> Plane<UInt8> { Plane(height: 4, width: 6, pixels: [UInt8](repeating: UInt8(value), count: 24)) }

    private func values(_ fetched: FetchedFrames) throws -> [Float] {
        try fetched.channel(1).planes.map { $0.asFloat().pixels[0] }
    }

    private func writeMovie(frames: Int) throws {
        try ScratchZarr.writePlate(at: "\(study)/P_1.ome.zarr", wells: [("A2", (1...frames).map { [plane($0)] })], chunk: (4, 6))
    }

    private func frame(_ number: Int) -> String { "\(study)/P_1.ome.zarr/A/2/0/0/\(number - 1)" }

    /// Fields `1...count` as files of their own.
    private func fieldFetcher(_ count: Int) async throws -> ImageFetcher {
        try OnDisk.makeFolder("\(study)/P_1")
        for field in 1...count { try TIFFWriter.write(plane(field), to: file(field)) }
        return try await fetcher { $0.screens = ["idr0013A": ScreenConventions(tiffPattern: "{well}-f{field}.tif")] }
    }

    private func file(_ field: Int) -> String { "\(study)/P_1/A2-f\(field).tif" }

    @Test func aFieldThatIsNotThereCostsItself() async throws {
        let fetcher = try await fieldFetcher(4)
        #expect(try await values(fetcher.fetch(request(field: 4, frames: [1]))) == [1, 2, 3, 4])
        try OnDisk.remove(file(3))
        for field in [1, 2, 4] {
            let fetched = try await fetcher.fetch(request(field: field, frames: [1]))
            let channel = try fetched.channel(1)
            #expect(try values(fetched) == [1, 2, 4] && channel.planes[channel.kept[0]].asFloat().pixels[0] == Float(field))
            #expect(fetched.input.notes?.joined().contains("fitted without images that do not exist: field 3, frame 1") == true)
            #expect(fetched.absence == nil && fetched.frames == [1])
        }
        let error = await #expect(throws: IDRError.self) { try await fetcher.fetch(request(field: 3, frames: [1])) }
        #expect(error?.code == .missing && error?.subject.contains("well A2") == true, "\(error as Any)")
        for field in [1, 2, 4] { try OnDisk.remove(file(field)) }
        let none = await #expect(throws: IDRError.self) { try await fetcher.fetch(request(field: 1, frames: [1])) }
        #expect(none?.code == .missing)
    }

    @Test func aFieldThatIsDamagedIsNotLeftOut() async throws {
        let fetcher = try await fieldFetcher(3)
        try Data("no such thing".utf8).write(to: URL(fileURLWithPath: file(3)))
        let error = await #expect(throws: IDRError.self) { try await fetcher.fetch(request(field: 1, frames: [1])) }
        #expect(error?.code == .invalidInput)
    }

    @Test func aFrameBesideTheWantedOneThatIsNotThereIsLeftOut() async throws {
        try writeMovie(frames: 6)
        let fetcher = try await fetcher()
        #expect(try await values(fetcher.fetch(request(frames: [2]))) == [2, 3, 4])
        try OnDisk.remove(frame(3))
        let fetched = try await fetcher.fetch(request(frames: [2]))
        #expect(try values(fetched) == [2, 4] && fetched.channel(1).kept == [0] && fetched.absence == nil)
        #expect(fetched.input.notes?.first?.contains("field 1, frame 3") == true, "\(fetched.input.notes as Any)")
        // Near the end the wanted one is the last.
        try OnDisk.remove(frame(4))
        let last = try await fetcher.fetch(request(frames: [6]))
        #expect(try values(last) == [5, 6] && last.channel(1).kept == [1])
    }

    @Test func ofSeveralWantedFramesOneIsNotThere() async throws {
        try writeMovie(frames: 5)
        let fetcher = try await fetcher()
        try OnDisk.remove(frame(3))
        let fetched = try await fetcher.fetch(request(frames: [1, 3, 4, 7]))
        #expect(try values(fetched) == [1, 2, 4, 5] && fetched.channel(1).kept == [0, 2] && fetched.frames == [1, 4])
        #expect(fetched.absence?.code == .missing)
        // With one that is left, its fit is that of one frame.
        let one = try await fetcher.fetch(request(frames: [3, 4]))
        #expect(try values(one) == [2, 4] && one.frames == [4])
        // Without a correction nothing is read along.
        var plain = request(frames: [2, 3])
        plain.withContext = false
        let alone = try await fetcher.fetch(plain)
        #expect(try values(alone) == [2] && alone.frames == [2] && alone.input.notes == nil)
    }

    /// What cannot be had now may be there tomorrow: the fit would be another one.
    @Test func whatCannotBeReachedIsNotLeftOut() async throws {
        let site = try await ScratchSite(scratch("site"), wells: [("A2", "negative control", [(1...6).map(plane)])], chunk: (4, 6))
        let root = site.folder
        let server = try LoopbackServer { request in
            if request.path.contains("/A/2/0/0/2/") { return LoopbackServer.answer(503) }
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            return LoopbackServer.file([UInt8](data), request)
        }
        let fetcher = try await fetcher { $0 = ScratchSite.access(base: server.base, cache: scratch("other"), sources: [.omeZarr]) }
        let error = await #expect(throws: IDRError.self) { try await fetcher.fetch(request(frames: [2])) }
        #expect(error?.code == .transfer, "\(error as Any)")
        #expect(try await values(fetcher.fetch(request(frames: [4]))) == [4, 5, 6])
        withExtendedLifetime(server) {}
    }
}
