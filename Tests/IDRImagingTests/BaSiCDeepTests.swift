import IDRImaging
import Testing

/// Corrected frames that keep the depth of their pixels.
struct BaSiCDeepTests {
    private func stack(_ change: (inout Plane<Float>) -> Void = { _ in }) -> [Plane<Float>] {
        var generator = SeededNumbers()
        return (0..<3).map { frame in
            var plane = Plane<Float>(height: 64, width: 64, repeating: 0)
            for y in 0..<64 {
                for x in 0..<64 {
                    let cell: Float = (x / 8 + y / 8 + frame) % 5 == 0 ? 900 : 0
                    plane.pixels[y * 64 + x] = 200 + Float(x) + cell + Float(generator.next() % 20)
                }
            }
            change(&plane)
            return plane
        }
    }

    /// The same values as the corrected intensities: nothing is scaled, and only what is below zero is cut.
    @Test func valuesAreInTheUnitOfThePixels() throws {
        let frames = stack()
        let fit = try BaSiC.fit(frames)
        let intensities = try BaSiC.correctedIntensities(frames, with: fit, keeping: [1])[0]
        let deep = try BaSiC.correctDeep(frames, with: fit, keeping: [1])[0]
        #expect(zip(deep.pixels, intensities.pixels).allSatisfy { $0 == Float(max(0, $1)) })
        #expect(deep.pixels.max() ?? 0 > 500)
    }

    @Test func whatIsNoNumberBecomesZero() throws {
        let frames = (0..<3).map { _ in
            Plane<Float>(height: 2, width: 3, pixels: [.nan, -5, 7, .infinity, 0.25, -.infinity])
        }
        let fit = try BaSiC.fit(frames)
        #expect(!fit.status.isUsable)
        #expect(try BaSiC.correctDeep(frames, with: fit, keeping: [0])[0].pixels == [0, 0, 7, 7, 0.25, 0])
    }

    /// A hot pixel takes no grey level from the others.
    @Test func aHotPixelScalesNothing() throws {
        let plain = stack()
        let hot = stack { $0.pixels[5] = 65535 }
        let (a, b) = (try BaSiC.fit(plain), try BaSiC.fit(hot))
        let frames = (try BaSiC.correctDeep(plain, with: a, keeping: [0])[0], try BaSiC.correctDeep(hot, with: b, keeping: [0])[0])
        #expect(Set(frames.1.pixels.filter { $0 > 0 }).count > 300 && frames.0.pixels.max() ?? 0 > 300)
        let scaled = try BaSiC.correct(hot, with: b, keeping: [0])[0]
        #expect(Set(scaled.pixels).count < 20)
    }
}

/// The same numbers in every run.
private struct SeededNumbers {
    private var state: UInt64 = 42

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
