import Foundation
package import IDRImaging

/// The values that become black and white when a plane is shown.
package struct Contrast: Sendable, Hashable, CustomStringConvertible {
    /// Percentiles of the finite pixels at which black and white lie: robust against a few hot or dead pixels.
    package static let percentiles = (black: 0.2, white: 99.8)

    /// In the unit of the pixels; this and lower values are black.
    package var black: Double
    /// In the unit of the pixels; this and higher values are white.
    package var white: Double

    /// Values of pixels that are black and white.
    package init(black: Double, white: Double) {
        self.black = black
        self.white = white
    }

    /// That of the pixels of all `planes` together, from the percentiles of at most 200,000 of them. nil where no pixel is finite.
    package init?<Pixel: BaSiC.Intensity>(of planes: [Plane<Pixel>]) {
        var finite: [Double] = []
        for plane in planes {
            let chosen = Sampling.scattered(plane.pixels.count, most: max(1, 200_000 / planes.count))
            finite += WidePlane(Plane(height: chosen.isEmpty ? 0 : 1, width: chosen.count, pixels: chosen.map { plane.pixels[$0] })).values.filter(
                Scale.takes)
        }
        guard !finite.isEmpty else { return nil }
        finite.sort()
        black = Statistics.quantile(finite, Contrast.percentiles.black / 100)
        white = Statistics.quantile(finite, Contrast.percentiles.white / 100)
    }

    /// 0...1 for a value between black and white; a plane of one value is black. NaN stays NaN.
    func share(_ value: Double) -> Double {
        guard !value.isNaN else { return value }
        guard white > black else { return value > black ? 1 : 0 }
        return min(max((value - black) / (white - black), 0), 1)
    }

    /// 0...255; NaN is black.
    func byte(_ value: Double) -> UInt8 {
        let share = share(value)
        return share.isNaN ? 0 : UInt8((share * 255).rounded())
    }

    /// "black 12.5, white 230".
    package var description: String { "black \(NumberText.short(black, digits: 4)), white \(NumberText.short(white, digits: 4))" }
}

extension PNG {
    /// A plane as 8-bit grey, stretched and small enough for a page.
    /// - Parameters:
    ///   - plane: `[y, x]`, any unit. Pixels that are not finite do not count; where a whole block of them becomes one pixel, it is black.
    ///   - contrast: which values become black and white; nil takes the plane's own percentiles.
    ///   - side: neither side of the result is longer, in pixels. Blocks of pixels are averaged.
    /// - Returns: the pixels and the contrast, which belongs into the caption; nil where the plane is empty or no pixel is finite.
    package static func grey<Pixel: BaSiC.Intensity>(
        _ plane: Plane<Pixel>, contrast: Contrast? = nil, largestSide side: Int = largestSide
    ) -> (pixels: Plane<UInt8>, contrast: Contrast)? {
        guard let contrast = contrast ?? Contrast(of: [plane]), !plane.pixels.isEmpty else { return nil }
        return (WidePlane(plane).shrunk(to: side).plane.map(contrast.byte), contrast)
    }
}

/// A plane of doubles.
struct WidePlane {
    var plane: Plane<Double>
    var values: [Double] { plane.pixels }

    init<Pixel: BaSiC.Intensity>(_ source: Plane<Pixel>) {
        plane = Plane(height: source.height, width: source.width, repeating: 0)
        let count = source.pixels.count
        plane.pixels.withUnsafeMutableBufferPointer { target in
            source.pixels.withUnsafeBufferPointer { pixels in
                guard let from = pixels.baseAddress, let to = target.baseAddress else { return }
                Pixel.widen(from, count: count, into: to)
            }
        }
    }

    /// How many pixels of a side are averaged so that neither side is longer than `side`.
    static func factor(height: Int, width: Int, side: Int) -> Int { max(1, (max(height, width) + max(1, side) - 1) / max(1, side)) }

    /// Means of square blocks of finite pixels, those at the right and lower border smaller; NaN where a block has none.
    func shrunk(to side: Int) -> WidePlane {
        let factor = WidePlane.factor(height: plane.height, width: plane.width, side: side)
        guard factor > 1 else { return self }
        let (height, width) = ((plane.height + factor - 1) / factor, (plane.width + factor - 1) / factor)
        var sums = [Double](repeating: 0, count: height * width)
        var counts = sums
        for y in 0..<plane.height {
            for x in 0..<plane.width {
                let value = plane.pixels[y * plane.width + x]
                guard Scale.takes(value) else { continue }
                let block = y / factor * width + x / factor
                sums[block] += value
                counts[block] += 1
            }
        }
        return WidePlane(Plane(height: height, width: width, pixels: zip(sums, counts).map { $0 / $1 }))
    }
}
