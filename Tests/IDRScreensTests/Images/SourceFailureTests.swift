import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import Synchronization
import TestSupport
import Testing

/// Whatever goes wrong at a source, the next one has its turn, and what ends the search is always an ``IDRError``, or the caller's own cancellation.
@Suite struct SourceFailureTests {
    private let scratch: ScratchFolder
    private let site: ScratchSite
    private static let frame = [PlaneIndex(frame: 2)]

    init() async throws {
        scratch = try ScratchFolder()
        // Larger than what the first request of a movie brings.
        let planes = try await RemoteCellH5Tests.mitocheckSized(frames: 3)
        site = try await ScratchSite(scratch("site"), wells: [("A2", "negative control", [planes])], chunk: (256, 336))
    }

    private func serve(_ fault: @escaping @Sendable (LoopbackServer.Request, [UInt8]) -> [LoopbackServer.Step]? = { _, _ in nil }) throws
        -> LoopbackServer
    {
        let root = site.folder
        return try LoopbackServer { request in
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            return fault(request, [UInt8](data)) ?? LoopbackServer.file([UInt8](data), request)
        }
    }

    private func reader(_ server: LoopbackServer, _ sources: [PixelSource]) async throws -> (ImageReader, WellAddress) {
        let access = ScratchSite.access(base: server.base, cache: scratch("cache"), sources: sources)
        let network = try Network(access: access, client: RemoteClient.impatient())
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0013A"))
        let well = WellAddress(try screen.tables.well("A2", on: "P_1"))
        return (try ImageReader(screen: screen, access: access, network: network), well)
    }

    /// A server without entity tags that gives the first part of a movie, and for every later range the whole file.
    private func forgetfulServer(after parts: Int) throws -> LoopbackServer {
        try serve { request, bytes in
            guard request.path.hasSuffix(".ch5") else { return nil }
            guard request.earlier < parts, let range = request.range(of: bytes.count) else { return LoopbackServer.answer(200, body: bytes) }
            let field = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"
            return LoopbackServer.answer(206, ["Content-Range": field], body: Array(bytes[range]))
        }
    }

    @Test func aServerThatStopsGivingPartsIsPassedOver() async throws {
        let server = try forgetfulServer(after: 1)
        let (reader, well) = try await reader(server, [.cellH5, .omeZarr])
        let reading = try await reader.read(well) { _, _ in Self.frame }
        let expected = try await CellH5Movie(reading: site.mirror.movie("A2")).planes(Self.frame)
        #expect(reading.planes == expected)
        #expect(reading.source == .omeZarr && reading.passedOver.count == 1)
        #expect(reading.passedOver.first?.contains("no longer gives parts of the file") == true, "\(reading.passedOver)")
    }

    @Test func aServerThatStopsGivingPartsIsNamedWhereItIsAlone() async throws {
        let server = try forgetfulServer(after: 1)
        let (reader, well) = try await reader(server, [.cellH5])
        let error = await #expect(throws: IDRError.self) { try await reader.read(well) { _, _ in Self.frame } }
        #expect(error?.code == .transfer && error?.problem == "the server no longer gives parts of the file")
        #expect(error?.subject.first?.hasPrefix(server.base) == true && error?.advice != nil, "\(String(describing: error))")
    }

    /// Errors of other libraries, wherever they come from: the source has failed, and the message says what happened.
    @Test func foreignErrorsAreASourcesFailure() async throws {
        let server = try serve()
        let (reader, well) = try await reader(server, [.cellH5, .omeZarr])
        defer { withExtendedLifetime(server) {} }
        let foreign: [any Error] = [
            CocoaError(.fileReadNoPermission), POSIXError(.EIO), RemoteBytes.NoRanges(),
            DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no such thing")),
        ]
        for failure in foreign {
            let error = await #expect(throws: IDRError.self) { try await reader.read(well) { _, _ in throw failure } }
            let reason = error?.reason ?? ""
            #expect(error?.problem == "the images cannot be read" && reason.contains("tried: cellh5") && reason.contains("ome-zarr"), "\(reason)")
        }
    }

    /// However often a person gives up, no source is left out for it.
    @Test func cancellationIsNoFailureOfASource() async throws {
        let isSlow = Switch()
        let server = try serve { request, _ in
            isSlow.isOn && request.path.contains(".zarr/") ? [.wait(seconds: 5)] : nil
        }
        let (reader, well) = try await reader(server, [.omeZarr, .cellH5])
        isSlow.isOn = true
        for turn in 1...3 {
            let task = Task { try await reader.read(well) { _, _ in Self.frame } }
            try await eventually("a request for pixels") { server.requests.count { $0.path.contains(".zarr/") } >= turn }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        isSlow.isOn = false
        let reading = try await reader.read(well) { _, _ in Self.frame }
        #expect(reading.source == .omeZarr && reading.passedOver == [])
    }
}

/// Something that a test turns on and off while others look.
private final class Switch: Sendable {
    private let state = Mutex(false)

    var isOn: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
