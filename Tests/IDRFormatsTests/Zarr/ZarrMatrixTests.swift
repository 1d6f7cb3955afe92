import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

/// What zarr-python writes, in every combination that is read here, comes back equal.
@Suite(.enabled(if: TestPython.isAvailable, "\(TestPython.reason)"), .serialized)
struct ZarrMatrixTests {
    struct Cases: Decodable {
        struct Array: Decodable {
            let name: String
            let format: Int
            let type: String
            let shape: [Int]
        }
        struct Plate: Decodable {
            struct Field: Decodable {
                let well: String
                let values: String
            }
            let name: String
            let shape: [Int]
            let fields: [Field]
        }
        let arrays: [Array]
        let plates: [Plate]
    }

    private static let written = Result {
        let folder = try ScratchFolder()
        try TestPython.run(script: "Tools/make_zarr_arrays.py", arguments: [folder.path])
        return (folder, try JSONDecoder().decode(Cases.self, from: Data(folder.bytes("cases.json"))))
    }

    /// Values in C order, `width * height` of them for each plane.
    private static func planes(_ folder: ScratchFolder, _ name: String, type: String, shape: [Int]) throws -> [PixelPlane] {
        let bytes = try folder.bytes(name + ".bin")
        let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
        func planes<Pixel: BitwiseCopyable & Sendable>(_ pixel: Pixel.Type, _ wrap: (Plane<Pixel>) -> PixelPlane) -> [PixelPlane] {
            let all = bytes.withUnsafeBytes { Array($0.bindMemory(to: Pixel.self)) }
            return stride(from: 0, to: all.count, by: height * width).map { start in
                wrap(Plane(height: height, width: width, pixels: Array(all[start..<start + height * width])))
            }
        }
        switch type {
        case "uint8": return planes(UInt8.self, PixelPlane.uint8)
        case "uint16": return planes(UInt16.self, PixelPlane.uint16)
        default: return planes(Float.self, PixelPlane.float32)
        }
    }

    private static func positions(_ shape: some Sequence<Int>) -> [[Int]] {
        shape.reduce([[]]) { positions, count in positions.flatMap { position in (0..<count).map { position + [$0] } } }
    }

    private static func isSame(_ a: PixelPlane, _ b: PixelPlane) -> Bool {
        guard case .float32(let a) = a, case .float32(let b) = b else { return a == b }
        // NaN is a fill value too.
        return a.height == b.height && a.width == b.width && zip(a.pixels, b.pixels).allSatisfy { $0.bitPattern == $1.bitPattern }
    }

    @Test func everyArrayReadsBack() async throws {
        let (folder, cases) = try Self.written.get()
        let store = FolderStore(folder.path)
        #expect(cases.arrays.count > 350)
        for entry in cases.arrays {
            let array = try await ZarrArray(store, path: entry.name, format: entry.format == 2 ? .v2 : .v3)
            #expect(array.shape == entry.shape && array.pixelType.rawValue == entry.type, "\(entry.name)")
            let expected = try Self.planes(folder, entry.name, type: entry.type, shape: entry.shape)
            let positions = Self.positions(entry.shape.dropLast(2))
            let planes = try await array.planes(positions)
            #expect(planes.count == expected.count && zip(planes, expected).allSatisfy(Self.isSame), "\(entry.name)")
            let last = try await array.planes([positions[positions.count - 1]])
            #expect(Self.isSame(last[0], expected[expected.count - 1]), "\(entry.name)")
        }
    }

    @Test(arguments: ["plate04", "plate05"])
    func platesReadBack(name: String) async throws {
        let (folder, cases) = try Self.written.get()
        let entry = try #require(cases.plates.first { $0.name == name })
        let plate = try await OMEZarrPlate(store: FolderStore(folder.path), root: name)
        #expect(plate.name == name && plate.rows == ["A", "C"] && plate.wellNames.map(\.description) == ["A11", "C2"])
        for place in plate.wellNames {
            let fields = entry.fields.filter { $0.well == place.description }
            let well = try await plate.well(row: place.row, column: place.column)
            #expect(fields.count == 2)
            #expect(well.extent == PlaneExtent(fields: 2, frames: 3, channels: 2, slices: 1, height: 22, width: 30))
            #expect(well.channelNames == ["H2B", "tubulin"] && well.pixelType == .uint8 && well.acquisitions == [0, 1])
            for (number, field) in fields.enumerated() {
                let expected: [PixelPlane] = try Self.planes(folder, field.values, type: "uint8", shape: entry.shape)
                let indices = [1, 2, 3].flatMap { frame in [1, 2].map { PlaneIndex(field: number + 1, frame: frame, channel: $0) } }
                #expect(try await well.planes(indices) == expected)
            }
            let half = try await plate.well(row: place.row, column: place.column, level: 1)
            guard case .uint8(let full) = try await well.plane(PlaneIndex(field: 2, frame: 3)),
                case .uint8(let small) = try await half.plane(PlaneIndex(field: 2, frame: 3))
            else { throw IDRError(.invalidInput, "the type is wrong") }
            let expected = (0..<11 * 15).map { full[$0 / 15 * 2, $0 % 15 * 2] }
            #expect(small == Plane(height: 11, width: 15, pixels: expected))
        }
    }
}
