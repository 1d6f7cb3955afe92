import Foundation
import IDRFiles
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// Bytes that change where whole files are kept: they are hashed when they are used, and never become pixels under another digest.
@Suite struct DamagedCacheTests {
    private let bench: SourceBench
    private static let sources = SourceCase.all.filter { [.files, .aspera].contains($0.kind) }

    init() async throws { bench = try await SourceBench() }

    private func read(_ source: SourceCase, offline: Bool = false) async throws -> ImageReading {
        var access = try source.access(bench)
        if offline { access.freshness = .offline }
        let network = try Network(access: access, client: RemoteClient.impatient())
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0013A"))
        let reader = try ImageReader(screen: screen, access: access, network: network)
        return try await reader.read(SourceBench.address("A2")) { _, _ in [PlaneIndex(frame: 2)] }
    }

    /// A pixel of the kept movie, the length as before.
    private func damage() throws {
        let movie = try #require(
            bench.scratch.files(below: "cache").first { name in
                let path = bench.scratch("cache/\(name)")
                return name.hasSuffix("/data") && FileManager.default.contents(atPath: path)?.prefix(4) == Data([0x89, 0x48, 0x44, 0x46])
            })
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: bench.scratch("cache/\(movie)")))
        let end = try handle.seekToEnd()
        try handle.seek(toOffset: end - 20_000)
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: end - 20_000)
        try handle.write(contentsOf: [byte ^ 1])
        try handle.close()
    }

    @Test(arguments: sources) func aDamagedFileIsFetchedAgain(source: SourceCase) async throws {
        let first = try await read(source)
        try damage()
        let asked = bench.requests
        let again = try await read(source)
        #expect(again.planes == first.planes && again.files == first.files && bench.requests > asked && !again.isFromCache)
        #expect(try again.files.map(\.sha256) == [SHA256.digest(ofFile: bench.site.mirror.movie("A2"))])
    }

    @Test(arguments: sources) func offlineADamagedFileIsNotThere(source: SourceCase) async throws {
        _ = try await read(source)
        #expect(try await read(source, offline: true).isFromCache)
        try damage()
        let asked = bench.requests
        let error = await #expect(throws: IDRError.self) { try await read(source, offline: true) }
        #expect(error?.code == .notCached && error?.problem == "this is not in the cache" && bench.requests == asked, "\(error as Any)")
    }
}
