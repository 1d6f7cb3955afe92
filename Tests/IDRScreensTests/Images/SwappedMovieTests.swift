import Foundation
import IDRFiles
import IDRFormats
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// A movie that lies under another well's name is read, and it is said what it says of itself.
@Suite struct SwappedMovieTests {
    private let bench: SourceBench

    init() async throws { bench = try await SourceBench() }

    @Test(arguments: SourceCase.all.filter { $0.readsMovies || $0.kind == .cellH5 })
    func whatTheFileSaysIsSaid(source: SourceCase) async throws {
        let (first, second) = (bench.site.mirror.movie("A2"), bench.site.mirror.movie("A3"))
        try OnDisk.remove(first)
        try FileManager.default.copyItem(atPath: second, toPath: first)
        let reader = try await bench.reader(source)
        // From the cache, too.
        for _ in 0..<2 {
            let swapped = try await reader.read(SourceBench.address("A2")) { _, _ in [PlaneIndex(frame: 2)] }
            #expect(swapped.planes == bench.planes(1, [2]))
            #expect(swapped.generalNotes == ["\(MovieIdentity.beginning): plate P_1, well 00003, and not plate P_1, well A2 (2)"])
            let own = try await reader.read(SourceBench.address("A3")) { _, _ in [PlaneIndex(frame: 2)] }
            #expect(own.generalNotes == [] && own.planes == swapped.planes)
        }
    }

    /// Names that are none of the study's say nothing.
    @Test(arguments: [("CTC", "00009"), ("P_1", "movie"), ("P_1", "0"), ("P_1", "A2"), ("P_1", "2"), ("P_1", "a02")])
    func otherNamesSayNothing(plate: String, experiment: String) async throws {
        let access = bench.mirrored(bench.site.mirror.folder)
        let screen = try await Catalog(access: access, network: Network(access: access)).screen(ScreenName("idr0013A"))
        #expect(MovieIdentity.note(plate: plate, experiment: experiment, read: SourceBench.address("A2"), screen.tables) == nil)
        #expect(MovieIdentity.note(plate: "P_1", experiment: "B2", read: SourceBench.address("A2"), screen.tables) != nil)
    }
}
