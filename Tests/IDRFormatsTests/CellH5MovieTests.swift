import IDRFiles
import Foundation
import IDRFormats
import IDRHDF5
import IDRImaging
import IDRPlan
import TestSupport
import Testing

@Suite struct CellH5MovieTests {
    @Test(arguments: CellH5Files.all)
    func everyStorageOfEveryVersionIsRead(variant: CellH5Variant) async throws {
        let path = CellH5Files.path(variant.file)
        #expect(try HDF5Superblock.check(path).version == variant.version)
        let movie = try await CellH5Movie(reading: path)
        #expect(movie.extent == PlaneExtent(frames: 3, channels: 2, slices: 1, height: 12, width: 16))
        #expect(movie.channelNames == ["rfp", "gfp"])
        #expect(movie.pixelType.rawValue == variant.type)
        #expect([movie.plate, movie.experiment, movie.position] == ["TEST_01", "00004", "0001"])
        for channel in 1...2 {
            for frame in 1...3 {
                let expected = CellH5Files.plane(c: channel - 1, t: frame - 1)
                switch try await movie.plane(PlaneIndex(frame: frame, channel: channel)) {
                case .uint8(let plane): #expect(variant.type == "uint8" && plane.pixels.map(Int.init) == expected)
                case .uint16(let plane): #expect(variant.type == "uint16" && plane.pixels.map(Int.init) == expected.map { $0 * 257 })
                case .float32: Issue.record("a CellH5 file holds no floating point pixels")
                }
            }
        }
    }

    @Test func theContractServesTheMovie() async throws {
        let source: any PlaneSource = try await CellH5Movie(reading: CellH5Files.path("superblock3_deflate_uint16.ch5"))
        let plane = try await source.plane(PlaneIndex(frame: 2, channel: try source.channel(named: "GFP")))
        #expect(plane.height == 12 && plane.width == 16 && plane.pixelType == .uint16)
        #expect(plane.asFloat().pixels == CellH5Files.plane(c: 1, t: 1).map { Float($0 * 257) })
        let error = #expect(throws: IDRError.self) { try source.channel(named: "cy5") }
        #expect(error?.reason == "the channels are \"rfp\", \"gfp\"")
    }

    @Test(arguments: [
        (PlaneIndex(frame: 0), "frame 0", "1...3"), (PlaneIndex(frame: 4), "frame 4", "1...3"), (PlaneIndex(frame: -7), "frame -7", "1...3"),
        (PlaneIndex(frame: .max), "frame \(Int.max)", "1...3"), (PlaneIndex(frame: 1, channel: 3), "channel 3", "1...2"),
        (PlaneIndex(frame: 1, z: 2), "z slice 2", "only valid number is 1"), (PlaneIndex(field: 2, frame: 1), "field 2", "only valid number is 1"),
    ])
    func aPlaneThatIsNotThereNamesTheValidRange(index: PlaneIndex, problem: String, range: String) async throws {
        let path = CellH5Files.path("superblock0_deflate_uint8.ch5")
        let movie = try await CellH5Movie(reading: path, of: ["plate P", "well A4"])
        let error = await #expect(throws: IDRError.self) { try await movie.plane(index) }
        #expect(error?.code == .invalidPlan && error?.problem == "\(problem) does not exist")
        #expect(error?.reason?.contains(range) == true && error?.subject == ["plate P", "well A4", path])
    }

    @Test func labelImagesAreRead() async throws {
        let movie = try await CellH5Movie(reading: CellH5Files.path("with_regions.ch5"))
        #expect(movie.regionNames == ["primary__primary"])
        #expect(try await movie.labels(PlaneIndex(frame: 3)).pixels.map(Int.init) == CellH5Files.plane(c: 0, t: 2, seed: 5).map { $0 * 257 })
        let wrong = await #expect(throws: IDRError.self) { try await movie.labels(PlaneIndex(frame: 4)) }
        #expect(wrong?.reason?.contains("1...3") == true)
        let without = try await CellH5Movie(reading: CellH5Files.path("superblock3_chunked_uint8.ch5"))
        let none = await #expect(throws: IDRError.self) { try await without.labels(PlaneIndex(frame: 1)) }
        #expect(none?.code == .missing && without.regionNames.isEmpty)
    }

    @Test func aPositionIsChosenWhereThereAreSeveral() async throws {
        let path = CellH5Files.path("two_positions.ch5")
        // Without a choice they are fields.
        let fields = try await CellH5Movie(reading: path)
        #expect(fields.extent.fields == 2)
        #expect(try await fields.plane(PlaneIndex(field: 2, frame: 1)).asFloat()[0, 0] == 1)
        let unknown = await #expect(throws: IDRError.self) { try await CellH5Movie(reading: path, position: "3") }
        #expect(unknown?.code == .missing && unknown?.reason == "it has \"0001\", \"0002\"")
        // Zero padding differs from file to file and does not count.
        for (name, added) in [("0001", 0), ("0002", 1), ("2", 1), ("00002", 1)] {
            let movie = try await CellH5Movie(reading: path, plate: "TEST_01", experiment: "4", position: name)
            let first = try await movie.plane(PlaneIndex(frame: 1)).asFloat()
            #expect(first[0, 0] == Float(added))
        }
    }

    @Test func aHoleFailsOnlyTheFrameItIsIn() async throws {
        let path = CellH5Files.path("zeroed_hole.ch5")
        try HDF5Superblock.check(path)
        let movie = try await CellH5Movie(reading: path, of: ["plate LT0001_02", "well A4"])
        for frame in [1, 3] { #expect(try await movie.plane(PlaneIndex(frame: frame)).asFloat()[0, 0] == Float(17 * (frame - 1))) }
        let error = await #expect(throws: IDRError.self) { try await movie.plane(PlaneIndex(frame: 2)) }
        #expect(error?.problem == "frame 2 cannot be decoded" && error?.subject == ["plate LT0001_02", "well A4", path])
        #expect(error?.reason?.hasPrefix("HDF5 says: ") == true)
    }

    @Test(arguments: [
        ("rank4.ch5", "4 dimensions", "not [c, t, z, y, x]"), ("not_cellh5.h5", "not in the CellH5 layout", "/sample"),
    ])
    func contentOfAnotherKindIsRefused(file: String, problem: String, reason: String) async throws {
        let path = CellH5Files.path(file)
        let error = await #expect(throws: IDRError.self) { try await CellH5Movie(reading: path, of: ["well A4"]) }
        #expect(error?.code == .invalidInput && error?.subject == ["well A4", path])
        #expect(error?.problem.contains(problem) == true && error?.reason?.contains(reason) == true, "\(String(describing: error))")
    }

    /// HDF5 gives zeros for what was never written.
    @Test func aFrameThatWasNeverWrittenIsAnError() async throws {
        let movie = try await CellH5Movie(reading: CellH5Files.path("never_written.ch5"))
        let error = await #expect(throws: IDRError.self) { try await movie.plane(PlaneIndex(frame: 1)) }
        #expect(error?.problem == "frame 1 cannot be decoded" && error?.reason?.contains("never written") == true)
    }

    @Test func realFramesAndMasksAreRead() async throws {
        let path = CellH5Files.fixtures.appendingPathComponent("mitocheck/frames18-20.ch5").path
        let movie = try await CellH5Movie(reading: path)
        #expect(movie.extent == PlaneExtent(frames: 3, channels: 1, slices: 1, height: 700, width: 1100))
        var objects: [Int] = []
        for frame in 1...3 { objects.append(Set(try await movie.labels(PlaneIndex(frame: frame)).pixels).subtracting([0]).count) }
        #expect(objects == [186, 192, 195])
    }
}

@Suite struct HDF5SuperblockTests {
    @Test(arguments: [0, 2, 3])
    func everyTruncationIsFound(version: Int) async throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: CellH5Files.path("superblock\(version)_deflate_uint8.ch5")))
        try await CellH5Files.inTemporaryFolder { folder in
            let file = folder.appendingPathComponent("cut.ch5")
            for length in Array(0..<100) + Array(stride(from: 100, to: whole.count, by: 131)) + [whole.count - 1] {
                try whole.prefix(length).write(to: file)
                let error = #expect(throws: IDRError.self) { try HDF5Superblock.check(file.path) }
                #expect(error?.code == .invalidInput)
                if length >= 64 {
                    #expect(error?.problem.hasSuffix("is truncated") == true && error?.reason == "it has \(length) of \(whole.count) bytes")
                }
                await #expect(throws: IDRError.self) { try await CellH5Movie(reading: file.path) }
            }
            // More than the file says it has is no damage.
            try (whole + Data(count: 10)).write(to: file)
            #expect(try HDF5Superblock.check(file.path).endOfFile == UInt64(whole.count))
        }
    }

    @Test func whatIsNotHDF5IsSaidToBeSo() async throws {
        try await CellH5Files.inTemporaryFolder { folder in
            let file = folder.appendingPathComponent("page.ch5")
            for content in ["", "<html>404 Not Found</html>", String(repeating: "x", count: 5000)] {
                try Data(content.utf8).write(to: file)
                let error = #expect(throws: IDRError.self) { try HDF5Superblock.check(file.path) }
                #expect(error?.problem == "\(file.path) is not an HDF5 file")
            }
            #expect(throws: IDRError.self) { try HDF5Superblock.check(folder.path) }
            let missing = #expect(throws: IDRError.self) { try HDF5Superblock.check(folder.path + "/none.ch5") }
            #expect(missing?.code == .missing)
        }
    }

    @Test func aUserBlockMayStandBefore() async throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: CellH5Files.path("superblock2_deflate_uint8.ch5")))
        try await CellH5Files.inTemporaryFolder { folder in
            let file = folder.appendingPathComponent("block.ch5")
            try (Data(count: 1024) + whole).write(to: file)
            #expect(try HDF5Superblock.check(file.path).version == 2)
            try (Data(count: 1000) + whole).write(to: file)
            #expect(throws: IDRError.self) { try HDF5Superblock.check(file.path) }
        }
    }

    @Test func arbitraryFirstBytesNeverTrap() async throws {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: CellH5Files.path("superblock0_contiguous_uint8.ch5"))).prefix(96))
        try await CellH5Files.inTemporaryFolder { folder in
            let file = folder.appendingPathComponent("changed.ch5")
            var accepted = 0
            for position in 8..<64 {
                for value: UInt8 in [0, 1, 2, 3, 4, 9, 127, 255] {
                    var changed = whole
                    changed[position] = value
                    try Data(changed).write(to: file)
                    if (try? HDF5Superblock.check(file.path)) != nil { accepted += 1 }
                }
            }
            #expect(accepted < 56 * 8)
        }
    }
}

extension CellH5Variant: CustomTestStringConvertible {
    public var testDescription: String { file }
}
