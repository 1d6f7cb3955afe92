import Foundation
import IDRFiles
import IDRImaging
import IDRPlan
import IDRRecord
import IDRScreens
import IDRTransfer
import TestSupport

/// What reading from servers costs; the server is nginx on loopback with the IDR's layout.
enum RemoteBenchmarks {
    private static let frames = 93
    private static let wells = ["A2", "A3", "A4", "A5"]

    static func run() async throws -> [Measurement] {
        guard NginxServer.isAvailable else { return [] }
        return try await catalog() + parts() + wholeFile() + overlap()
    }

    /// The published selection out of the cached table, as it was received.
    private static func catalog() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let example = ScreenMirror(root: RealFrames.checkout.appending(path: "example_files").path)
        let made = StudyTables.MitoCheck(columns: try example.screen(ScreenName("idr0013A")).tables.annotation.columns)
        let stem = "/idr-metadata/idr0013-neumann-mitocheck/screenA/idr0013-screenA"
        let idr = try FakeIDR([stem + "-annotation.csv.gz": Gzip.compress(made.csv, name: "a.csv"), stem + "-plates.tsv": made.plates])
        let access = idr.access(cache: scratch("cache"))
        var count = 0
        let seconds = try await medianWallSeconds(5) {
            let screen = try await Catalog(access: access, network: Network(access: access)).screen(ScreenName("idr0013A"))
            count = try screen.tables.controls().count
        }
        return [
            Measurement(
                name: "\(count) control wells out of the cached catalog", value: seconds, unit: "s", goal: .atMost(0.5),
                how: "196,608 rows of 143 columns; wall clock, median of 5")
        ]
    }

    /// One frame with its two neighbours.
    private static func parts() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let real = try await RealFrames().frames
        let movie = (0..<frames).map { real[$0 % real.count] }
        let site = try await ScratchSite(scratch("site"), wells: [("A2", "negative control", [movie])], chunk: (256, 336), zarrChunk: (1024, 1024))
        let web = try NginxServer(serving: site.folder)
        var measurements: [Measurement] = []
        for source in [PixelSource.omeZarr, .cellH5] {
            let access = ScratchSite.access(base: web.base, cache: scratch(source.rawValue), sources: [source])
            let network = try Network(access: access)
            let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0013A"))
            let reading = try await ImageReader(screen: screen, access: access, network: network).read(WellAddress(screen.tables.wells()[0])) {
                _, _ in
                [50, 51, 52].map { PlaneIndex(frame: $0) }
            }
            let isMovie = source == .cellH5
            let chunks = isMovie ? "256 x 336" : "1024 x 1024"
            let whole = reading.length.map { "; the whole movie has \($0 / 1_000_000) MB" } ?? ""
            let how = "3 of \(frames) frames of 1344 x 1024, deflated chunks of \(chunks)\(whole)"
            measurements.append(
                Measurement(
                    name: "bytes for an image, \(source.rawValue) over HTTP", value: Double(reading.transfer.bytes) / 1e6, unit: "MB",
                    goal: isMovie ? .atMost(3) : nil, how: how))
            measurements.append(
                Measurement(
                    name: "requests for an image, \(source.rawValue) over HTTP", value: Double(reading.transfer.requests), unit: "",
                    goal: isMovie ? .atMost(12) : nil, how: isMovie ? "as above" : "as above; the plate's metadata among them"))
        }
        return measurements
    }

    private static func wholeFile() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let megabytes = 400
        try FileManager.default.createDirectory(atPath: scratch("site"), withIntermediateDirectories: true)
        var random = SeededGenerator(seed: 1)
        let piece = Data((0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &random) })
        let path = scratch("site/file")
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path) else { return [] }
        for _ in 0..<megabytes { try file.write(contentsOf: piece) }
        try file.close()
        return [
            try await wholeFile(
                at: NginxServer(serving: scratch("site")), scratch, name: "loopback", goal: nil,
                how: "\(megabytes) MB received and hashed, against curl -o; neither waits for the disk; in turn, median of 5"),
            try await wholeFile(
                at: NginxServer(serving: scratch("site"), rate: 125_000_000), scratch, name: "1 Gbit/s", goal: .atLeast(90),
                how: "as above, from a server that sends no faster than that"),
        ]
    }

    private static func wholeFile(
        at web: NginxServer, _ scratch: ScratchFolder, name: String, goal: Measurement.Goal?, how: String
    ) async throws -> Measurement {
        let url = try RemoteURL(web.base + "/file")
        var ratios: [Double] = []
        for _ in 0..<5 {
            let curl = try ChildProcess(running: "/usr/bin/curl", ["-s", "-o", scratch("curl"), url.description], cachesIn: scratch.path)
            let start = ResourceMeter.wallSeconds()
            _ = try await Downloader(RemoteClient()).fetch(url, into: PartialFile(path: scratch("own")), verify: { _ in })
            ratios.append(100 * curl.wallSeconds / (ResourceMeter.wallSeconds() - start))
            for name in ["curl", "own"] { try? FileManager.default.removeItem(atPath: scratch(name)) }
        }
        return Measurement(name: "whole-file download over curl's rate, \(name)", value: ratios.sorted()[2], unit: "%", goal: goal, how: how)
    }

    /// A run over a line of 100 Mbit/s against the same run from local files.
    private static func overlap() async throws -> [Measurement] {
        let scratch = try ScratchFolder()
        let real = try await RealFrames().frames
        let described = wells.map { (name: $0, control: "negative control", channels: [real]) }
        let site = try await ScratchSite(scratch("site"), wells: described, chunk: (256, 336))
        // Four connections share the line.
        let web = try NginxServer(serving: site.folder, rate: 12_500_000 / 4)
        let script = """
            import IDRKit

            let cells = try await screen("idr0013A").controls().frame(1).correct().segment(diameter: 17).profile().run(batchSize: 2)
            print(cells.cellCount)
            """
        try script.write(toFile: scratch("script.swift"), atomically: true, encoding: .utf8)
        func run(_ output: String, _ settings: [String: String]) throws -> Double {
            let arguments = ["run", "--no-cache", scratch("script.swift"), "--output", scratch(output)]
            return try ChildProcess(running: "idrscript", arguments, cachesIn: scratch.path, settings: settings).wallSeconds
        }
        let local = ["IDRKIT_MIRROR": site.mirror.folder]
        _ = try run("first", local)
        let base = web.base
        let remote = [
            "IDRKIT_SOURCES": "cellh5", "IDRKIT_TABLES": base + "/idr-metadata/{study}/screen{screen}/", "IDRKIT_FILES": base + "/pub/databases/IDR/",
            "IDRKIT_SERVICES": base + "/", "IDRKIT_ZARR_PLATES": base + "/ngff_filesets/{accession}.csv",
        ]
        var ratios: [Double] = []
        for turn in 0..<3 {
            let near = try run("near\(turn)", local)
            let far = try run("far\(turn)", remote.merging(["IDRKIT_CACHE": scratch("cache\(turn)")]) { $1 })
            ratios.append(far / near)
        }
        return [
            Measurement(
                name: "a run at 100 Mbit/s over one from local files", value: ratios.sorted()[1], unit: "", goal: .atMost(1.05),
                how: "\(wells.count) images of 1344 x 1024 from CellH5 parts, empty cache; whole process, in turn, median of 3")
        ]
    }
}
