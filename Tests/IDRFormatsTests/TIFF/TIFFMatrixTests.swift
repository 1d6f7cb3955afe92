import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

/// Files that tifffile writes are read back equal: number types, strips and tiles, packings, byte orders, BigTIFF, ImageJ and OME-TIFF.
@Suite struct TIFFMatrixTests {
    private struct Case: Decodable {
        let name: String
        let path: String
        let type: PixelType
        /// Field, frame, channel, z, y, x.
        let shape: [Int]
        let values: String
        let channels: [String]?
    }

    @Test(.enabled(if: TestPython.isAvailable, Comment(rawValue: TestPython.reason)))
    func filesOfManyKindsReadBack() async throws {
        let folder = try ScratchFolder()
        try TestPython.run(script: "Tools/make_tiff_files.py", arguments: [folder.path])
        let cases = try JSONDecoder().decode([Case].self, from: Data(folder.bytes("cases.json")))
        #expect(cases.count > 500)
        for item in cases {
            do {
                try await check(item, in: folder)
            } catch {
                Issue.record("\(item.name): \(error)")
            }
        }
    }

    /// Each packing and layout, with bytes changed at random: planes or an error, and never a trap.
    @Test(.enabled(if: TestPython.isAvailable, Comment(rawValue: TestPython.reason)))
    func damagedFilesOfManyKindsNeverTrap() async throws {
        let folder = try ScratchFolder()
        try TestPython.run(script: "Tools/make_tiff_files.py", arguments: [folder.path])
        var random = SeededGenerator(seed: 21)
        var (read, refused) = (0, 0)
        for name in folder.contents.filter({ $0.hasSuffix(".tif") }) {
            var damaged = try folder.bytes(name)
            for _ in 0..<3 { damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            // Directories are a small part of a file, so they get a share of their own.
            let start = Int.random(in: 0..<max(1, damaged.count - 64), using: &random)
            for place in start..<min(start + 16, damaged.count) where Bool.random(using: &random) { damaged[place] &= 0x0F }
            try Data(damaged).write(to: URL(fileURLWithPath: folder("damaged.tif")))
            do {
                let file = try TIFFFile(reading: folder("damaged.tif"))
                for page in 1...min(3, file.pageCount) { _ = try file.plane(page: page, limit: 1 << 26) }
                read += 1
            } catch {
                refused += 1
            }
        }
        #expect(read > 100 && refused > 100)
    }

    private func check(_ item: Case, in folder: ScratchFolder) async throws {
        let well = try TIFFWell(reading: folder(item.path), pages: TIFFPages(["frame"]))
        let extent = well.extent
        #expect([extent.fields, extent.frames, extent.channels, extent.slices, extent.height, extent.width] == item.shape, "\(item.name)")
        #expect(well.pixelType == item.type, "\(item.name)")
        if let channels = item.channels { #expect(well.channelNames == channels, "\(item.name)") }
        var indices: [PlaneIndex] = []
        for field in 1...item.shape[0] {
            for frame in 1...item.shape[1] {
                for channel in 1...item.shape[2] {
                    indices += (1...item.shape[3]).map { PlaneIndex(field: field, frame: frame, channel: channel, z: $0) }
                }
            }
        }
        let bytes = try await well.planes(indices).flatMap(Self.littleEndian)
        #expect(bytes == (try folder.bytes(item.values)), "\(item.name)")
    }

    private static func littleEndian(_ plane: PixelPlane) -> [UInt8] {
        switch plane {
        case .uint8(let plane): plane.pixels
        case .uint16(let plane): plane.pixels.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        case .float32(let plane): plane.pixels.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) } }
        }
    }
}
