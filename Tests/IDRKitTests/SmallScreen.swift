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

    var mirror: String { scratch("mirror") }
    private static let study = "idr0013-neumann-mitocheck"

    /// - Parameter columns: of the annotation table.
    init(controls: [String] = ["negative control", "positive control", "positive control", "negative control"]) async throws {
        scratch = try ScratchFolder()
        let manager = FileManager.default
        try manager.createDirectory(atPath: "\(mirror)/\(Self.study)/screenA", withIntermediateDirectories: true)
        try manager.createDirectory(atPath: URL(fileURLWithPath: movie("A2")).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try "P_1\t../screens/P_1--folder.screen\n".write(toFile: table("plates.tsv"), atomically: true, encoding: .utf8)
        let rows = zip(Self.wells, controls).map { well, control in
            "P_1,\(Self.number(of: well)),\(well),\(control.hasPrefix("pos") ? "KIF11" : ""),\(control)"
        }
        try writeAnnotation(["Plate,Well Number,Well,Original Gene Target,Control Type"] + rows)
        for (index, well) in Self.wells.enumerated() { try await writeMovie(well, planes: Self.realFrames(index)) }
    }

    static func number(of well: String) -> Int { well.hasPrefix("A") ? Int(well.dropFirst()) ?? 0 : 24 + (Int(well.dropFirst()) ?? 0) }

    func table(_ name: String) -> String { "\(mirror)/\(Self.study)/screenA/idr0013-screenA-\(name)" }

    func movie(_ well: String) -> String {
        let number = String(repeating: "0", count: Self.number(of: well) > 9 ? 3 : 4) + String(Self.number(of: well))
        return "\(mirror)/\(Self.study)/20150916-mitocheck-analysis/mitocheck/P_1--folder/hdf5/\(number)_01.ch5"
    }

    func writeAnnotation(_ lines: [String]) throws {
        try (lines.joined(separator: "\n") + "\n").write(toFile: table("annotation.csv"), atomically: true, encoding: .utf8)
    }

    /// Writes a movie of one channel: `planes` in the order of the frames, all of one size.
    func writeMovie<T: HDF5Scalar>(_ well: String, planes: [Plane<T>], rank: Int = 5) async throws {
        let path = movie(well)
        try await HDF5Actor.run {
            let file = try HDF5Writer(path)
            let group = "/sample/0/plate/P_1/experiment/0000\(Self.number(of: well))/position/01/image"
            var parent = ""
            for part in group.split(separator: "/") {
                parent += "/\(part)"
                try file.makeGroup(parent)
            }
            let shape = [1, planes.count, 1, planes[0].height, planes[0].width].suffix(rank)
            try file.write(group + "/channel", planes.flatMap(\.pixels), shape: Array(shape))
            try file.commit()
        }
    }

    /// Four frames of 160 x 200 pixels from one of the example's real movies.
    static func realFrames(_ index: Int) async throws -> [Plane<UInt8>] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "example_files/\(study)/20150916-mitocheck-analysis/mitocheck/EXAMPLE_01--quadrants-of-Fluo-N2DL-HeLa-02/hdf5")
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
        screen("idr0013A", mirror: mirror).controls().frame(frame).correct().segment(diameter: 27).profile()
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
