import IDRImaging
import TestSupport
import Testing

extension CellposeTests {
    @Test(arguments: [("0.5", Float(1e-5)), ("0.83", 0), ("1.0", 0), ("1.37", 0)])
    func linearResizingEqualsOpenCVs(scale: String, tolerance: Float) async throws {
        let source = try await CellposeFixture.plane("/resize/in_ch0", as: Float.self)
        let expected = try await CellposeFixture.plane("/resize/linear_rsz_\(scale)", as: Float.self)
        let resized = Cellpose.resizedLinear(source, height: expected.height, width: expected.width)
        #expect(resized.height == expected.height && resized.width == expected.width)
        #expect(largestDifference(resized.pixels, expected.pixels) <= tolerance)
        let factor = try #require(Double(scale))
        #expect(Cellpose.scaledSide(source.height, rescale: factor) == expected.height)
        #expect(Cellpose.scaledSide(source.width, rescale: factor) == expected.width)
    }

    @Test(arguments: ["200x310", "90x131"])
    func nearestResizingOfLabelsEqualsOpenCVs(size: String) async throws {
        let expected = try await CellposeFixture.labels("/resize/nearest_\(size)")
        let source = try await CellposeFixture.labels("/resize/labels_in")
        #expect(Cellpose.resizedNearest(source, height: expected.height, width: expected.width) == expected)
    }

    @Test func linearResizingFollowsItsDefinition() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<40 {
            let (h, w) = (Int.random(in: 1...12, using: &generator), Int.random(in: 1...12, using: &generator))
            let (height, width) = (Int.random(in: 1...30, using: &generator), Int.random(in: 1...30, using: &generator))
            let source = Plane<Float>(height: h, width: w, pixels: (0..<(h * w)).map { _ in Float.random(in: 0...1, using: &generator) })
            let resized = Cellpose.resizedLinear(source, height: height, width: width)
            func taps(_ target: Int, _ count: Int, _ sourceCount: Int) -> (Int, Int, Double) {
                let center = min(max((Double(target) + 0.5) * Double(sourceCount) / Double(count) - 0.5, 0), Double(sourceCount - 1))
                return (Int(center), min(Int(center) + 1, sourceCount - 1), center - center.rounded(.down))
            }
            for y in 0..<height {
                for x in 0..<width {
                    let (y0, y1, fy) = taps(y, height, h)
                    let (x0, x1, fx) = taps(x, width, w)
                    let top = Double(source[y0, x0]) * (1 - fx) + Double(source[y0, x1]) * fx
                    let bottom = Double(source[y1, x0]) * (1 - fx) + Double(source[y1, x1]) * fx
                    #expect(abs(Double(resized[y, x]) - (top * (1 - fy) + bottom * fy)) < 1e-5)
                }
            }
        }
    }

    @Test func theSameSizeIsTheSamePlaneAndEmptyPlanesDoNotTrap() {
        let plane = Plane<Float>(height: 2, width: 3, pixels: [1, 2, 3, 4, 5, 6])
        #expect(Cellpose.resizedLinear(plane, height: 2, width: 3) == plane)
        #expect(Cellpose.resizedLinear(plane, height: 0, width: 3).pixels.isEmpty)
        #expect(Cellpose.resizedLinear(Plane(height: 0, width: 0, pixels: []), height: 2, width: 2).pixels == [0, 0, 0, 0])
        #expect(Cellpose.resizedNearest(LabelImage(height: 0, width: 3, pixels: []), height: 2, width: 2).pixels == [0, 0, 0, 0])
        #expect(Cellpose.resizedNearest(drawing("1"), height: 2, width: 2) == drawing("11", "11"))
    }

    @Test func scalesAndStepsStayInRangeForAnyDiameter() {
        #expect(Cellpose.scaledSide(1024, rescale: 0) == 1)
        #expect(Cellpose.scaledSide(1024, rescale: .nan) == 1)
        #expect(Cellpose.scaledSide(1024, rescale: .infinity) == Int(Int32.max))
        #expect(Cellpose.iterations(rescale: 1) == 200)
        #expect(Cellpose.iterations(rescale: 2.7) == 74)
        #expect(Cellpose.iterations(rescale: .nan) == 0)
        #expect(Cellpose.iterations(rescale: 0) == Int(UInt32.max))
    }
}
