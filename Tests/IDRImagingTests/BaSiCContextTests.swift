import IDRImaging
import IDRPlan
import Testing

/// Which frames are read around a wanted one.
@Suite struct BaSiCContextTests {
    /// (frames of the movie, wanted frame, frames read, index kept), as the published pipeline was seen to do (1-based).
    static let published: [(Int, Int, ClosedRange<Int>, Int)] = [
        (3, 1, 1...3, 0), (3, 3, 1...3, 2), (5, 1, 1...3, 0), (5, 2, 2...4, 0), (5, 3, 3...5, 0), (5, 4, 2...4, 2), (5, 5, 3...5, 2),
        (93, 1, 1...3, 0), (93, 2, 2...4, 0), (93, 3, 3...5, 0), (93, 46, 46...48, 0), (93, 90, 90...92, 0), (93, 91, 91...93, 0),
        (93, 92, 90...92, 2), (93, 93, 91...93, 2),
    ]

    @Test(arguments: published)
    func followsThePublishedRule(_ count: Int, _ frame: Int, _ frames: ClosedRange<Int>, _ kept: Int) throws {
        let context = try BaSiC.contextFrames(frame: frame, count: count)
        #expect(context.frames == frames && context.kept == [kept] && context.isPublishedRule)
    }

    @Test(arguments: [(3, 2, 1...3, 1), (2, 1, 1...2, 0), (2, 2, 1...2, 1), (1, 1, 1...1, 0)])
    func usesWhatExistsWhereTheOriginalFails(_ count: Int, _ frame: Int, _ frames: ClosedRange<Int>, _ kept: Int) throws {
        let context = try BaSiC.contextFrames(frame: frame, count: count)
        #expect(context.frames == frames && context.kept == [kept] && !context.isPublishedRule)
    }

    /// `compat` takes the frame of so short a movie alone, as the published pipeline does.
    @Test(arguments: [(1, 1), (2, 1), (2, 2)]) func compatTakesTheFrameAlone(_ count: Int, _ frame: Int) throws {
        let context = try BaSiC.contextFrames(frames: [frame], count: count, isCompat: true)
        #expect(context.frames == frame...frame && context.kept == [0] && context.isPublishedRule)
        #expect(try BaSiC.contextFrames(frame: 2, count: 3, isCompat: true) == BaSiC.contextFrames(frame: 2, count: 3))
    }

    @Test func theKeptFrameIsTheWantedOne() throws {
        for count in 1...12 {
            for frame in 1...count {
                let context = try BaSiC.contextFrames(frame: frame, count: count)
                #expect(context.kept.map { context.frames.lowerBound + $0 } == [frame])
                #expect(context.frames.lowerBound >= 1 && context.frames.upperBound <= count && context.frames.count <= 3)
            }
        }
    }

    @Test func severalFramesTakeTheWholeMovie() throws {
        let context = try BaSiC.contextFrames(frames: [7, 2], count: 20)
        #expect(context.frames == 1...20 && context.kept == [6, 1] && context.isPublishedRule)
        #expect(try BaSiC.contextFrames(frames: [7], count: 20) == BaSiC.contextFrames(frame: 7, count: 20))
    }

    @Test(arguments: [0, -1, 94, .max, .min])
    func framesThatDoNotExistAreErrorsWithTheValidRange(_ frame: Int) throws {
        let error = try #require(throws: IDRError.self) { try BaSiC.contextFrames(frame: frame, count: 93) }
        #expect(error.code == .invalidPlan)
        #expect(error.reason == "the movie has 93 frames, so valid frames are 1...93")
        #expect(throws: IDRError.self) { try BaSiC.contextFrames(frames: [3, frame], count: 93) }
    }

    /// The conformance program looks for these words.
    @Test func theOneFrameOfAMovieIsSaid() throws {
        let error = try #require(throws: IDRError.self) { try BaSiC.contextFrames(frame: 2, count: 1) }
        #expect(error.problem == "frame 2 does not exist" && error.reason == "the movie has one frame, frame 1")
    }

    @Test func emptyMoviesAndEmptyWishesAreErrors() {
        #expect(throws: IDRError.self) { try BaSiC.contextFrames(frame: 1, count: 0) }
        #expect(throws: IDRError.self) { try BaSiC.contextFrames(frames: [], count: 5) }
    }
}
