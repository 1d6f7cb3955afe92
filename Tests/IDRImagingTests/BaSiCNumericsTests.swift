import Foundation
import IDRImaging
import TestSupport
import Testing

/// The numerical parts: cosine transform, resize, spectrum.
@Suite struct BaSiCNumericsTests {
    private func randomPlane(_ seed: UInt64, height: Int = 128, width: Int = 128) -> Plane<Double> {
        var random = SeededGenerator(seed: seed)
        return Plane(height: height, width: width, pixels: (0..<height * width).map { _ in Double.random(in: -100...100, using: &random) })
    }

    @Test func cosineCoefficientsAreThoseOfTheDefinition() {
        let plane = randomPlane(1)
        let coefficients = CosineTransform().coefficients(of: plane)
        func basis(_ k: Int, _ i: Int) -> Double {
            (k == 0 ? (1.0 / 128).squareRoot() : (2.0 / 128).squareRoot()) * cos(Double((2 * i + 1) * k) * .pi / 256)
        }
        for (ky, kx) in [(0, 0), (0, 1), (1, 0), (2, 5), (64, 3), (63, 127), (127, 127), (96, 0), (17, 80)] {
            var sum = 0.0
            for y in 0..<128 { for x in 0..<128 { sum += plane[y, x] * basis(ky, y) * basis(kx, x) } }
            #expect(abs(sum - coefficients[ky, kx]) < 1e-9, "coefficient \(ky), \(kx)")
        }
    }

    @Test(arguments: [UInt64(2), 3])
    func transformKeepsTheNormAndIsUndone(_ seed: UInt64) {
        let plane = randomPlane(seed)
        let transform = CosineTransform()
        let energy = plane.pixels.reduce(0) { $0 + $1 * $1 }
        let transformed = transform.coefficients(of: plane).pixels.reduce(0) { $0 + $1 * $1 }
        #expect(abs(transformed / energy - 1) < 1e-12)
        #expect(transform.smoothed(plane, threshold: 0).distance(to: plane) < 1e-10)
    }

    @Test func smoothingShrinksEveryCoefficient() {
        let plane = randomPlane(4)
        let transform = CosineTransform()
        let before = transform.coefficients(of: plane)
        let after = transform.coefficients(of: transform.smoothed(plane, threshold: 30))
        let expected = before.map { $0 > 30 ? $0 - 30 : $0 < -30 ? $0 + 30 : 0 }
        #expect(after.distance(to: expected) < 1e-9)
        #expect(after.pixels.contains { abs($0) > 1 } && before.pixels.contains { abs($0) < 30 })
        #expect(transform.smoothed(plane, threshold: 1e9).largestMagnitude == 0)
    }

    @Test func constantPlanesStayExactlyConstant() {
        let resized = BaSiC.resize(Plane<UInt8>(height: 301, width: 77, repeating: 93), height: 128, width: 128)
        #expect(resized.pixels.allSatisfy { $0 == 93 })
    }

    @Test func resizeKeepsTheRangeAndSymmetries() {
        let plane = randomPlane(5, height: 200, width: 131)
        let resized = BaSiC.resize(plane, height: 128, width: 128)
        let (low, high) = (plane.pixels.min() ?? 0, plane.pixels.max() ?? 0)
        #expect(resized.pixels.allSatisfy { low <= $0 && $0 <= high })

        var mirrored = plane
        for y in 0..<200 { for x in 0..<131 { mirrored[y, x] = plane[199 - y, 130 - x] } }
        let back = BaSiC.resize(mirrored, height: 128, width: 128)
        for y in 0..<128 {
            for x in 0..<128 where abs(back[y, x] - resized[127 - y, 127 - x]) > 1e-10 { Issue.record("not symmetric at \(y), \(x)") }
        }

        let transposed = Plane(height: 131, width: 200, pixels: (0..<131).flatMap { x in (0..<200).map { plane[$0, x] } })
        let turned = BaSiC.resize(transposed, height: 128, width: 128)
        for y in 0..<128 { for x in 0..<128 where abs(turned[x, y] - resized[y, x]) > 1e-10 { Issue.record("axes differ at \(y), \(x)") } }
    }

    @Test(arguments: [(1, 1, 128, 128), (1, 300, 128, 1), (1000, 2, 1, 128), (3, 5, 2, 7), (128, 64, 128, 128)])
    func extremeSizesWork(_ height: Int, _ width: Int, _ newHeight: Int, _ newWidth: Int) {
        let plane = randomPlane(6, height: height, width: width)
        let resized = BaSiC.resize(plane, height: newHeight, width: newWidth)
        #expect(resized.height == newHeight && resized.width == newWidth)
        let (low, high) = (plane.pixels.min() ?? 0, plane.pixels.max() ?? 0)
        #expect(resized.pixels.allSatisfy { low <= $0 && $0 <= high })
    }

    @Test func enlargingALinearRampKeepsItLinearInside() {
        let ramp = Plane(height: 4, width: 4, pixels: (0..<16).map { Double($0 % 4) })
        let wide = BaSiC.resize(ramp, height: 4, width: 8)
        #expect(zip(wide.pixels.prefix(8), [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]).allSatisfy { abs($0 - $1) < 1e-15 })
    }

    @Test func largestSingularValueOfKnownStacks() {
        // Rank one: the product of the norms.
        let plane = randomPlane(7)
        let scaled = [1.0, 2, 0.5].map { factor in plane.map { $0 * factor } }
        let norm = plane.pixels.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let one = StackSpectrum(scaled)
        #expect(abs(one.largestSingularValue / (norm * 5.25.squareRoot()) - 1) < 1e-12)
        #expect(abs(one.norm / one.largestSingularValue - 1) < 1e-12)
        // Two frames: the larger root of the characteristic polynomial of their 2 x 2 Gram matrix.
        let other = randomPlane(8).map { $0 + 20 }
        let (a, b) = (plane.pixels.reduce(0) { $0 + $1 * $1 }, other.pixels.reduce(0) { $0 + $1 * $1 })
        let c = zip(plane.pixels, other.pixels).reduce(0) { $0 + $1.0 * $1.1 }
        let root = ((a + b) / 2 + (((a - b) / 2) * ((a - b) / 2) + c * c).squareRoot()).squareRoot()
        let two = StackSpectrum([plane, other])
        #expect(abs(two.largestSingularValue / root - 1) < 1e-10)
        #expect(two.minimum == min(plane.pixels.min() ?? 0, other.pixels.min() ?? 0))
    }

    @Test func sortingOrdersEachPixelAlone() {
        let stack = [randomPlane(9), randomPlane(10), randomPlane(11)]
        let sorted = BaSiC.sortedAlongFrames(stack)
        for index in 0..<128 * 128 {
            let values = stack.map { $0.pixels[index] }
            if values.sorted() != sorted.map({ $0.pixels[index] }) { Issue.record("pixel \(index) is not sorted") }
        }
    }
}
