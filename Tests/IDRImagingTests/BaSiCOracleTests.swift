import IDRImaging
import Testing

/// Agreement with PyBaSiC, within the tolerances of the fixtures' MANIFEST.
@Suite struct BaSiCOracleTests {
    static let cases = ["typical3", "lowsignal3", "small128", "movie12"]

    @Test(arguments: ["down_even", "down_odd", "mixed", "noop", "small", "up"])
    func resizeAgrees(_ name: String) async throws {
        let expected = try await BaSiCFixture.plane("resize/\(name)_out", as: Double.self)
        let input = try await BaSiCFixture.plane("resize/\(name)_in", as: Double.self)
        let resized = BaSiC.resize(input, height: expected.height, width: expected.width)
        #expect(resized.distance(to: expected) <= 1e-4)
    }

    @Test(arguments: cases)
    func workingStackAndPenaltiesAgree(_ name: String) async throws {
        let frames = try await BaSiCFixture.frames(name)
        let sorted = BaSiC.sortedAlongFrames(try BaSiC.workingStack(frames))
        let expected = try await BaSiCFixture.planes("\(name)/working_stack_sorted", as: Double.self)
        #expect(sorted[0].distance(to: expected[0]) <= 1e-4)
        #expect(sorted[sorted.count - 1].distance(to: expected[1]) <= 1e-4)

        let penalties = try #require(try BaSiC.penalties(of: frames))
        let flatfield = try #require(try await BaSiCFixture.number("lambda_flatfield", of: name))
        let darkfield = try #require(try await BaSiCFixture.number("lambda_darkfield", of: name))
        #expect(abs(penalties.flatfield / flatfield - 1) <= 1e-10)
        #expect(abs(penalties.darkfield / darkfield - 1) <= 1e-10)
    }

    @Test(arguments: cases)
    func fitAndCorrectionAgree(_ name: String) async throws {
        let frames = try await BaSiCFixture.frames(name)
        let fit = try BaSiC.fit(frames)
        try await expectWorkingFields(fit.workingShading, fit.workingDarkfield, agreeWith: name, "final")
        try await expectFit(fit, of: frames, agreesWith: name)
        let float = try BaSiC.correctedIntensities(frames, with: fit, keeping: [0])[0]
        let expected = try await BaSiCFixture.plane("\(name)/corrected_float_frame0", as: Double.self)
        let stride = try await BaSiCFixture.integers("stride", of: "\(name)/corrected_float_frame0")?.first ?? 1
        #expect(float.thinned(by: stride).distance(to: expected) <= 1e-5 * expected.largestMagnitude)
    }

    @Test func firstRoundAgrees() async throws {
        var settings = BaSiC.Settings.published
        settings.reweightingLimit = 1
        let fit = try BaSiC.fit(try await BaSiCFixture.frames("typical3"), settings: settings)
        #expect(fit.reweightings == 1)
        try await expectWorkingFields(fit.workingShading, fit.workingDarkfield, agreeWith: "typical3", "first")
    }

    /// The published pipeline corrects every movie with the penalties of the first one.
    @Test func anotherMoviesPenaltiesAgree() async throws {
        let penalties = try #require(try BaSiC.penalties(of: try await BaSiCFixture.frames("lowsignal3")))
        let frames = try await BaSiCFixture.frames("movie12")
        let fit = try BaSiC.fit(frames, penalties: penalties)
        #expect(fit.penalties == penalties)
        try await expectFit(fit, of: frames, agreesWith: "movie12_after_lowsignal3")
    }

    private func expectWorkingFields(_ shading: Plane<Double>, _ darkfield: Plane<Double>, agreeWith name: String, _ round: String) async throws {
        for (plane, field) in [(shading, "shading128"), (darkfield, "darkfield128")] {
            let expected = try await BaSiCFixture.plane("\(name)/\(field)_\(round)", as: Double.self)
            #expect(plane.distance(to: expected) <= 1e-5 * expected.largestMagnitude, "\(field) \(round)")
        }
    }

    private func expectFit(_ fit: BaSiC.Fit, of frames: [Plane<UInt8>], agreesWith name: String) async throws {
        #expect(fit.decompositionIterations == (try await BaSiCFixture.read("\(name)/alm_iterations", as: Int32.self)).values.map(Int.init))
        for (plane, field, tolerance) in [(fit.flatfield, "flatfield", 1e-6), (fit.darkfield, "darkfield", 1e-5)] {
            let expected = try await BaSiCFixture.plane("\(name)/\(field)", as: Double.self)
            let stride = try await BaSiCFixture.integers("stride", of: "\(name)/\(field)")?.first ?? 1
            #expect(plane.thinned(by: stride).distance(to: expected) <= tolerance, "\(field)")
        }
        let baseline = try await BaSiCFixture.read("\(name)/baseline", as: Double.self).values
        #expect(zip(fit.baseline, baseline).allSatisfy { abs($0 - $1) <= 1e-6 } && fit.baseline.count == baseline.count)

        let kept = try await BaSiCFixture.integers("frames", of: "\(name)/corrected_uint8")
        let expected = try await BaSiCFixture.planes("\(name)/corrected_uint8", as: UInt8.self)
        let corrected = try BaSiC.correct(frames, with: fit, keeping: kept)
        let pixels = zip(corrected.flatMap(\.pixels), expected.flatMap(\.pixels))
        #expect(pixels.allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        #expect(Double(pixels.count { $0 != $1 }) <= 1e-4 * Double(expected.count * expected[0].pixels.count))
    }
}
