import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import Synchronization
import TestSupport
import Testing

/// A well whose planes are whole files, which change at the server between two fetches.
@Suite struct ChangingTIFFTests {
    private let scratch: ScratchFolder
    private let isNew = SharedSwitch()
    private let server: LoopbackServer

    /// A reference, so that the server's handler can look at it.
    private final class SharedSwitch: Sendable {
        private let state = Mutex(false)
        var isOn: Bool { state.withLock { $0 } }
        func turnOn() { state.withLock { $0 = true } }
    }

    init() throws {
        scratch = try ScratchFolder()
        var objects: [String: [UInt8]] = [
            "/studies.tsv": Array(CatalogTests.studies.utf8), CatalogTests.folder + "-annotation.csv": Array(CatalogTests.annotation.utf8),
            CatalogTests.folder + "-plates.tsv": Array("P\t/uod/idr/filesets/idr0035-caie-drugresponse/2016-original/P\n".utf8),
            "/api/v0/m/screens/?limit=500&offset=0": Array(CatalogTests.page([(2001, "idr0035-caie-drugresponse/screenA")], total: 1).utf8),
            "/api/v0/m/screens/2001/plates/?limit=500&offset=0": Array(CatalogTests.page([(7, "P")], total: 1).utf8),
            "/api/v0/m/plates/7/wells/?limit=500&offset=0": Array(
                "{\"data\": [{\"@id\": 70, \"Row\": 0, \"Column\": 1, \"WellSamples\": [{\"Image\": {\"@id\": 9, \"Name\": \"i\"}}]}]}".utf8),
        ]
        var names: [String] = []
        var later: [String: [UInt8]] = [:]
        for channel in 1...3 {
            let name = "idr0035-caie-drugresponse/2016-original/P/r01c02-ch\(channel).tiff"
            objects["/pub/databases/IDR/" + name] = try Self.file(channel, isNew: false, scratch("plane.tif"))
            later["/pub/databases/IDR/" + name] = try Self.file(channel, isNew: true, scratch("plane.tif"))
            names.append("\"demo/\(name)\"")
        }
        objects["/webgateway/original_file_paths/9/"] = Array("{\"client\": [\(names.joined(separator: ", "))]}".utf8)
        let (first, second, isNew) = (objects, later, isNew)
        server = try LoopbackServer { request in
            let isLater = isNew.isOn && second[request.path] != nil
            guard let bytes = (isLater ? second : first)[request.path] else { return LoopbackServer.answer(404) }
            let tag = isLater ? "\"new\"" : "\"old\""
            if request.fields["if-none-match"] == tag { return LoopbackServer.answer(304, ["ETag": tag]) }
            return LoopbackServer.file(bytes, request, tag: tag)
        }
    }

    private static func plane(_ channel: Int, isNew: Bool) -> Plane<UInt16> {
        Plane(height: 3, width: 4, pixels: (0..<12).map { UInt16((isNew ? 1000 : 0) + 100 * channel + $0) })
    }

    private static func file(_ channel: Int, isNew: Bool, _ path: String) throws -> [UInt8] {
        try TIFFWriter.write(plane(channel, isNew: isNew), to: path)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func read(_ channels: [Int], freshness: Freshness = .cached) async throws -> ImageReading {
        var access = FakeIDR.access(base: server.base, cache: scratch("cache"))
        access.sources = [.files]
        access.freshness = freshness
        access.screens = ["idr0035A": ScreenConventions(tiffPattern: "r{row:2}c{column:2}-ch{channel}.tiff")]
        let network = try Network(access: access, client: RemoteClient.impatient())
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0035A"))
        return try await ImageReader(screen: screen, access: access, network: network).read(WellAddress(screen.tables.well("A2", on: "P"))) { _, _ in
            channels.map { PlaneIndex(frame: 1, channel: $0) }
        }
    }

    private func planes(_ channels: [Int], isNew: Bool) -> [PixelPlane] { channels.map { .uint16(Self.plane($0, isNew: isNew)) } }

    @Test func filesOfTwoVersionsNeverMeet() async throws {
        #expect(try await read([1, 2]).planes == planes([1, 2], isNew: false))
        isNew.turnOn()
        #expect(try await read([3]).planes == planes([3], isNew: true))
        // All of it is here by now.
        let reading = try await read([1, 2, 3])
        #expect(reading.planes == planes([1, 2, 3], isNew: true))
        #expect(reading.versions.map(\.entityTag) == ["\"new\"", "\"new\"", "\"new\""])
        let asked = server.requests.count
        #expect(try await read([1, 2, 3]).isFromCache)
        #expect(try await read([2, 3], freshness: .offline).planes == planes([2, 3], isNew: true))
        #expect(server.requests.count == asked)
    }

    @Test func whatIsTheSameIsNotSentAgain() async throws {
        _ = try await read([1, 2])
        let asked = server.requests.count
        #expect(try await read([1, 2, 3]).planes == planes([1, 2, 3], isNew: false))
        let later = server.requests.dropFirst(asked).filter { $0.path.hasSuffix(".tiff") }
        #expect(later.count == 3 && later.count { $0.fields["if-none-match"] == "\"old\"" } == 2)
    }

    /// Whether they were there together, nobody can say then.
    @Test func offlineFilesThatNeverMetAreNotUsedTogether() async throws {
        _ = try await read([1])
        _ = try await read([2])
        let error = await #expect(throws: IDRError.self) { try await read([1, 2], freshness: .offline) }
        #expect(error?.code == .notCached, "\(error as Any)")
    }
}
