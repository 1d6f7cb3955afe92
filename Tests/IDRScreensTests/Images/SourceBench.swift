import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// One way to the pixels of the bench's wells. A new kind of source, or a new format in a mirror, is an entry of ``all``.
struct SourceCase: Sendable, CustomTestStringConvertible {
    let name: String
    let kind: PixelSource
    /// Whether whole movies are read, so that their digests are recorded.
    var readsMovies = false
    /// Sets it up on the bench.
    let access: @Sendable (SourceBench) throws -> Access

    var testDescription: String { name }

    static let all: [SourceCase] = [
        SourceCase(name: "mirror, CellH5", kind: .mirror, readsMovies: true) { $0.mirrored($0.site.mirror.folder) },
        SourceCase(name: "mirror, OME-Zarr", kind: .mirror) { bench in
            let mirror = try bench.mirror("zarr")
            let wells = bench.wells.map { (name: $0.name, planes: $0.planes.map { [$0] }) }
            try ScratchZarr.writePlate(at: "\(mirror)/P_1.ome.zarr", wells: wells, chunk: (64, 80))
            return bench.mirrored(bench.scratch("zarr"))
        },
        SourceCase(name: "mirror, packed OME-Zarr", kind: .mirror) { bench in
            let mirror = try bench.mirror("zipped")
            let wells = bench.wells.map { (name: $0.name, planes: $0.planes.map { [$0] }) }
            try ScratchZarr.writePlate(at: bench.scratch("unzipped"), wells: wells, chunk: (64, 80))
            let entries = bench.scratch.files(below: "unzipped").map { ZipWriter.Entry("P_1.ome.zarr/\($0)", file: bench.scratch("unzipped/\($0)")) }
            try ZipWriter.write(entries, to: "\(mirror)/P_1.ome.zarr.zip")
            return bench.mirrored(bench.scratch("zipped"))
        },
        SourceCase(name: "mirror, TIFF", kind: .mirror) { bench in
            let mirror = try bench.mirror("tiff")
            try FileManager.default.createDirectory(atPath: "\(mirror)/P_1", withIntermediateDirectories: true)
            for well in bench.wells {
                for (frame, plane) in well.planes.enumerated() { try TIFFWriter.write(plane, to: "\(mirror)/P_1/\(well.name)-t\(frame + 1).tif") }
            }
            return bench.mirrored(bench.scratch("tiff"), ScreenConventions(tiffPattern: "{well}-t{frame}.tif"))
        },
        SourceCase(name: "OME-Zarr over HTTP", kind: .omeZarr) { $0.served(.omeZarr) },
        SourceCase(name: "parts of CellH5 over HTTP", kind: .cellH5) { $0.served(.cellH5) },
        SourceCase(name: "whole files over HTTP", kind: .files, readsMovies: true) { $0.served(.files) },
        SourceCase(name: "whole files with Aspera", kind: .aspera, readsMovies: true) { bench in
            var access = bench.served(.aspera)
            access.aspera = AsperaAccess(
                isOn: true, executable: bench.ascp.settings.program, key: bench.ascp.folder("key"),
                remote: "fasp-public@fasp.example.org:/pub/databases/IDR")
            return access
        },
    ]
}

/// Two wells of four frames each, that every source can be set up to read.
final class SourceBench: Sendable {
    let scratch: ScratchFolder
    let wells: [(name: String, planes: [Plane<UInt8>])]
    let site: ScratchSite
    let server: LoopbackServer
    let ascp: StandInAscp

    init() async throws {
        scratch = try ScratchFolder()
        var wells: [(name: String, planes: [Plane<UInt8>])] = []
        for (index, name) in ["A2", "A3"].enumerated() { wells.append((name, try await ExampleFrames.small(index))) }
        self.wells = wells
        site = try await ScratchSite(
            scratch("site"), wells: wells.map { (name: $0.name, control: "negative control", channels: [$0.planes]) }, chunk: (64, 80))
        let root = site.folder
        server = try LoopbackServer { request in
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            return LoopbackServer.file([UInt8](data), request)
        }
        ascp = try StandInAscp(
            """
            for argument in "$@"; do from=$last; last=$argument; done
            source="\(root)/${from#*:/}"
            if [ ! -f "$source" ]; then echo 'ascp: no such file or directory, exiting.'; exit 1; fi
            cp "$source" "$dest"
            """)
    }

    /// How often anything was asked for that is not on this machine.
    var requests: Int { server.requests.count + ascp.runs }

    /// A mirror with the study's tables and no images.
    /// - Returns: the study's folder in it.
    func mirror(_ name: String) throws -> String {
        _ = try ScratchMirror(scratch(name), wells: wells.map { ($0.name, "negative control") })
        return "\(scratch(name))/idr0013-neumann-mitocheck"
    }

    func mirrored(_ folder: String, _ conventions: ScreenConventions? = nil) -> Access {
        var access = Access(mirror: folder).over(.published)
        access.cache = scratch("cache")
        access.screens = conventions.map { ["idr0013A": $0] }
        return access
    }

    func served(_ kind: PixelSource) -> Access { ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [kind]) }

    func reader(_ source: SourceCase) async throws -> ImageReader {
        let access = try source.access(self)
        let network = try Network(access: access, client: RemoteClient.impatient())
        return try ImageReader(
            screen: try await Catalog(access: access, network: network).screen(ScreenName("idr0013A")), access: access, network: network)
    }

    func planes(_ well: Int, _ frames: [Int]) -> [PixelPlane] { frames.map { .uint8(wells[well].planes[$0 - 1]) } }

    /// Also of wells that are not there.
    static func address(_ well: String) -> WellAddress { WellAddress(plate: "P_1", well: well, number: ScratchMirror.number(of: well)) }
}
