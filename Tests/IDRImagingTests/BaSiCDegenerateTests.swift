import IDRImaging
import IDRPlan
import Testing

/// Input that determines no fields, and loops that reach their bounds: always an end, and always a status that says which.
@Suite struct BaSiCDegenerateTests {
    @Test(arguments: [
        ("constant3", BaSiC.Degeneracy.constantFrames), ("zeros3", .allZero), ("identical3", .identicalFrames), ("single1", .singleFrame),
    ])
    func fixturesAreReturnedUnchanged(_ name: String, _ reason: BaSiC.Degeneracy) async throws {
        let frames = try await BaSiCFixture.frames(name)
        let fit = try BaSiC.fit(frames)
        #expect(fit.status == .degenerate(reason))
        #expect(!fit.status.isUsable)
        #expect(fit.reweightings == 0)
        #expect(fit.baseline == Array(repeating: 0, count: frames.count))
        #expect(fit.flatfield.pixels.allSatisfy { $0 == 1 } && fit.darkfield.pixels.allSatisfy { $0 == 0 })
        #expect(try BaSiC.correct(frames, with: fit) == frames)
    }

    @Test func zerosHaveNoPenalties() async throws {
        #expect(try BaSiC.penalties(of: try await BaSiCFixture.frames("zeros3")) == nil)
        let constant = try #require(try BaSiC.penalties(of: try await BaSiCFixture.frames("constant3")))
        #expect(abs(constant.flatfield - 0.16) < 1e-12)
    }

    @Test func constantFramesOfDifferentLevelsAreUnchanged() throws {
        let frames = [5, 9, 7].map { Plane<UInt8>(height: 40, width: 30, repeating: $0) }
        let fit = try BaSiC.fit(frames)
        #expect(fit.status == .degenerate(.constantFrames))
        #expect(try BaSiC.correct(frames, with: fit) == frames)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func valuesThatAreNotFiniteEndTheFitAtOnce(_ value: Float) throws {
        var frames = SyntheticMovie(height: 50, width: 60, count: 3, seed: 1).frames.map { $0.map { Float($0) } }
        frames[1][20, 20] = value
        let fit = try BaSiC.fit(frames)
        #expect(fit.status == .degenerate(.notFinite))
        #expect(fit.reweightings == 0)
        let corrected = try BaSiC.correct(frames, with: fit)
        #expect(corrected[1][20, 20] == (value == .infinity ? 255 : 0))
    }

    @Test(arguments: [1e200, 1e-200])
    func valuesBeyondTheRangeOfSquaresEnd(_ factor: Double) throws {
        let frames = SyntheticMovie(height: 50, width: 60, count: 3, seed: 1).frames.map { $0.map { $0 * factor } }
        #expect(try BaSiC.fit(frames).status == .degenerate(.notFinite))
    }

    @Test func unusableStacksOfWiderTypesAreScaledOnlyWhereTheyMust() throws {
        let small = [Plane<UInt16>(height: 2, width: 3, pixels: [0, 1, 3, 200, 254, 255])]
        let large = [Plane<UInt16>(height: 2, width: 3, pixels: [0, 1, 257, 514, 32896, 65535])]
        let fraction = [Plane<Float>(height: 1, width: 3, pixels: [-0.5, 0.25, 0.5])]
        #expect(try BaSiC.correct(small, with: BaSiC.fit(small))[0].pixels == [0, 1, 3, 200, 254, 255])
        #expect(try BaSiC.correct(large, with: BaSiC.fit(large))[0].pixels == [0, 0, 1, 2, 128, 255])
        #expect(try BaSiC.correct(fraction, with: BaSiC.fit(fraction))[0].pixels == [0, 127, 255])
    }

    @Test func boundsAreReportedByLoop() throws {
        let frames = SyntheticMovie(height: 100, width: 90, count: 3, seed: 3).bytes
        var settings = BaSiC.Settings.published
        settings.reweightingLimit = 2
        settings.reweightingTolerance = 0
        #expect(try BaSiC.fit(frames, settings: settings).status == .iterationLimit(.reweighting))
        settings.baselineLimit = 3
        let shortBaseline = try BaSiC.fit(frames, settings: settings)
        #expect(shortBaseline.status == .iterationLimit(.baseline))
        #expect(shortBaseline.baselineIterations == [3, 3, 3, 3, 3])
        settings.decompositionLimit = 4
        let short = try BaSiC.fit(frames, settings: settings)
        #expect(short.status == .iterationLimit(.decomposition))
        #expect(short.decompositionIterations == [4, 4])
        #expect(short.flatfield.pixels.allSatisfy { $0.isFinite })
    }

    @Test func tolerancesThatCannotBeMetEnd() throws {
        var settings = BaSiC.Settings.published
        settings.decompositionTolerance = .nan
        settings.reweightingTolerance = .nan
        settings.reweightingLimit = 2
        let fit = try BaSiC.fit(SyntheticMovie(height: 40, width: 40, count: 2, seed: 4).bytes, settings: settings)
        #expect(fit.decompositionIterations == [500, 500])
        #expect(fit.status == .iterationLimit(.decomposition))
    }

    @Test func oneFrameApartFromTheOthersEnds() throws {
        let blank = Plane<UInt8>(height: 64, width: 64, repeating: 0)
        let image = SyntheticMovie(height: 64, width: 64, count: 1, seed: 5).bytes[0]
        for frames in [[blank, blank, image], [image, image, blank], [image, image.map { $0 / 2 }]] {
            let fit = try BaSiC.fit(frames)
            let corrected = try BaSiC.correct(frames, with: fit)
            #expect(corrected.count == frames.count)
            #expect(fit.flatfield.pixels.allSatisfy { $0.isFinite } && fit.baseline.allSatisfy { $0.isFinite })
        }
    }

    @Test func unusableInputIsAnError() throws {
        let frame = Plane<UInt8>(height: 4, width: 5, repeating: 1)
        #expect(throws: IDRError.self) { try BaSiC.fit([Plane<UInt8>]()) }
        #expect(throws: IDRError.self) { try BaSiC.penalties(of: [Plane<UInt8>(height: 0, width: 5, pixels: [])]) }
        let error = #expect(throws: IDRError.self) { try BaSiC.fit([frame, Plane<UInt8>(height: 5, width: 4, repeating: 1)]) }
        #expect(error?.reason == "frame 1 is 4 x 5, frame 2 is 5 x 4")
        for penalties in [BaSiC.Penalties(flatfield: -1, darkfield: 0), .init(flatfield: 1, darkfield: .nan)] {
            #expect(throws: IDRError.self) { try BaSiC.fit([frame, frame], penalties: penalties) }
        }
        var settings = BaSiC.Settings.published
        settings.decompositionLimit = 0
        #expect(throws: IDRError.self) { try BaSiC.fit([frame, frame], settings: settings) }
    }

    @Test func correctionRefusesFramesThatTheFitIsNotFor() throws {
        let frames = SyntheticMovie(height: 30, width: 40, count: 3, seed: 6).bytes
        var settings = BaSiC.Settings.published
        settings.reweightingLimit = 1
        let fit = try BaSiC.fit(frames, settings: settings)
        #expect(throws: IDRError.self) { try BaSiC.correct(Array(frames.prefix(2)), with: fit) }
        #expect(throws: IDRError.self) { try BaSiC.correct(frames, with: fit, keeping: [3]) }
        #expect(throws: IDRError.self) { try BaSiC.correctedIntensities(frames, with: fit, keeping: [-1]) }
        let turned = frames.map { Plane(height: 40, width: 30, pixels: $0.pixels) }
        #expect(throws: IDRError.self) { try BaSiC.correct(turned, with: fit) }
    }
}
