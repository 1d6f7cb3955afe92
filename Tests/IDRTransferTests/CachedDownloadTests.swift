import Foundation
import IDRFiles
import IDRHDF5
import IDRPlan
import IDRTransfer
import TestSupport
import Testing

/// The cache and the downloader together.
@Suite struct CachedDownloadTests {
    @Test func anInterruptedDownloadGoesOnInTheCacheAndIsThenTakenFromIt() async throws {
        let scratch = try ScratchFolder()
        let cache = try FileCache(folder: scratch.path, limit: 1 << 30)
        let server = try LoopbackServer {
            $0.earlier == 0 ? DownloaderTests.cut(after: 100_000) + [.wait(seconds: 30)] : LoopbackServer.file(DownloaderTests.bytes, $0)
        }
        let url = try RemoteURL(server.base + "/file")
        let downloader = Downloader(RemoteClient.impatient(stall: 60))
        let lease = { @Sendable in
            try await cache.lease(url.description) { try await downloader.fetch(url, into: $0) { try DownloaderTests.verify($0) } }
        }
        let task = Task { try await lease() }
        try await eventually("the beginning") { cache.totalBytes() >= 100_000 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        for _ in 0..<2 {
            let file = try await lease()
            #expect(try await file.use { try Data(contentsOf: URL(fileURLWithPath: $0)) } == Data(DownloaderTests.bytes))
            #expect(file.entry.file.source == url.description && file.entry.file.etag == "\"1\"")
        }
        #expect(server.requests.map { $0.fields["range"] } == [nil, "bytes=100000-"])
        #expect(scratch.files().map { $0.split(separator: "/").last } == ["data", "entry.json", "lock"])
    }

    @Test func nothingUncheckedIsEverInTheCache() async throws {
        let scratch = try ScratchFolder()
        let cache = try FileCache(folder: scratch.path, limit: 1 << 30)
        let server = try LoopbackServer { _ in LoopbackServer.answer(200, ["ETag": "\"1\""], body: Array("<html>".utf8)) }
        let url = try RemoteURL(server.base + "/file")
        let downloader = Downloader(RemoteClient.impatient())
        let error = await #expect(throws: IDRError.self) {
            try await cache.lease(url.description) { try await downloader.fetch(url, into: $0) { _ = try HDF5Superblock.check($0) } }
        }
        #expect(error?.reason == "it has no HDF5 signature" && error?.subject.contains(url.description) == true, "\(String(describing: error))")
        #expect(scratch.files().isEmpty && server.requests.count == 2)
    }

    /// A killed process holds no lock, and another goes on with what it leaves.
    @Test func aKilledProcessIsTakenOverFrom() async throws {
        let scratch = try ScratchFolder()
        let server = try LoopbackServer {
            $0.earlier == 0 ? DownloaderTests.cut(after: 100_000) + [.wait(seconds: 30)] : LoopbackServer.file(DownloaderTests.bytes, $0)
        }
        let (folder, address) = (scratch.path, server.base + "/file")
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String, address = address as String] in
            let cache = try FileCache(folder: folder, limit: 1 << 30)
            let url = try RemoteURL(address)
            let downloader = Downloader(RemoteClient.impatient(stall: 60))
            Task { _ = try await cache.lease(address) { try await downloader.fetch(url, into: $0) { _ in } } }
            try await eventually("the beginning") { cache.totalBytes() >= 100_000 }
            kill(getpid(), SIGKILL)
        }
        let cache = try FileCache(folder: folder, limit: 1 << 30)
        let url = try RemoteURL(address)
        let downloader = Downloader(RemoteClient.impatient())
        let file = try await cache.lease(address) { try await downloader.fetch(url, into: $0) { try DownloaderTests.verify($0) } }
        #expect(try file.entry.file.sha256 == SHA256.digest(of: DownloaderTests.bytes))
        #expect(server.requests.map { $0.fields["range"] } == [nil, "bytes=100000-"])
    }
}
