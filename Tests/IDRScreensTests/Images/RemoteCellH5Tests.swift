import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// Movies that are read in part from a server give the planes that local reading gives.
@Suite struct RemoteCellH5Tests {
    private func serve(_ path: String) throws -> (server: LoopbackServer, bytes: [UInt8]) {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return (try LoopbackServer { LoopbackServer.file(bytes, $0) }, bytes)
    }

    @Test(arguments: [0, 2, 3], ["contiguous", "chunked", "deflate"])
    func everySuperblockAndStorage(superblock: Int, storage: String) async throws {
        for type in ["uint8", "uint16"] {
            let path = CellH5Files.path("superblock\(superblock)_\(storage)_\(type).ch5")
            let movie = try await CellH5Movie(reading: path)
            let (server, _) = try serve(path)
            let source = try await RemoteBytes(RemoteURL(server.base + "/m.ch5"), client: RemoteClient.impatient(), first: 512)
            let indices = (1...movie.extent.frames).map { PlaneIndex(frame: $0) }
            let remote = try await CellH5Movie(reading: source)
            #expect(remote.extent == movie.extent && remote.pixelType == movie.pixelType && remote.channelNames == movie.channelNames)
            let planes = try await remote.planes(indices)
            var expected: [PixelPlane] = []
            for index in indices { expected.append(try await movie.plane(index)) }
            #expect(planes == expected)
        }
    }

    /// A frame with its two neighbours of a MitoCheck-sized movie: at most 3 MB and 12 requests.
    @Test func threeFramesOfALongMovieCostLittle() async throws {
        let scratch = try ScratchFolder()
        let mirror = try ScratchMirror(scratch("mirror"), wells: [("A2", "negative control")])
        try await mirror.writeMovie("A2", planes: Self.mitocheckSized(frames: 93), chunk: (256, 336))
        let path = mirror.movie("A2")
        let (server, bytes) = try serve(path)
        let tally = TransferTally()
        let source = try await RemoteBytes(RemoteURL(server.base + "/m.ch5"), client: RemoteClient.impatient(), tally: tally)
        let planes = try await CellH5Movie(reading: source).planes([49, 50, 51].map { PlaneIndex(frame: $0) })
        let movie = try await CellH5Movie(reading: path)
        for (frame, plane) in zip([49, 50, 51], planes) { #expect(try await movie.plane(PlaneIndex(frame: frame)) == plane) }
        #expect(bytes.count > 30_000_000)
        #expect(tally.counts.bytes <= 3_000_000 && tally.counts.requests <= 12, "\(tally.counts)")
    }

    /// The fixtures' real frames, mirrored to 1344 x 1024.
    static func mitocheckSized(frames: Int) async throws -> [Plane<UInt8>] {
        let movie = try await CellH5Movie(reading: CellH5Files.fixtures.appendingPathComponent("mitocheck/frames18-20.ch5").path)
        var planes: [Plane<UInt8>] = []
        for frame in 1...3 {
            guard case .uint8(let small) = try await movie.plane(PlaneIndex(frame: frame)) else { continue }
            planes.append(
                Plane(
                    height: 1024, width: 1344,
                    pixels: (0..<1024).flatMap { y in (0..<1344).map { x in small[y < 700 ? y : 1399 - y, x < 1100 ? x : 2199 - x] } }))
        }
        return (0..<frames).map { planes[$0 % planes.count] }
    }

    @Test func aServerWithoutRangesIsToldApart() async throws {
        let bytes = [UInt8](repeating: 7, count: 1 << 20)
        let server = try LoopbackServer { _ in LoopbackServer.answer(200, body: bytes) }
        await #expect(throws: RemoteBytes.NoRanges.self) {
            try await RemoteBytes(RemoteURL(server.base + "/m.ch5"), client: RemoteClient.impatient())
        }
        #expect(server.requests.count == 1)
    }

    @Test func aFileThatChangesIsNeverMixed() async throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: CellH5Files.path("superblock0_deflate_uint8.ch5"))))
        let server = try LoopbackServer { LoopbackServer.file(bytes, $0, tag: $0.earlier < 1 ? "\"1\"" : "\"2\"") }
        let source = try await RemoteBytes(RemoteURL(server.base + "/m.ch5"), client: RemoteClient.impatient(), first: 512)
        let error = await #expect(throws: IDRError.self) { try await CellH5Movie(reading: source).plane(PlaneIndex(frame: 1)) }
        #expect(error?.problem == "the file changed while it was read", "\(String(describing: error))")
    }

    @Test(arguments: [
        ("bytes 1-512/1000", "answers the range"), ("bytes 0-511", ""), ("garbage", ""), ("bytes 0-5/3", ""),
    ])
    func wrongContentRangesAreNotBelieved(field: String, reason: String) async throws {
        let server = try LoopbackServer { _ in LoopbackServer.answer(206, ["Content-Range": field], body: [UInt8](repeating: 1, count: 512)) }
        await #expect(throws: (any Error).self) {
            try await RemoteBytes(RemoteURL(server.base + "/m.ch5"), client: RemoteClient.impatient(), first: 512)
        }
    }

    @Test func damagedMoviesAreNamed() async throws {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: CellH5Files.path("superblock0_deflate_uint8.ch5"))))
        let hole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: CellH5Files.path("zeroed_hole.ch5"))))
        for (bytes, problem) in [
            (Array(whole.prefix(whole.count - 100)), "is truncated"), (Array("<html>404</html>".utf8), "is not an HDF5 file"),
            (hole, "cannot be decoded"),
        ] {
            let server = try LoopbackServer { LoopbackServer.file(bytes, $0) }
            let source = try await RemoteBytes(RemoteURL(server.base + "/m.ch5"), client: RemoteClient.impatient(), first: 1024)
            let error = await #expect(throws: IDRError.self) {
                let movie = try await CellH5Movie(reading: source)
                _ = try await movie.planes((1...movie.extent.frames).map { PlaneIndex(frame: $0) })
            }
            #expect(
                error?.problem.contains(problem) == true && error?.subject.contains(server.base + "/m.ch5") == true
                    || error?.problem.contains(server.base) == true, "\(String(describing: error))")
        }
    }

    /// Bytes of the structure changed at random: an error or planes, never a crash, never endless.
    @Test(arguments: 0..<40)
    func damagedStructureNeverTraps(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: CellH5Files.path("superblock0_chunked_uint8.ch5"))))
        for _ in 0..<8 { bytes[Int.random(in: 100..<6000, using: &random)] = UInt8.random(in: 0...255, using: &random) }
        let damaged = bytes
        let server = try LoopbackServer { LoopbackServer.file(damaged, $0) }
        let source = try await RemoteBytes(RemoteURL(server.base + "/m.ch5"), client: RemoteClient.impatient(), first: 512)
        do {
            let movie = try await CellH5Movie(reading: source)
            _ = try await movie.plane(PlaneIndex(frame: movie.extent.frames))
        } catch {
            #expect(error is IDRError, "\(error)")
        }
    }
}
