import Foundation
import IDRFiles
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Whole runs from servers in the IDR's layout: every source gives the same planes, profiles and digests.
@Suite(.serialized, .enabled(if: NginxServer.isAvailable, "needs nginx: apt-get install nginx-light")) struct RemoteRunTests {
    private static let wells = ["A2", "A3", "B2"]

    private let scratch: ScratchFolder
    private let site: ScratchSite

    init() async throws {
        scratch = try ScratchFolder()
        var wells: [(name: String, control: String, channels: [[Plane<UInt8>]])] = []
        for (index, well) in Self.wells.enumerated() {
            wells.append((well, index == 1 ? "positive control" : "negative control", [try await ExampleFrames.small(index)]))
        }
        site = try await ScratchSite(scratch("site"), wells: wells, chunk: (64, 80))
    }

    private var pipeline: Pipeline<Profiled> { screen("idr0013A").controls().frame(2).correct().segment(diameter: 27).profile() }

    private func options(_ output: String, _ access: Access, _ change: (inout RunOptions) -> Void = { _ in }) -> RunOptions {
        var options = RunOptions()
        options.stages = .off
        options.output = scratch(output)
        options.threads = 2
        options.access = access
        change(&options)
        return options
    }

    private func contents(_ output: String) throws -> [String: String] { try scratch.runContents(of: output) }

    @Test func everySourceGivesTheSameBytes() async throws {
        let web = try NginxServer(serving: site.folder)
        let local = try await pipeline.run(batchSize: 2, options: options("local", Access(mirror: site.mirror.folder)))
        let expected = try contents("local")
        let planes = local.batches.flatMap(\.images).map(\.input.planes)
        #expect(local.cellCount > 5 && expected.keys.contains("batch_1/batch_1.h5ad"))
        for source in [PixelSource.omeZarr, .cellH5, .files] {
            let name = source.rawValue
            let access = ScratchSite.access(base: web.base, cache: scratch("cache-\(name)"), sources: [source])
            let run = try await pipeline.run(batchSize: 2, options: options(name, access))
            #expect(try contents(name) == expected, "\(source)")
            let inputs = run.batches.flatMap(\.images).map(\.input)
            #expect(inputs.map(\.planes) == planes)
            #expect(inputs.allSatisfy { $0.source == name && $0.location.hasPrefix(web.base) && !$0.isFromCache && $0.passedOver == [] })
            #expect(inputs.allSatisfy { $0.transfer.requests > 0 && $0.transfer.bytes > 1000 && $0.transfer.retries == 0 })
            if source == .files { #expect(try inputs[0].files.first?.sha256 == SHA256.digest(ofFile: site.mirror.movie("A2"))) }
            if source == .cellH5 { #expect(inputs[0].length ?? 0 > 10_000 && inputs[0].entityTag != nil && inputs[0].files == []) }
            // The tables' addresses are in the record, and not in what identifies the run.
            #expect(run.batches[0].catalog.map(\.file.role) == ["annotation", "plates"] && run.batches[0].catalog[0].address.hasPrefix(web.base))
        }
    }

    @Test func theCacheIsEnoughOffline() async throws {
        let access: Access
        let expected: [String: String]
        do {
            let web = try NginxServer(serving: site.folder)
            access = ScratchSite.access(base: web.base, cache: scratch("cache"), sources: [.omeZarr])
            _ = try await pipeline.run(batchSize: 2, options: options("online", access))
            expected = try contents("online")
        }
        var offline = access
        offline.freshness = .offline
        let run = try await pipeline.run(batchSize: 2, options: options("offline", offline))
        #expect(try contents("offline") == expected)
        #expect(run.batches.flatMap(\.images).allSatisfy { $0.input.isFromCache && $0.input.transfer == TransferCounts() })
        // Another frame is not there, and that is said.
        let other = screen("idr0013A").controls().frame(1).segment(diameter: 27).profile()
        let error = await #expect(throws: IDRError.self) { try await other.run(batchSize: 2, options: options("other", offline)) }
        #expect("\(String(describing: error))".contains("not in the cache") && "\(String(describing: error))".contains("--offline"))
        // Whole files, too.
        offline.sources = [.files]
        let files = await #expect(throws: IDRError.self) { try await pipeline.run(batchSize: 2, options: options("files", offline)) }
        #expect("\(String(describing: files))".contains("not in the cache"))
    }

    @Test func aSourceThatLacksAnImageIsPassedOverAndSaidSo() async throws {
        let web = try NginxServer(serving: site.folder)
        try FileManager.default.removeItem(atPath: site.zarrWell("A3"))
        let access = ScratchSite.access(base: web.base, cache: scratch("cache"), sources: [.omeZarr, .cellH5])
        let run = try await pipeline.run(batchSize: 3, options: options("run", access))
        let inputs = run.batches[0].images.map(\.input)
        #expect(inputs.map(\.source) == ["ome-zarr", "cellh5", "ome-zarr"] && inputs[1].passedOver.count == 1)
        #expect(run.batches[0].warnings.contains { $0.contains("P_1/A3") && $0.contains("passed over: ome-zarr") }, "\(run.batches[0].warnings)")
        let all = try contents("run")
        _ = try await pipeline.run(batchSize: 3, options: options("local", Access(mirror: site.mirror.folder)))
        #expect(try all == contents("local"))
    }

    /// A missing chunk is the fill value, for the array's own description was read; a missing description is an error.
    @Test func aDamagedPlateFailsThatWellOnly() async throws {
        let web = try NginxServer(serving: site.folder)
        let chunks = scratch.files(below: "site").filter { $0.contains(".zarr/A/3/0/0/1/") }
        for chunk in chunks { try Data([1, 2, 3]).write(to: URL(fileURLWithPath: scratch("site/\(chunk)"))) }
        #expect(!chunks.isEmpty)
        let access = ScratchSite.access(base: web.base, cache: scratch("cache"), sources: [.omeZarr])
        let error = await #expect(throws: IDRError.self) { try await pipeline.run(batchSize: 1, onFailure: .stop, options: options("run", access)) }
        #expect(
            error?.code == .batchesFailed && error?.problem == "1 of 3 batches failed: 1" && "\(String(describing: error))".contains("well A3"),
            "\(String(describing: error))")
        #expect(scratch.files(below: "run").contains("batch_2/batch_2.csv.gz"))
    }

    /// The published pipeline's failure: movies that were not completely written were read, and three batches were lost.
    @Test(arguments: ["truncated", "hole"])
    func anIncompleteMovieIsNeverRead(kind: String) async throws {
        let web = try NginxServer(serving: site.folder)
        let path = site.mirror.movie("A3")
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var damaged = kind == "truncated" ? Array(whole.prefix(whole.count / 2)) : whole
        if kind == "hole" { for index in damaged.count / 4..<damaged.count { damaged[index] = 0 } }
        try Data(damaged).write(to: URL(fileURLWithPath: path))
        for source in [PixelSource.files, .cellH5] {
            let access = ScratchSite.access(base: web.base, cache: scratch("cache-\(source.rawValue)"), sources: [source])
            let error = await #expect(throws: IDRError.self) {
                try await pipeline.run(batchSize: 1, onFailure: .stop, options: options("run-\(source.rawValue)", access))
            }
            let text = "\(String(describing: error))"
            #expect(error?.problem == "1 of 3 batches failed: 1" && text.contains("well A3") && text.contains(web.base), "\(text)")
            #expect(!text.contains("/downloads/") && !text.contains(scratch("cache")), "\(text)")
            // The server has it whole again: the next run takes it, for nothing of the bad one was kept.
            try Data(whole).write(to: URL(fileURLWithPath: path))
            let again = try await pipeline.run(batchSize: 1, options: options("run-\(source.rawValue)", access))
            #expect(again.batches.count == 3)
            try Data(damaged).write(to: URL(fileURLWithPath: path))
        }
    }

    @Test(.enabled(if: FTPServer.isAvailable, "needs vsftpd: apt-get install vsftpd")) func ftpGivesTheSameBytes() async throws {
        let web = try NginxServer(serving: site.folder)
        let ftp = try FTPServer(serving: site.folder)
        var access = ScratchSite.access(base: web.base, cache: scratch("cache"), sources: [.files])
        access.files = [ftp.base + "/pub/databases/IDR/"]
        let run = try await pipeline.run(batchSize: 2, options: options("ftp", access))
        _ = try await pipeline.run(batchSize: 2, options: options("local", Access(mirror: site.mirror.folder)))
        #expect(try contents("ftp") == contents("local"))
        #expect(run.batches[0].images[0].input.location.hasPrefix("ftp://"))
    }

    /// A server that knows no ranges: the whole file comes, once.
    @Test func aServerWithoutRangesGivesWholeFiles() async throws {
        let web = try NginxServer(serving: site.folder)
        let root = site.folder
        let plain = try LoopbackServer { request in
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            return LoopbackServer.answer(200, body: [UInt8](data))
        }
        var access = ScratchSite.access(base: web.base, cache: scratch("cache"), sources: [.cellH5])
        access.files = [plain.base + "/pub/databases/IDR/"]
        let run = try await pipeline.run(batchSize: 2, options: options("run", access))
        #expect(run.batches.flatMap(\.images).allSatisfy { $0.input.source == "files" && $0.input.files.count == 1 })
        let paths = plain.requests.map(\.path).filter { $0.hasSuffix(".ch5") }
        // One request finds that there are no ranges, one brings the file.
        #expect(Dictionary(grouping: paths) { $0 }.values.allSatisfy { $0.count == 2 } && Set(paths).count == 3)
    }
}
