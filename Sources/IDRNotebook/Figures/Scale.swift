import Foundation

/// From values to pixels along an axis, with round numbers to mark.
package struct Scale {
    /// The ends of the values; `lower < upper`, both finite.
    package let lower: Double
    package let upper: Double
    /// Where the ends are, in pixels.
    let start: Double
    let end: Double
    /// Multiples of 1, 2 or 5 times a power of ten, between the ends.
    package let ticks: [Double]
    private let step: Double

    /// Numbers of greater magnitude cannot be drawn beside others: their squares overflow.
    static let largest = 1e150

    /// Whether a value can be drawn.
    static func takes(_ value: Double) -> Bool { abs(value) <= largest }

    /// - Parameters:
    ///   - values: the ends of the values; equal ends are moved apart.
    ///   - start: where the lower end is, in pixels.
    ///   - end: where the upper end is, in pixels.
    ///   - spacing: pixels between ticks, at least.
    ///   - padding: whether values at the ends keep a distance from them.
    package init(_ values: ClosedRange<Double>, from start: Double, to end: Double, spacing: Double = 60, padding: Bool = false) {
        var lower = max(values.lowerBound, -Scale.largest)
        var upper = min(values.upperBound, Scale.largest)
        let magnitude = max(abs(lower), abs(upper))
        if !(upper - lower > magnitude * 1e-9) || upper - lower < 1e-250 {
            // All values are one as far as anybody can see.
            let apart = magnitude > 1e-240 ? magnitude * 0.5 : 1
            (lower, upper) = (lower - apart, upper + apart)
        }
        if padding {
            let apart = (upper - lower) * 0.04
            (lower, upper) = (lower - apart, upper + apart)
        }
        self.lower = lower
        self.upper = upper
        self.start = start
        self.end = end
        step = Scale.step(for: (upper - lower) / max(1, abs(end - start) / spacing))
        let (first, last, step) = ((lower / step).rounded(.up), (upper / step).rounded(.down), step)
        ticks = first <= last ? stride(from: first, through: last, by: 1).prefix(50).map { $0 * step } : []
    }

    package func place(_ value: Double) -> Double {
        start + (min(max(value, lower), upper) - lower) / (upper - lower) * (end - start)
    }

    /// The text of a tick: all of an axis have as many decimals as they need to differ.
    package func text(_ tick: Double) -> String {
        guard tick != 0 else { return "0" }
        let exponent = Int(floor(log10(step) + 1e-9))
        guard exponent >= -5, max(abs(lower), abs(upper)) < 1e6 else {
            let digits = Int(floor(log10(abs(tick)) + 1e-9)) - exponent + 1
            return NumberText.short(tick, digits: min(max(digits, 1), 12))
        }
        return NumberText.plain(tick, decimals: max(0, -exponent))
    }

    private static func step(for rough: Double) -> Double {
        let power = pow(10, floor(log10(rough)))
        let factor = [1.0, 2, 5].first { $0 * power >= rough * 0.999 } ?? 10
        return factor * power
    }
}

extension SVG {
    /// An axis of numbers below a chart, with grid lines up to `top`, and its name.
    mutating func horizontalAxis(_ scale: Scale, y: Double, top: Double, name: String) {
        for tick in scale.ticks {
            let x = scale.place(tick)
            line(x, top, x, y, style: "grid")
            line(x, y, x, y + 5, style: "axis")
            text(scale.text(tick), x: x, y: y + 18, anchor: .middle)
        }
        line(scale.start, y, scale.end, y, style: "axis")
        let shown = TextWidth.shortened(name, to: scale.end - scale.start, size: 12)
        text(shown, x: (scale.start + scale.end) / 2, y: y + 36, anchor: .middle)
    }

    /// An axis of numbers left of a chart, with grid lines as far as `right`, and its name.
    mutating func verticalAxis(_ scale: Scale, x: Double, right: Double, name: String) {
        for tick in scale.ticks {
            let y = scale.place(tick)
            line(x, y, right, y, style: "grid")
            line(x - 5, y, x, y, style: "axis")
            text(scale.text(tick), x: x - 8, y: y + 4, anchor: .end)
        }
        line(x, scale.start, x, scale.end, style: "axis")
        let shown = TextWidth.shortened(name, to: abs(scale.end - scale.start), size: 12)
        text(shown, x: x - 50, y: (scale.start + scale.end) / 2, anchor: .middle, angle: -90)
    }
}
