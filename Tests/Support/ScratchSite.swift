import Foundation
package import IDRImaging
package import IDRPlan

/// The IDR's hosts as one folder, in their own layout: the study's tables, its movies as CellH5, and the same pixels as OME-Zarr.
/// Any server that serves the folder is an IDR with the screen idr0013A of one plate.
package struct ScratchSite: Sendable {
    package let folder: String
    /// The part that is a mirror of the study.
    package let mirror: ScratchMirror
    private static let zarr = "S-BIAD865/00000000-0000-4000-8000-000000000001/00000000-0000-4000-8000-000000000001.zarr"

    /// - Parameters:
    ///   - wells: names, control types and planes, `[channel][frame]`.
    ///   - chunk: `[y, x]`, of movies and plates alike.
    ///   - zarrChunk: of plates, where it is another one.
    package init(
        _ folder: String, wells: [(name: String, control: String, channels: [[Plane<UInt8>]])], chunk: (y: Int, x: Int),
        zarrChunk: (y: Int, x: Int)? = nil
    ) async throws {
        self.folder = folder
        let study = "idr0013-neumann-mitocheck"
        mirror = try ScratchMirror("\(folder)/pub/databases/IDR", wells: wells.map { ($0.name, $0.control) })
        for well in wells { try await mirror.writeMovie(well.name, channels: well.channels, chunk: chunk) }
        let files = FileManager.default
        try files.createDirectory(atPath: "\(folder)/idr-metadata/\(study)", withIntermediateDirectories: true)
        try files.copyItem(atPath: "\(mirror.folder)/\(study)/screenA", toPath: "\(folder)/idr-metadata/\(study)/screenA")
        try files.createDirectory(atPath: "\(folder)/ngff_filesets", withIntermediateDirectories: true)
        let entry = Self.zarr.split(separator: "/").prefix(2).joined(separator: "/")
        try "idr0013/P_1.ome.zarr,\(entry),1\n".write(toFile: "\(folder)/ngff_filesets/idr0013.csv", atomically: true, encoding: .utf8)
        let plate = "\(folder)/bioimaging-integrator-data/\(Self.zarr)"
        try files.createDirectory(atPath: plate, withIntermediateDirectories: true)
        let frames = wells.map { well in
            (name: well.name, planes: well.channels[0].indices.map { frame in well.channels.map { $0[frame] } })
        }
        try ScratchZarr.writePlate(at: plate, wells: frames, chunk: zarrChunk ?? chunk)
    }

    /// Where the chunks of a well's first field are.
    package func zarrWell(_ well: String) -> String {
        let row = well.prefix { $0.isLetter }
        return "\(folder)/bioimaging-integrator-data/\(Self.zarr)/\(row)/\(well.dropFirst(row.count))/0"
    }

    /// The screen as `base` serves this folder.
    package static func access(base: String, cache: String, sources: [PixelSource]) -> Access {
        var access = FakeIDR.access(base: base, cache: cache)
        access.sources = sources
        return access
    }
}
