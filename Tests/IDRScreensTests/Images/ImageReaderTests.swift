import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// Wells read through servers that fail, and with Aspera: the right planes, or one clear error, and nothing bad is kept.
@Suite struct ImageReaderTests {
    private let scratch: ScratchFolder
    private let site: ScratchSite
    private static let wells = ["A2", "A3"]
    private static let frames = [2, 3].map { PlaneIndex(frame: $0) }

    init() async throws {
        scratch = try ScratchFolder()
        var wells: [(name: String, control: String, channels: [[Plane<UInt8>]])] = []
        for (index, well) in Self.wells.enumerated() { wells.append((well, "negative control", [try await ExampleFrames.small(index)])) }
        site = try await ScratchSite(scratch("site"), wells: wells, chunk: (64, 80))
    }

    private func serve(_ fault: @escaping @Sendable (LoopbackServer.Request, [UInt8]) -> [LoopbackServer.Step]?) throws -> LoopbackServer {
        let root = site.folder
        return try LoopbackServer { request in
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            return fault(request, [UInt8](data)) ?? LoopbackServer.file([UInt8](data), request)
        }
    }

    private func reader(_ access: Access, stall: Double = 60) async throws -> (ImageReader, ScreenCatalog) {
        let network = try Network(access: access, client: RemoteClient.impatient(stall: stall))
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0013A"))
        return (try ImageReader(screen: screen, access: access, network: network), screen)
    }

    private func read(_ well: String, _ reader: ImageReader, _ screen: ScreenCatalog) async throws -> ImageReading {
        try await reader.read(WellAddress(screen.tables.well(well, on: "P_1"))) { _, _ in Self.frames }
    }

    private func expected(_ well: String) async throws -> [PixelPlane] {
        try await CellH5Movie(reading: site.mirror.movie(well)).planes(Self.frames)
    }

    static let faults = ["503", "429", "408", "500", "502", "cut", "reset", "short", "stall"]

    /// What passes is tried again, in every source.
    @Test(arguments: [PixelSource.omeZarr, .cellH5, .files], faults)
    func faultsThatPass(source: PixelSource, fault: String) async throws {
        let server = try serve { request, bytes in
            let isPixels = request.path.hasSuffix(".ch5") || request.path.contains(".zarr/")
            guard isPixels, request.earlier == 0 else { return nil }
            // libcurl takes seconds to see that one stalls: the metadata, asked for one after another, come at once.
            if fault == "stall", request.path.contains("/.z") || request.path.hasSuffix(".json") { return nil }
            let head = Array("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n".utf8)
            switch fault {
            case "cut", "short": return [.send(head + bytes.prefix(bytes.count / 2))]
            case "reset": return [.send(head + bytes.prefix(5)), .wait(seconds: 0.02), .reset]
            case "stall": return [.send(head + bytes.prefix(5)), .wait(seconds: 300)]
            default: return LoopbackServer.answer(Int(fault) ?? 500, fault == "429" ? ["Retry-After": "0"] : [:])
            }
        }
        // A range that is answered with the whole file says that the server gives no ranges; that is no fault.
        if source == .cellH5, ["cut", "reset", "short", "stall"].contains(fault) { return }
        let access = ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [source])
        let (reader, screen) = try await reader(access, stall: fault == "stall" ? 2 : 60)
        let reading = try await read("A2", reader, screen)
        let a2 = try await expected("A2")
        #expect(reading.planes == a2 && reading.transfer.retries >= 1)
    }

    /// What does not pass is one error that names the place, and the other well is read all the same.
    @Test(arguments: [PixelSource.omeZarr, .cellH5, .files], ["403", "page", "truncated", "zeros"])
    func faultsThatStay(source: PixelSource, fault: String) async throws {
        let server = try serve { request, bytes in
            guard request.path.contains("00002_01.ch5") || request.path.contains(".zarr/A/2/0/0/") else { return nil }
            switch fault {
            case "403": return LoopbackServer.answer(403, body: Array("no".utf8))
            case "page": return LoopbackServer.file(Array("<html>hello</html>".utf8), request)
            case "truncated": return LoopbackServer.file(Array(bytes.prefix(bytes.count / 2)), request)
            default: return LoopbackServer.file([UInt8](repeating: 0, count: bytes.count), request)
            }
        }
        let access = ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [source])
        let (reader, screen) = try await reader(access)
        let error = await #expect(throws: IDRError.self) { try await read("A2", reader, screen) }
        let text = "\(String(describing: error))"
        #expect(text.contains(server.base) && !text.contains(scratch("cache")), "\(text)")
        #expect(try await read("A3", reader, screen).planes == expected("A3"))
        // Nothing of the bad well is in the cache.
        let kept = try Network(access: access, client: RemoteClient.impatient()).cache.entries().map(\.key)
        #expect(!kept.contains { $0.contains("00002_01") || $0.contains("/A/2 ") }, "\(kept)")
    }

    /// A file that changes between two of its parts is never put together from both.
    @Test func aMovieThatChangesMidway() async throws {
        let server = try serve { request, bytes in
            request.path.hasSuffix(".ch5") ? LoopbackServer.file(bytes, request, tag: request.earlier == 0 ? "\"1\"" : "\"2\"") : nil
        }
        let (reader, screen) = try await reader(ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [.cellH5]))
        // The first request brings 128 kB, which may be all that these small movies are.
        let size = try FileManager.default.attributesOfItem(atPath: site.mirror.movie("A2"))[.size] as? Int ?? 0
        let outcome = await Result { try await read("A2", reader, screen) }
        switch outcome {
        case .success(let reading):
            let a2 = try await expected("A2")
            #expect(size <= 1 << 17 && reading.planes == a2)
        case .failure(let error): #expect((error as? IDRError)?.problem == "the file changed while it was read")
        }
    }

    /// Refused or absent: said once, then HTTPS.
    @Test(arguments: ["echo 'ascp: failed to authenticate, exiting.'; exit 1", ""])
    func asperaThatCannotBeUsedIsLeftAlone(script: String) async throws {
        let server = try serve { _, _ in nil }
        let ascp = try StandInAscp(script)
        if script.isEmpty { unlink(ascp.folder("ascp")) }
        let (reader, screen) = try await reader(access(server, ascp.settings.program, key: ascp.folder("key")))
        let first = try await read("A2", reader, screen)
        let a2 = try await expected("A2")
        #expect(first.planes == a2 && first.source == .files && first.passedOver.count == 1)
        #expect(first.passedOver[0].hasPrefix("aspera (fasp-public@fasp.example.org"), "\(first.passedOver)")
        let second = try await read("A3", reader, screen)
        let a3 = try await expected("A3")
        #expect(second.planes == a3 && second.source == .files)
        #expect(second.passedOver.count == 1 && second.passedOver[0].hasSuffix("left out, for it failed before"))
        #expect(ascp.runs == (script.isEmpty ? 0 : 1))
    }

    private func access(_ server: LoopbackServer, _ program: String, key: String) -> Access {
        var access = ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [.aspera, .files])
        access.aspera = AsperaAccess(isOn: true, executable: program, key: key, remote: "fasp-public@fasp.example.org:/pub/databases/IDR")
        return access
    }

    /// A folder on this machine may hold plates instead of movies, of several channels too.
    @Test func aMirrorMayHoldOMEZarr() async throws {
        let frames = try await ExampleFrames.small(2)
        let study = "\(site.mirror.folder)/idr0013-neumann-mitocheck"
        try ScratchZarr.writePlate(
            at: study + "/P_1.ome.zarr",
            wells: [("A2", frames.map { [$0, Plane(height: $0.height, width: $0.width, pixels: $0.pixels.reversed())] })],
            chunk: (64, 80))
        unlink(site.mirror.movie("A2"))
        var access = Access(mirror: site.mirror.folder).over(.published)
        access.cache = scratch("cache")
        let (reader, screen) = try await reader(access)
        let indices = [PlaneIndex(frame: 2, channel: 2), PlaneIndex(frame: 3)]
        let reading = try await reader.read(WellAddress(screen.tables.well("A2", on: "P_1"))) { _, _ in indices }
        #expect(reading.planes[0].asFloat().pixels == frames[1].pixels.reversed().map(Float.init) && reading.planes[1] == .uint8(frames[2]))
        #expect(reading.source == .mirror && reading.location == "P_1.ome.zarr/A/2" && reading.extent.channels == 2)
        // The well that the plate lacks has its movie still.
        #expect(try await read("A3", reader, screen).location.hasSuffix("00003_01.ch5"))
    }

    /// A source that cannot be reached is not asked for every well again.
    @Test func aDeadHostIsGivenUp() async throws {
        let server = try serve { _, _ in nil }
        let dead = try serve { _, _ in LoopbackServer.answer(503) }
        var access = ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [.omeZarr, .files])
        access.zarr = [dead.base + "/bioimaging-integrator-data/"]
        let (reader, screen) = try await reader(access)
        for turn in 0..<3 {
            let reading = try await read(Self.wells[turn % 2], reader, screen)
            #expect(reading.source == .files && reading.passedOver.count == 1)
            #expect(reading.passedOver.first?.hasSuffix("left out, for it failed before") == (turn == 2))
        }
    }

    /// Names from a remote table never become paths outside the cache, nor addresses of something else.
    @Test(arguments: ["../../../etc", "a/b", "x\\y"])
    func namesThatLeadAwayAreRefused(folder: String) async throws {
        let plates = "\(site.folder)/idr-metadata/idr0013-neumann-mitocheck/screenA/idr0013-screenA-plates.tsv"
        try "P_1\t../screens/\(folder).screen\n".write(toFile: plates, atomically: true, encoding: .utf8)
        let server = try serve { _, _ in nil }
        let (reader, screen) = try await reader(ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [.files]))
        let error = await #expect(throws: IDRError.self) { try await read("A2", reader, screen) }
        #expect(error?.code == .refused)
        #expect(!server.requests.contains { $0.path.hasSuffix(".ch5") })
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// What `idrscript doctor --live` asks.
@Suite struct LiveCheckTests {
    @Test func whatDiffersIsSaid() async throws {
        let scratch = try ScratchFolder()
        let site = try await ScratchSite(scratch("site"), wells: [("A2", "negative control", [try await ExampleFrames.small(0)])], chunk: (64, 80))
        let root = site.folder
        let server = try LoopbackServer { request in
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            return LoopbackServer.file([UInt8](data), request)
        }
        let access = ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [.omeZarr])
        let network = try Network(access: access, client: RemoteClient.impatient())
        let findings = await LiveCheck(access: access, network: network, well: WellAddress(plate: "P_1", well: "A2", number: 2)).run()
        func finding(_ text: String) -> LiveFinding? { findings.first { $0.fact.contains(text) } }
        #expect(finding("api/v0/m/screens")?.verdict == .unanswered)
        #expect(finding("196608 rows")?.verdict == .differs && finding("196608 rows")?.found == "1 rows of 5 columns, 1 controls")
        #expect(finding("OME-Zarr plates has 538")?.found == "1 plates")
        #expect(finding("NGFF 0.4")?.verdict == .differs && finding("NGFF 0.4")?.found.contains("chunks [1, 1, 1, 64, 80]") == true, "\(findings)")
        #expect(
            finding("movies in parts")?.verdict == .differs && finding("movies in parts")?.found.hasPrefix("cellh5: 4 frames of 200 x 160") == true)
        #expect(finding("public key")?.found.contains("off") == true)
    }

    @Test func whatAgreesAgrees() async throws {
        let screens =
            "{\"data\": [{\"@id\": 1101, \"Name\": \"idr0013-neumann-mitocheck/screenA\"}], \"meta\": {\"totalCount\": 1, \"maxLimit\": 1000}}"
        let idr = try FakeIDR([
            "/api/v0/m/screens/?limit=1&offset=0": screens, "/api/v0/m/screens/?limit=500&offset=0": screens,
            "/ngff_filesets/idr0013.csv": (0..<538).map { "idr0013/P\($0).ome.zarr,S-BIAD865/\($0),1\n" }.joined(),
        ])
        let scratch = try ScratchFolder()
        let access = idr.access(cache: scratch("cache"))
        let findings = await LiveCheck(access: access, network: try Network(access: access, client: RemoteClient.impatient())).run()
        let agreeing = findings.filter { $0.verdict == .agrees }.map(\.fact)
        #expect(agreeing.count == 3 && agreeing[2].contains("538"), "\(findings)")
    }
}
