import Foundation
import IDRImaging
import IDRKit
import IDRPlan
import TestSupport

/// The study under torture: pieces of real frames, so small that a run takes a second.
enum Study {
    static let wells = ["A2", "A3", "B2", "B3"]
    private static let side = 96

    /// A network small enough to be read and added again and again.
    static let network = ExampleFrames.checkout.appending(path: "Tests/Fixtures/segmentation_illumination/cpnet_reduced_trained.pth").path

    /// The frames of the movie of well number `index`.
    /// - Parameter shift: another piece of the same frames: another movie of the same size.
    static func planes(_ index: Int, shift: Int = 0) async throws -> [Plane<UInt8>] {
        let (top, left) = (index / ExampleFrames.count * 10 + shift, index / ExampleFrames.count * 20 + 2 * shift)
        return try await ExampleFrames.small(index % ExampleFrames.count).map { plane in
            Plane(height: side, width: side, pixels: (top..<top + side).flatMap { y in (left..<left + side).map { plane[y, $0] } })
        }
    }

    /// A mirror of the study; the movies of the wells `damaged` are none.
    static func mirror(_ folder: String, damaged: Set<String> = []) async throws -> ScratchMirror {
        let mirror = try ScratchMirror(folder, wells: wells.map { ($0, "negative control") })
        for (index, well) in wells.enumerated() {
            if damaged.contains(well) {
                try Data("this is no movie".utf8).write(to: URL(fileURLWithPath: mirror.movie(well)))
            } else {
                try await mirror.writeMovie(well, planes: try await planes(index))
            }
        }
        return mirror
    }

    /// A mirror of so many wells that all have the same movie: with the stage cache a batch of it costs no computing.
    static func mirror(_ folder: String, wells count: Int) async throws -> ScratchMirror {
        let wells = (0..<count).map { "\(Character(UnicodeScalar(UInt8(65 + $0 / 23))))\($0 % 23 + 2)" }
        let mirror = try ScratchMirror(folder, wells: wells.map { ($0, "negative control") })
        try await mirror.writeMovie(wells[0], planes: try await planes(0))
        for well in wells.dropFirst() { try await mirror.writeMovie(well, planes: try await planes(0)) }
        return mirror
    }

    /// The hosts of an IDR as one folder.
    static func site(_ folder: String, shift: Int = 0) async throws -> ScratchSite {
        var made: [(name: String, control: String, channels: [[Plane<UInt8>]])] = []
        for (index, well) in wells.enumerated() { made.append((well, "negative control", [try await planes(index, shift: shift)])) }
        return try await ScratchSite(folder, wells: made, chunk: (48, 48))
    }

    /// A server of what is in the folder that `folder` gives at each request. Files of other folders have other tags.
    static func server(of folder: @escaping @Sendable () -> String) throws -> LoopbackServer {
        try LoopbackServer { request in
            let root = folder()
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            return LoopbackServer.file([UInt8](data), request, tag: "\"\(root.utf8.count)-\(root.utf8.last ?? 0)\"")
        }
    }

    /// Where pixels come from over the network.
    static let sources: [PixelSource] = [.files, .omeZarr]

    /// A run whose pixels come from the server at `base`.
    static func options(_ base: String, _ source: PixelSource, output: String = Subject.run) -> RunOptions {
        var access = ScratchSite.access(base: base, cache: "", sources: [source])
        // Each case has its own.
        access.cache = nil
        var options = RunOptions.torture(access)
        options.output = output
        return options
    }
}
