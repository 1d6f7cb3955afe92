import IDRImaging
import TestSupport
import Testing

/// What correction does, whatever the numbers of the original are.
@Suite struct BaSiCTests {
    @Test(arguments: [UInt64(11), 12, 13])
    func vignettingIsRecovered(_ seed: UInt64) throws {
        let movie = SyntheticMovie(height: 150, width: 190, count: 6, seed: seed)
        let fit = try BaSiC.fit(movie.bytes)
        #expect(fit.status.isUsable)
        #expect(abs(fit.flatfield.mean - 1) < 1e-12)
        // The true flatfield spans 0.7...1.15.
        let error = zip(fit.flatfield.pixels, movie.flatfield.pixels).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(fit.flatfield.pixels.count)
        #expect(error < 0.03)
        // Corrected background is level: the corners differ from the centre by less than before.
        let before = try unevenness(movie.frames)
        let after = try unevenness(BaSiC.correctedIntensities(movie.bytes, with: fit))
        #expect(after < before / 3)
    }

    /// Difference between the medians of a corner and of the middle.
    private func unevenness(_ frames: [Plane<Double>]) throws -> Double {
        func median(_ frame: Plane<Double>, _ rows: Range<Int>, _ columns: Range<Int>) -> Double {
            let values = rows.flatMap { y in columns.map { frame[y, $0] } }.sorted()
            return values[values.count / 2]
        }
        let frame = try #require(frames.first)
        return abs(median(frame, 0..<30, 160..<190) - median(frame, 60..<90, 60..<100))
    }

    @Test func randomStacksEndInFieldsOrAStatus() throws {
        var random = SeededGenerator(seed: 21)
        for round in 0..<6 {
            let (height, width) = (Int.random(in: 1...200, using: &random), Int.random(in: 1...200, using: &random))
            let frames = (0..<Int.random(in: 2...5, using: &random)).map { _ in
                Plane(height: height, width: width, pixels: (0..<height * width).map { _ in UInt8.random(in: 0...255, using: &random) })
            }
            let fit = try BaSiC.fit(frames)
            let corrected = try BaSiC.correct(frames, with: fit)
            #expect(corrected.count == frames.count)
            guard fit.status.isUsable else { continue }
            #expect(abs(fit.flatfield.mean - 1) < 1e-9, "round \(round), \(height) x \(width)")
            #expect(fit.baseline.count == frames.count && fit.baseline.allSatisfy { $0 >= 0 && $0.isFinite })
            let intensities = try BaSiC.correctedIntensities(frames, with: fit)
            let brightest = intensities.flatMap(\.pixels).max() ?? 0
            #expect(brightest <= 0 || corrected.contains { $0.pixels.contains(255) })
            for (frame, plane) in zip(intensities, corrected) {
                #expect(zip(frame.pixels, plane.pixels).allSatisfy { $0 > 0 || $1 == 0 })
            }
        }
    }

    @Test func pixelTypesDoNotMatter() throws {
        let bytes = SyntheticMovie(height: 140, width: 90, count: 3, seed: 31).bytes
        let fit = try BaSiC.fit(bytes)
        let corrected = try BaSiC.correct(bytes, with: fit)
        #expect(try BaSiC.fit(bytes.map { $0.map { UInt16($0) } }) == fit)
        #expect(try BaSiC.fit(bytes.map { $0.map { Float($0) } }) == fit)
        #expect(try BaSiC.fit(bytes.map { $0.map { Double($0) } }) == fit)
        #expect(try BaSiC.correct(bytes.map { $0.map { UInt16($0) } }, with: fit) == corrected)
        #expect(try BaSiC.correct(bytes.map { $0.map { Float($0) } }, with: fit) == corrected)
    }

    @Test func sameBitsWhenFitsRunSideBySide() async throws {
        let frames = SyntheticMovie(height: 100, width: 130, count: 3, seed: 41).bytes
        let expected = try BaSiC.fit(frames)
        try await withThrowingTaskGroup(of: BaSiC.Fit.self) { group in
            for _ in 0..<4 { group.addTask { try BaSiC.fit(frames) } }
            for try await fit in group { #expect(fit == expected) }
        }
    }

    @Test func passingAStacksOwnPenaltiesChangesNothing() throws {
        let frames = SyntheticMovie(height: 60, width: 70, count: 3, seed: 51).bytes
        let penalties = try #require(try BaSiC.penalties(of: frames))
        #expect(penalties.darkfield == 0.2 * penalties.flatfield)
        #expect(try BaSiC.fit(frames, penalties: penalties) == BaSiC.fit(frames))
        #expect(try BaSiC.fit(frames, penalties: .init(flatfield: 10 * penalties.flatfield, darkfield: 0)) != BaSiC.fit(frames))
    }

    @Test func keptFramesAreScaledByTheWholeStack() throws {
        let frames = SyntheticMovie(height: 60, width: 71, count: 4, seed: 61).bytes
        let fit = try BaSiC.fit(frames)
        let all = try BaSiC.correct(frames, with: fit)
        #expect(try BaSiC.correct(frames, with: fit, keeping: [2, 0]) == [all[2], all[0]])
        #expect(try BaSiC.correct(frames, with: fit, keeping: []) == [])
        let intensities = try BaSiC.correctedIntensities(frames, with: fit)
        #expect(try BaSiC.correctedIntensities(frames, with: fit, keeping: [3]) == [intensities[3]])
        let maximum = try #require(intensities.flatMap(\.pixels).max())
        for (plane, frame) in zip(all, intensities) {
            #expect(zip(plane.pixels, frame.pixels).allSatisfy { $0 == UInt8(max($1, 0) / maximum * 255) })
        }
    }

    @Test func stacksWithoutPositiveValuesBecomeZero() throws {
        let frames = SyntheticMovie(height: 40, width: 41, count: 3, seed: 71).bytes
        var fit = try BaSiC.fit(frames)
        fit.baseline = [1000, 1000, 1000]
        #expect(try BaSiC.correct(frames, with: fit).allSatisfy { $0.pixels.allSatisfy { $0 == 0 } })
    }

    @Test func pixelsWithoutLightDoNotCountForTheScale() throws {
        let frames = SyntheticMovie(height: 40, width: 41, count: 3, seed: 81).bytes
        var fit = try BaSiC.fit(frames)
        let before = try BaSiC.correct(frames, with: fit)
        fit.flatfield[0, 0] = 0
        let after = try BaSiC.correct(frames, with: fit)
        for (old, new) in zip(before, after) {
            #expect(old.pixels.dropFirst() == new.pixels.dropFirst())
            #expect(new[0, 0] == 0 || new[0, 0] == 255)
        }
    }
}
