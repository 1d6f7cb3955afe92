import Foundation
import IDRHDF5
import IDRImaging
import IDRKit
import IDRPlan
import TestSupport

/// A mirror in a scratch folder: one plate of small movies cut out of the real example frames, so that a whole run takes a second.
struct SmallScreen {
    static let wells = ["A2", "A3", "B2", "B3"]
    let scratch: ScratchFolder
    private let screen: ScratchMirror

    var mirror: String { screen.folder }

    init(controls: [String] = ["negative control", "positive control", "positive control", "negative control"]) async throws {
        scratch = try ScratchFolder()
        screen = try ScratchMirror(scratch("mirror"), wells: zip(Self.wells, controls).map { ($0, $1) })
        for (index, well) in Self.wells.enumerated() { try await writeMovie(well, planes: ExampleFrames.small(index)) }
    }

    func table(_ name: String) -> String { screen.table(name) }
    func movie(_ well: String) -> String { screen.movie(well) }
    func writeAnnotation(_ lines: [String]) throws { try screen.writeAnnotation(lines) }

    func writeMovie<T: HDF5Scalar>(_ well: String, planes: [Plane<T>], rank: Int = 5) async throws {
        try await screen.writeMovie(well, planes: planes, rank: rank)
    }

    func writeMovie<T: HDF5Scalar>(_ well: String, channels: [[Plane<T>]]) async throws { try await screen.writeMovie(well, channels: channels) }

    /// The pipeline of most tests: the diameter is given, so that one pass of the network is enough.
    var pipeline: Pipeline<Profiled> { pipeline(frame: 2) }

    func pipeline(frame: Int) -> Pipeline<Profiled> {
        IDRKit.screen("idr0013A", mirror: mirror).controls().frame(frame).correct().segment(diameter: 27).profile()
    }

    func options(_ output: String = "run", _ change: (inout RunOptions) -> Void = { _ in }) -> RunOptions {
        var options = RunOptions()
        options.output = scratch(output)
        options.threads = 2
        // Runs that tests compare are computed; those that are to reuse something say so.
        options.stages = .off
        change(&options)
        return options
    }

    func isIntact(_ output: String) -> Bool { RecordVerification(of: scratch(output)).isIntact }

    func contents(of output: String) throws -> [String: String] { try scratch.runContents(of: output) }
}
