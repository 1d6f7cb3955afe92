import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// The folders of `Tests/Fixtures/pixels`, read as a run reads them: each gives the right plane, or the error that names what is wrong.
@Suite struct PixelCaseTests {
    private struct Expected: Decodable {
        var well: String
        var field: Int?
        var frame: Int?
        var fields: Int?
        var frames: Int?
        var sha256: String?
        /// Parts of what is said about the planes; without it nothing may be said.
        var notes: [String]?
        var code: String?
        var words: [String]?
    }

    private struct Configuration: Decodable {
        var screens: [String: ScreenConventions]
    }

    private static let folder = CellH5Files.fixtures.appendingPathComponent("pixels").path
    static let cases = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") && $0 != "README.md" }
        .sorted()

    private func decoded<Value: Decodable>(_ name: String, _ file: String) throws -> Value? {
        guard let bytes = FileManager.default.contents(atPath: "\(Self.folder)/\(name)/\(file)") else { return nil }
        return try JSONDecoder().decode(Value.self, from: bytes)
    }

    private func read(
        _ name: String, _ well: String, _ index: PlaneIndex, _ edit: (inout ScreenConventions) -> Void = { _ in }
    ) async throws -> ImageReading {
        let scratch = try ScratchFolder()
        let configuration: Configuration? = try decoded(name, "config.json")
        var conventions = configuration?.screens["idr0901A"] ?? ScreenConventions()
        edit(&conventions)
        var access = Access(mirror: "\(Self.folder)/\(name)/mirror").over(.published)
        access.screens = ["idr0901A": conventions]
        access.cache = scratch("cache")
        let network = try Network(access: access, client: RemoteClient.impatient(stall: 60))
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0901A"))
        let reader = try ImageReader(screen: screen, access: access, network: network)
        let place = try #require(WellName(well))
        let address = WellAddress(plate: "P1", well: well, number: place.number(columns: conventions.plateColumns ?? 24) ?? 1)
        return try await reader.read(address) { _, _ in [index] }
    }

    @Test(arguments: cases)
    func isReadOrNamed(name: String) async throws {
        let expected: Expected = try #require(try decoded(name, "expected.json"))
        let index = PlaneIndex(field: expected.field ?? 1, frame: expected.frame ?? 1)
        guard let sha256 = expected.sha256 else {
            let error = await #expect(throws: IDRError.self) { try await read(name, expected.well, index) }
            #expect(error?.code.rawValue == expected.code, "\(error.map { "\($0)" } ?? "nothing")")
            for word in expected.words ?? [] { #expect(error.map { "\($0)".contains(word) } == true, "\(error.map { "\($0)" } ?? "nothing")") }
            #expect(error?.advice != nil)
            return
        }
        let reading = try await read(name, expected.well, index)
        #expect(try reading.planes.map { try PlaneDigest.sha256(of: $0).hex } == [sha256])
        if let frames = expected.frames { #expect(reading.extent.frames == frames) }
        if let fields = expected.fields { #expect(reading.extent.fields == fields) }
        #expect(reading.notes.count == expected.notes?.count ?? 0, "\(reading.notes)")
        for note in expected.notes ?? [] { #expect(reading.notes.contains { $0.contains(note) }, "\(reading.notes)") }
    }

    @Test func allFoldersAreThere() { #expect(Self.cases.count == 30) }

    /// Where a person says that planes without chunks are black, they are.
    @Test func emptyPlanesAreBlackWhereThatIsSaid() async throws {
        let reading = try await read("all-chunks-missing", "B1", PlaneIndex(frame: 1)) { $0.emptyPlanes = .fill }
        #expect(reading.planes[0].asFloat().pixels.allSatisfy { $0 == 0 })
        #expect(reading.notes.count == 1 && reading.notes[0].contains("4 of 4 chunks missing"))
    }

    /// Where a person says what pages are, they are read so.
    @Test func pagesAreWhatIsSaidOfThem() async throws {
        let name = "flex-pages-fields-by-channels"
        let plain = try await read(name, "A1", PlaneIndex(frame: 4)) { $0.tiffPages = ["frame"] }
        #expect(plain.extent.frames == 4)
        let told = try await read(name, "A1", PlaneIndex(field: 2, frame: 1, channel: 2)) { $0.tiffPages = ["field", "channel:2"] }
        #expect(told.extent.fields == 2 && told.extent.channels == 2 && told.extent.frames == 1)
        #expect(told.planes == plain.planes)
        let second = try await read(name, "A1", PlaneIndex(frame: 2)) { $0.tiffPages = ["frame"] }
        #expect(
            try await read(name, "A1", PlaneIndex(field: 1, frame: 1, channel: 2)) { $0.tiffPages = ["field", "channel:2"] }.planes == second.planes)
        for wrong in [["field", "channel:3"], ["pages"], [], ["frame", "z"], ["channel:0", "frame"]] {
            await #expect(throws: IDRError.self) { try await read(name, "A1", PlaneIndex(frame: 1)) { $0.tiffPages = wrong } }
        }
    }

    @Test func filesBesideAMovieAreRecorded() async throws {
        let virtual = try await read("ch5-virtual", "A1", PlaneIndex(frame: 1))
        #expect(virtual.files.map(\.name) == ["P1/A1.ch5", "P1/t0.h5", "P1/t1.h5", "P1/t2.h5"])
        // Whoever names no mirror gets none of them.
        for (name, word) in [("ch5-virtual", "virtual dataset: \"t0.h5\""), ("ch5-external-raw", "external storage")] {
            let movie = try await CellH5Movie(reading: "\(Self.folder)/\(name)/mirror/idr0901-doe-pixels/P1/A1.ch5")
            let error = await #expect(throws: IDRError.self) { try await movie.plane(PlaneIndex(frame: 1)) }
            #expect(error?.code == .refused && error.map { "\($0)".contains(word) } == true, "\(error.map { "\($0)" } ?? "nothing")")
        }
    }

    /// HDF5 itself gives zeros where a file of a virtual dataset is not there, or is short.
    @Test(arguments: [("ch5-virtual", "t1.h5"), ("ch5-external-raw", "raw.bin")])
    func aFileThatIsMissingBesideAMovieIsNamed(name: String, file: String) async throws {
        let scratch = try ScratchFolder()
        let copy = scratch("P1")
        try FileManager.default.copyItem(atPath: "\(Self.folder)/\(name)/mirror/idr0901-doe-pixels/P1", toPath: copy)
        let whole = try await CellH5Movie(reading: "\(copy)/A1.ch5", opensOthers: true).plane(PlaneIndex(frame: 2))
        #expect(whole.asFloat()[0, 0] == 17)
        try FileManager.default.removeItem(atPath: "\(copy)/\(file)")
        let error = await #expect(throws: IDRError.self) {
            try await CellH5Movie(reading: "\(copy)/A1.ch5", opensOthers: true).plane(PlaneIndex(frame: 2))
        }
        #expect(error?.code == .missing && error?.problem.contains(file) == true, "\(error.map { "\($0)" } ?? "nothing")")
    }
}
