package import Foundation
import IDRFormats
package import IDRImaging
import IDRPlan

/// Real frames that are small enough for whole runs of a second.
package enum ExampleFrames {
    package static let count = 4
    /// The package's folder.
    package static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Four frames of 160 x 200 pixels from one of the example's real movies.
    package static func small(_ index: Int) async throws -> [Plane<UInt8>] {
        let folder =
            checkout
            .appending(
                path: "example_files/idr0013-neumann-mitocheck/20150916-mitocheck-analysis/mitocheck/EXAMPLE_01--quadrants-of-Fluo-N2DL-HeLa-02/hdf5")
        let movie = try await CellH5Movie(reading: folder.appending(path: "\(["00002", "00003", "00026", "00027"][index])_01.ch5").path)
        var planes: [Plane<UInt8>] = []
        for frame in 15..<15 + count {
            guard case .uint8(let plane) = try await movie.plane(PlaneIndex(frame: frame)) else { continue }
            planes.append(Plane(height: 160, width: 200, pixels: (60..<220).flatMap { y in (80..<280).map { plane[y, $0] } }))
        }
        return planes
    }
}
