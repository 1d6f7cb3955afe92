import Foundation
package import IDRHDF5
package import IDRImaging

/// A mirror of idr0013, screen A, with one plate, `P_1`, whose wells and movies a test makes up.
package struct ScratchMirror: Sendable {
    package let folder: String
    private static let study = "idr0013-neumann-mitocheck"
    private static let wellsInRow = 24

    /// Makes the folders and the study's tables; movies are written with ``writeMovie(_:planes:rank:chunk:)``.
    /// - Parameter wells: names and control types.
    package init(_ folder: String, wells: [(name: String, control: String)]) throws {
        self.folder = folder
        for name in [table("plates.tsv"), movie("A1")] {
            let parent = URL(fileURLWithPath: name).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        }
        try "P_1\t../screens/P_1--folder.screen\n".write(toFile: table("plates.tsv"), atomically: true, encoding: .utf8)
        let rows = wells.map { "P_1,\(Self.number(of: $0.name)),\($0.name),\($0.control.hasPrefix("pos") ? "KIF11" : ""),\($0.control)" }
        try writeAnnotation(["Plate,Well Number,Well,Original Gene Target,Control Type"] + rows)
    }

    /// `A1` is 1, `B1` is 25.
    package static func number(of well: String) -> Int {
        let row = Int(well.utf8.first ?? 65) - 65
        return row * wellsInRow + (Int(well.dropFirst()) ?? 0)
    }

    package func table(_ name: String) -> String { "\(folder)/\(Self.study)/screenA/idr0013-screenA-\(name)" }

    package func movie(_ well: String) -> String {
        "\(folder)/\(Self.study)/20150916-mitocheck-analysis/mitocheck/P_1--folder/hdf5/\(Self.digits(of: well))_01.ch5"
    }

    package func writeAnnotation(_ lines: [String]) throws {
        try (lines.joined(separator: "\n") + "\n").write(toFile: table("annotation.csv"), atomically: true, encoding: .utf8)
    }

    /// Writes a movie of one channel: `planes` in the order of the frames, all of one size.
    /// - Parameters:
    ///   - rank: 5 is what CellH5 has; less leaves out the first dimensions.
    ///   - chunk: `[y, x]`; nil stores the movie contiguously.
    package func writeMovie<T: HDF5Scalar>(_ well: String, planes: [Plane<T>], rank: Int = 5, chunk: (y: Int, x: Int)? = nil) async throws {
        try await writeMovie(well, channels: [planes], rank: rank, chunk: chunk)
    }

    /// Writes a movie of several channels: `channels[c][t]`.
    package func writeMovie<T: HDF5Scalar>(
        _ well: String, channels: [[Plane<T>]], rank: Int = 5, chunk: (y: Int, x: Int)? = nil
    ) async throws {
        let planes = channels[0]
        let path = movie(well)
        let group = "/sample/0/plate/P_1/experiment/\(Self.digits(of: well))/position/01/image"
        try await HDF5Actor.run {
            let file = try HDF5Writer(path)
            var parent = ""
            for part in group.split(separator: "/") {
                parent += "/\(part)"
                try file.makeGroup(parent)
            }
            let shape = [channels.count, planes.count, 1, planes[0].height, planes[0].width].suffix(rank)
            let chunks = chunk.map { Array([1, 1, 1, $0.y, $0.x].suffix(rank)) }
            try file.write(group + "/channel", channels.joined().flatMap(\.pixels), shape: Array(shape), chunk: chunks)
            try file.commit()
        }
    }

    private static func digits(of well: String) -> String {
        let number = String(number(of: well))
        return String(repeating: "0", count: 5 - number.count) + number
    }
}
