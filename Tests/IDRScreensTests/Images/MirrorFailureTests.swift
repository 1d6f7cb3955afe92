import Foundation
import IDRFiles
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// What is said of a mirror's files goes into records, and what the machine refuses says nothing of a file.
@Suite struct MirrorFailureTests {
    enum Fault: CaseIterable {
        case damaged, gone, refused

        func apply(to file: String) throws {
            try OnDisk.remove(file)
            switch self {
            case .damaged: try Data("no such thing".utf8).write(to: URL(fileURLWithPath: file))
            case .gone: break
            // The kernel has no bytes at its beginning: reading it is an input/output error, for everyone.
            case .refused: try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/proc/self/mem")
            }
        }
    }

    private let bench: SourceBench

    init() async throws { bench = try await SourceBench() }

    private func reader(_ access: Access) async throws -> ImageReader {
        let network = try Network(access: access, client: RemoteClient.impatient())
        return try ImageReader(
            screen: try await Catalog(access: access, network: network).screen(ScreenName("idr0013A")), access: access, network: network)
    }

    private func apply(_ fault: Fault, to mirror: String) throws {
        let study = "\(mirror)/idr0013-neumann-mitocheck"
        for file in try #require(try OnDisk.tree(below: study)) where !file.hasPrefix("screenA") {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(study)/\(file)", isDirectory: &isFolder), !isFolder.boolValue else { continue }
            try fault.apply(to: "\(study)/\(file)")
        }
    }

    @Test(arguments: SourceCase.all.filter { $0.kind == .mirror }, Fault.allCases)
    func noFolderOfTheMachineIsNamed(source: SourceCase, fault: Fault) async throws {
        let access = try source.access(bench)
        let reader = try await reader(access)
        try apply(fault, to: #require(access.mirror))
        let error = try await #require(throws: IDRError.self) {
            try await reader.read(SourceBench.address("A2")) { _, _ in [PlaneIndex(frame: 2)] }
        }
        #expect(!"\(error)".contains(bench.scratch("")), "\(error)")
        #expect(!error.endsRun, "\(error)")
        if fault == .refused { #expect(error.code == .unavailable && error.isPassing, "\(error.code): \(error)") }
        if fault == .damaged { #expect(error.code == .invalidInput, "\(error.code): \(error)") }
    }

    /// Nor of a mirror that was left for another source.
    @Test(arguments: Fault.allCases)
    func whatWasTriedNamesNone(fault: Fault) async throws {
        var access = bench.served(.files)
        access.mirror = try bench.mirror("other").replacing("/idr0013-neumann-mitocheck", with: "")
        access.sources = [.mirror, .files]
        let reader = try await reader(access)
        let own = bench.site.mirror.movie("A2").replacing(bench.site.mirror.folder, with: access.mirror ?? "")
        try OnDisk.makeFolder(URL(fileURLWithPath: own).deletingLastPathComponent().path)
        try fault.apply(to: own)
        let reading = try await reader.read(SourceBench.address("A2")) { _, _ in [PlaneIndex(frame: 2)] }
        #expect(reading.source == .files && reading.passedOver.count == 1)
        #expect(!reading.passedOver.joined().contains(bench.scratch("")), "\(reading.passedOver)")
    }

    /// What is damaged here may be sound where nobody could be asked now.
    @Test func aPlaceThatCannotBeAskedMayHaveIt() async throws {
        let gone = try LoopbackServer { _ in LoopbackServer.answer(503) }
        var access = ScratchSite.access(base: bench.server.base, cache: bench.scratch("cache"), sources: [.cellH5, .files])
        let root = bench.site.folder
        let bad = try LoopbackServer { request in
            if request.path.hasSuffix(".ch5") { return LoopbackServer.file(Array("no such thing".utf8), request) }
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            return LoopbackServer.file([UInt8](data), request)
        }
        let files = try #require(access.files?.first).replacing(bench.server.base, with: bad.base)
        access.files = [files, files.replacing(bad.base, with: gone.base)]
        access.sources = [.files]
        let reader = try await reader(access)
        let error = try await #require(throws: IDRError.self) {
            try await reader.read(SourceBench.address("A2")) { _, _ in [PlaneIndex(frame: 2)] }
        }
        #expect(error.code == .transfer && "\(error)".contains("no such thing") == false, "\(error)")
        #expect(error.reason?.contains("tried: files (127.0.0.1") == true)
        withExtendedLifetime((gone, bad)) {}
    }

    /// A disk that is not mounted does not say that there is no image.
    @Test(arguments: [true, false]) func aMirrorThatIsGoneIsNotWithoutImages(isEmpty: Bool) async throws {
        let access = bench.mirrored(bench.site.mirror.folder)
        let reader = try await reader(access)
        try OnDisk.remove("\(bench.site.mirror.folder)/idr0013-neumann-mitocheck")
        if isEmpty { try OnDisk.makeFolder("\(bench.site.mirror.folder)/idr0013-neumann-mitocheck") }
        let error = try await #require(throws: IDRError.self) {
            try await reader.read(SourceBench.address("A2")) { _, _ in [PlaneIndex(frame: 2)] }
        }
        #expect(error.code == .transfer && error.isPassing && error.problem == "the mirror's folder is gone, or empty", "\(error)")
    }

    @Test func whyAFileIsNotGiven() throws {
        #expect(FileBytes.refusal(of: "/proc/self/mem")?.reason == SystemFailure.reason(EIO))
        #expect(FileBytes.refusal(of: bench.site.mirror.movie("A2")) == nil && FileBytes.refusal(of: bench.scratch("none")) == nil)
    }
}
