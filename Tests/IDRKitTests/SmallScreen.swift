import Foundation
import IDRData
import IDRImaging
import IDRKit
import IDRPlan
import TestSupport

/// A mirror in a scratch folder: one plate of small movies cut out of the real example frames, so that a whole run takes a second.
struct SmallScreen {
    static let wells = ["A2", "A3", "B2", "B3"]
    static let frames = 4
    let scratch: ScratchFolder
    private let screen: ScratchMirror

    var mirror: String { screen.folder }

    init(controls: [String] = ["negative control", "positive control", "positive control", "negative control"]) async throws {
        scratch = try ScratchFolder()
        screen = try ScratchMirror(scratch("mirror"), wells: zip(Self.wells, controls).map { ($0, $1) })
        for (index, well) in Self.wells.enumerated() { try await writeMovie(well, planes: Self.realFrames(index)) }
    }

    func table(_ name: String) -> String { screen.table(name) }
    func movie(_ well: String) -> String { screen.movie(well) }
    func writeAnnotation(_ lines: [String]) throws { try screen.writeAnnotation(lines) }

    func writeMovie<T: HDF5Scalar>(_ well: String, planes: [Plane<T>], rank: Int = 5) async throws {
        try await screen.writeMovie(well, planes: planes, rank: rank)
    }

    /// Four frames of 160 x 200 pixels from one of the example's real movies.
    static func realFrames(_ index: Int) async throws -> [Plane<UInt8>] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(
                path: "example_files/idr0013-neumann-mitocheck/20150916-mitocheck-analysis/mitocheck/EXAMPLE_01--quadrants-of-Fluo-N2DL-HeLa-02/hdf5")
        let movie = try await CellH5Movie(reading: folder.appending(path: "\(["00002", "00003", "00026", "00027"][index])_01.ch5").path)
        var planes: [Plane<UInt8>] = []
        for frame in 15..<15 + frames {
            guard case .uint8(let plane) = try await movie.plane(PlaneIndex(frame: frame)) else { continue }
            planes.append(Plane(height: 160, width: 200, pixels: (60..<220).flatMap { y in (80..<280).map { plane[y, $0] } }))
        }
        return planes
    }

    /// The pipeline of most tests: the diameter is given, so that one pass of the network is enough.
    var pipeline: Pipeline<Profiled> { pipeline(frame: 2) }

    func pipeline(frame: Int) -> Pipeline<Profiled> {
        IDRKit.screen("idr0013A", mirror: mirror).controls().frame(frame).correct().segment(diameter: 27).profile()
    }

    func options(_ output: String = "run", _ change: (inout RunOptions) -> Void = { _ in }) -> RunOptions {
        var options = RunOptions()
        options.output = scratch(output)
        options.threads = 2
        change(&options)
        return options
    }

    /// Every file of a run's folder but those that hold times, as a digest.
    func contents(of output: String) throws -> [String: String] {
        let names = scratch.files(below: output).filter { !$0.hasSuffix("record.json") && $0 != ".lock" }
        return Dictionary(uniqueKeysWithValues: try names.map { ($0, try SHA256.hex(ofFile: scratch("\(output)/\($0)"))) })
    }
}
