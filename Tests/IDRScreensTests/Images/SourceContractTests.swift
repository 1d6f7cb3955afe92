import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import Synchronization
import TestSupport
import Testing

/// What every source of pixels must do: the same well has the same pixels wherever it is read, and what goes wrong has the same name.
@Suite struct SourceContractTests {
    private let bench: SourceBench

    init() async throws { bench = try await SourceBench() }

    private func read(_ well: String, _ reader: ImageReader, frames: [Int]) async throws -> ImageReading {
        try await reader.read(SourceBench.address(well)) { _, _ in frames.map { PlaneIndex(frame: $0) } }
    }

    @Test func everyKindIsHere() {
        #expect(Set(SourceCase.all.map(\.kind)) == Set(PixelSource.allCases))
        #expect(Set(SourceCase.all.map(\.name)).count == SourceCase.all.count)
    }

    /// In the order that was asked for, also twice.
    @Test(arguments: SourceCase.all) func theSamePixels(source: SourceCase) async throws {
        let reader = try await bench.reader(source)
        #expect(reader.description.hasPrefix("\(source.kind.rawValue) ("))
        for (index, well) in bench.wells.enumerated() {
            let seen = Mutex<(extent: PlaneExtent, names: [String])?>(nil)
            let reading = try await reader.read(SourceBench.address(well.name)) { extent, names in
                seen.withLock { $0 = (extent, names) }
                return [3, 2, 3].map { PlaneIndex(frame: $0) }
            }
            #expect(reading.planes == bench.planes(index, [3, 2, 3]))
            let (height, width) = (well.planes[0].height, well.planes[0].width)
            #expect(reading.extent == PlaneExtent(frames: 4, channels: 1, slices: 1, height: height, width: width))
            #expect(reading.channelNames.count == 1 && reading.channelNames.allSatisfy { !$0.isEmpty })
            let asked = seen.withLock { $0 }
            #expect(asked?.extent == reading.extent && asked?.names == reading.channelNames)
            #expect(reading.source == source.kind && reading.passedOver == [])
            #expect(!reading.location.isEmpty && !reading.location.contains(bench.scratch.path), "\(reading.location)")
            let digests = source.readsMovies ? [try SHA256.digest(ofFile: bench.site.mirror.movie(well.name))] : []
            #expect(reading.files.map(\.sha256) == digests)
        }
    }

    /// The second time, nothing is asked for that is not on this machine by then.
    @Test(arguments: SourceCase.all) func theSamePixelsTheSecondTime(source: SourceCase) async throws {
        let first = try await read("A2", bench.reader(source), frames: [2, 3])
        let asked = bench.requests
        let again = try await read("A2", bench.reader(source), frames: [2, 3])
        #expect(again.planes == bench.planes(0, [2, 3]) && again.location == first.location)
        #expect(bench.requests == asked && again.isFromCache == (source.kind != .mirror) && again.transfer == TransferCounts())
        #expect(again.files == first.files && again.entityTag == first.entityTag && again.length == first.length)
    }

    /// However many wells a source lacks, it has not failed: it is not left out for them.
    @Test(arguments: SourceCase.all) func aWellThatIsNotThereIsMissing(source: SourceCase) async throws {
        let reader = try await bench.reader(source)
        for well in ["A4", "B7", "P24"] {
            let error = await #expect(throws: IDRError.self, "\(well)") { try await read(well, reader, frames: [2]) }
            #expect(error?.code == .missing, "\(String(describing: error))")
        }
        let reading = try await read("A3", reader, frames: [2])
        #expect(reading.planes == bench.planes(1, [2]) && reading.source == source.kind)
    }

    @Test(arguments: SourceCase.all) func aFrameBeyondTheMovieIsTheAskersFault(source: SourceCase) async throws {
        let reader = try await bench.reader(source)
        for frame in [5, 0, -1, Int.max] {
            let error = await #expect(throws: IDRError.self) { try await read("A2", reader, frames: [2, frame]) }
            #expect(error?.code == .invalidPlan && error?.problem == "frame \(frame) does not exist", "\(String(describing: error))")
            #expect(error?.reason?.contains("1...4") == true)
        }
        #expect(try await read("A2", reader, frames: [2]).planes == bench.planes(0, [2]))
    }

    /// Whatever another library throws, an ``IDRError`` is what ends the search, and it says what happened.
    @Test(arguments: SourceCase.all) func foreignErrorsNeverEscape(source: SourceCase) async throws {
        struct Foreign: Error {}
        let failures: [any Error] = [
            CocoaError(.fileReadNoPermission), POSIXError(.EIO), RemoteBytes.NoRanges(), Foreign(),
            DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no such thing")),
        ]
        for failure in failures {
            let reader = try await bench.reader(source)
            let error = await #expect(throws: IDRError.self) { try await reader.read(SourceBench.address("A2")) { _, _ in throw failure } }
            #expect(error?.reason?.isEmpty == false, "\(String(describing: error))")
        }
    }

    /// Whoever gives up gets planes that were under way, or his own cancellation; and no source is left out for it.
    @Test(arguments: SourceCase.all) func cancellationStaysCancellation(source: SourceCase) async throws {
        let reader = try await bench.reader(source)
        for _ in 0..<3 {
            let running = Mutex<Task<ImageReading, any Error>?>(nil)
            let (gate, opening) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                for await _ in gate {}
                return try await reader.read(SourceBench.address("A2")) { _, _ in
                    running.withLock { $0?.cancel() }
                    return [PlaneIndex(frame: 2)]
                }
            }
            running.withLock { $0 = task }
            opening.finish()
            do {
                let planes = try await task.value.planes
                #expect(planes == bench.planes(0, [2]))
            } catch {
                #expect(error is CancellationError, "\(error)")
            }
        }
        let reading = try await read("A2", reader, frames: [3])
        #expect(reading.planes == bench.planes(0, [3]) && reading.passedOver == [])
    }
}
