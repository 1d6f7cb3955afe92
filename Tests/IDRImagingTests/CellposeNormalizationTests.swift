import IDRImaging
import TestSupport
import Testing

extension CellposeTests {
    @Test(arguments: ["constant", "dim", "one_hot_pixel", "typical"])
    func planesOf8BitEqualTheOriginal(name: String) async throws {
        let plane = try await CellposeFixture.plane("/normalize/\(name)_in", as: UInt8.self)
        let expected = try await CellposeFixture.plane("/normalize/\(name)_out_ch0", as: Float.self)
        let percentiles = try await CellposeFixture.attribute("\(name)_p1_p99", of: "/normalize", as: Double.self)
        #expect(Cellpose.normalized(plane) == expected)
        #expect(Cellpose.normalized(plane.map { UInt16($0) }) == expected)
        #expect(Cellpose.normalized(plane.map { Float($0) }) == expected)
        let range = Cellpose.intensityRange(of: plane)
        #expect([range.p1, range.p99] == percentiles)
    }

    @Test func planesOf16BitEqualTheOriginal() async throws {
        let plane = try await CellposeFixture.plane("/normalize/u16_in", as: UInt16.self)
        let expected = try await CellposeFixture.plane("/normalize/u16_out_ch0", as: Float.self)
        #expect(Cellpose.normalized(plane) == expected)
        #expect(Cellpose.normalized(plane.map { Float($0) }) == expected)
        let range = Cellpose.intensityRange(of: plane)
        #expect(abs(range.p1 - 2967.19) < 1e-9 && abs(range.p99 - 26868.67) < 1e-9)
    }

    @Test(arguments: [1, 2, 3, 7, 50, 51, 101, 1000])
    func percentilesOfFloatsAreThoseOfTheSortedValues(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let values = (0..<count).map { _ in Float.random(in: -1000...1000, using: &generator) }
        let sorted = values.sorted()
        func percentile(_ quantile: Double) -> Double {
            let position = Double(count - 1) * quantile
            let rank = Int(position)
            let next = min(rank + 1, count - 1)
            return Double(sorted[rank]) * (1 - position + Double(rank)) + Double(sorted[next]) * (position - Double(rank))
        }
        let range = Cellpose.intensityRange(of: Plane(height: 1, width: count, pixels: values))
        #expect(abs(range.p1 - percentile(0.01)) < 1e-3)
        #expect(abs(range.p99 - percentile(0.99)) < 1e-3)
    }

    @Test func valuesBeyondThePercentilesAreNotClipped() {
        let plane = Plane<UInt8>(height: 1, width: 201, pixels: Array(0...200))
        let normalized = Cellpose.normalized(plane)
        #expect(normalized.pixels[0] < 0 && normalized.pixels[200] > 1)
        #expect(normalized.pixels[2] == 0 && normalized.pixels[198] == 1)
    }

    @Test func planesWithoutContrastBecomeZero() {
        #expect(Cellpose.normalized(Plane<UInt16>(height: 3, width: 4, repeating: 900)).pixels.allSatisfy { $0 == 0 })
        #expect(Cellpose.normalized(Plane<Float>(height: 1, width: 2, pixels: [1, 1.0005])).pixels == [0, 0])
        #expect(Cellpose.normalized(Plane<UInt8>(height: 1, width: 1, repeating: 7)).pixels == [0])
    }

    @Test func aNaNMakesAPlaneZeroInfinitiesAndEmptyPlanesPass() {
        #expect(Cellpose.normalized(Plane<Float>(height: 1, width: 3, pixels: [0, .nan, 9])).pixels == [0, 0, 0])
        #expect(Cellpose.intensityRange(of: Plane<Float>(height: 1, width: 2, pixels: [-.nan, 1])).p1.isNaN)
        #expect(Cellpose.normalized(Plane<Float>(height: 1, width: 3, pixels: [0, 1, .infinity])).pixels.count == 3)
        #expect(Cellpose.normalized(Plane<Float>(height: 0, width: 5, pixels: [])).pixels.isEmpty)
        #expect(Cellpose.normalized(Plane<UInt8>(height: 0, width: 0, pixels: [])).pixels.isEmpty)
    }
}
