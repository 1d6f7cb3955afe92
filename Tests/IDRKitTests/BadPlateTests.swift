import Foundation
import IDRFiles
import IDRHDF5
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// A plate as the field has them: 60 wells, 12 of which are bad in 12 ways. The other 48 do not know of them.
@Suite struct BadPlateTests {
    private static let rows = ["B", "C", "D", "E", "F"]
    private static let wells = rows.flatMap { row in (1...12).map { "\(row)\($0)" } }
    /// One in five, spread over the batches.
    private static let bad = stride(from: 2, to: 60, by: 5).map { wells[$0] }

    private let scratch: ScratchFolder
    private let mirror: ScratchMirror

    init() async throws {
        scratch = try ScratchFolder()
        mirror = try ScratchMirror(scratch("mirror"), wells: Self.wells.map { ($0, "negative control") })
        for (index, well) in Self.wells.enumerated() {
            // No two wells are alike: each begins with another frame of another movie.
            let planes = try await ExampleFrames.small(index % 4)
            try await mirror.writeMovie(well, planes: Array(planes[(index / 4 % 4)...] + planes[..<(index / 4 % 4)]))
        }
    }

    /// What is wrong with a well, and what the account says of it.
    private struct Fault: Sendable {
        var kind: MissingImage.Kind
        var text: String
        var make: @Sendable (ScratchMirror, String) async throws -> Void
    }

    private static func replace(_ path: String, by bytes: Data) throws { try bytes.write(to: URL(fileURLWithPath: path)) }

    private static func movie(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private static let faults: [Fault] = [
        Fault(kind: .absent, text: "there is no such file") { try OnDisk.remove($0.movie($1)) },
        Fault(kind: .failed, text: "it is empty") { try replace($0.movie($1), by: Data()) },
        Fault(kind: .failed, text: "it has no HDF5 signature") { try replace($0.movie($1), by: Data("<html>404</html>".utf8)) },
        Fault(kind: .failed, text: "is truncated") { mirror, well in
            let whole = try movie(mirror.movie(well))
            try replace(mirror.movie(well), by: whole.prefix(whole.count / 2))
        },
        Fault(kind: .failed, text: "cannot be opened as HDF5") { mirror, well in
            var bytes = try movie(mirror.movie(well))
            for position in 96..<min(4096, bytes.count) { bytes[position] ^= 0xA5 }
            try replace(mirror.movie(well), by: bytes)
        },
        Fault(kind: .failed, text: "is a folder and not an HDF5 file") { mirror, well in
            try OnDisk.remove(mirror.movie(well))
            try OnDisk.makeFolder(mirror.movie(well))
        },
        Fault(kind: .absent, text: "there is no such file") { mirror, well in
            try OnDisk.remove(mirror.movie(well))
            try FileManager.default.createSymbolicLink(atPath: mirror.movie(well), withDestinationPath: mirror.movie(well))
        },
        Fault(kind: .absent, text: "frame 2 does not exist") { mirror, well in
            try await mirror.writeMovie(well, planes: [Plane(height: 8, width: 8, pixels: [UInt8](repeating: 7, count: 64))])
        },
        Fault(kind: .failed, text: "has 2 dimensions") { mirror, well in
            try await mirror.writeMovie(
                well, planes: [Plane(height: 4, width: 4, pixels: [UInt8](repeating: 0, count: 16))], rank: 2)
        },
        Fault(kind: .failed, text: "int64") { mirror, well in
            let planes = (0..<4).map { Plane(height: 16, width: 16, pixels: [Int64](repeating: (Int64($0) << 40) + 1, count: 256)) }
            try await mirror.writeMovie(well, planes: planes)
        },
        Fault(kind: .failed, text: "it has no group /sample") { mirror, well in
            let path = mirror.movie(well)
            try await HDF5Actor.run {
                let file = try HDF5Writer(path)
                try file.makeGroup("/other")
                try file.commit()
            }
        },
        Fault(kind: .failed, text: "channel") { mirror, well in
            let path = mirror.movie(well)
            try await HDF5Actor.run {
                let file = try HDF5Writer(path)
                var group = ""
                for part in ["sample", "0", "plate", "P_1", "experiment", "00130", "position", "01", "image"] {
                    group += "/\(part)"
                    try file.makeGroup(group)
                }
                try file.write("\(group)/channel", string: "no pixels")
                try file.commit()
            }
        },
    ]

    private func options(_ output: String) -> RunOptions {
        var options = RunOptions()
        (options.output, options.threads, options.stages) = (scratch(output), 2, .off)
        return options
    }

    private func run(_ wells: [String], to output: String) async throws -> ProfileRun {
        let rows = wells.map { "P_1,\(ScratchMirror.number(of: $0)),\($0),,negative control" }
        try mirror.writeAnnotation(["Plate,Well Number,Well,Original Gene Target,Control Type"] + rows)
        return try await screen("idr0013A", mirror: mirror.folder).controls().frame(2).correct().segment(diameter: 27).profile()
            .run(batchSize: 10, options: options(output))
    }

    private func rows(_ run: ProfileRun) throws -> [Substring] {
        var rows: [Substring] = []
        for table in run.tables {
            let text = String(decoding: try Gzip.decompress(file: table, limit: 1 << 28), as: UTF8.self)
            rows += text.split(separator: "\n").dropFirst()
        }
        // The first column numbers the rows of a table.
        return rows.map { $0.drop { $0 != "," } }
    }

    @Test func theGoodWellsDoNotKnowOfTheBad() async throws {
        for (well, fault) in zip(Self.bad, Self.faults) { try await fault.make(mirror, well) }
        let all = try await run(Self.wells, to: "all")
        let good = try await run(Self.wells.filter { !Self.bad.contains($0) }, to: "good")

        #expect(all.batches.count == 6 && all.batches.flatMap(\.images).count == 48, "\(all.batches.flatMap(\.images).map(\.well))")
        let (ours, theirs) = (all.batches.flatMap(\.images), good.batches.flatMap(\.images))
        #expect(ours.map(\.well) == theirs.map(\.well) && ours.map(\.digests) == theirs.map(\.digests))
        #expect(try rows(all) == rows(good) && all.cellCount == good.cellCount && all.cellCount > 48)

        let missing = all.batches.flatMap(\.missing)
        #expect(missing.map(\.well) == Self.bad)
        for (image, fault) in zip(missing, Self.faults) {
            #expect(image.kind == fault.kind && image.cause.description.contains(fault.text), "\(image.well): \(image.kind): \(image.cause)")
            #expect(image.cause.description.contains(image.well), "\(image.cause)")
        }
        #expect(RecordVerification(of: all.folder).isIntact)
    }
}
