import Foundation
import IDRNotebook
import IDRPlan

/// Seconds over what is counted on an axis.
struct ScalingLine {
    let name: String
    let axis: String
    var points: [(x: Double, y: Double)] = []

    /// The straight line through the points with the least sum of squares.
    var fit: (start: Double, slope: Double) {
        let count = Double(points.count)
        let (x, y) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
        let spread = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        let slope = spread > 0 ? points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / spread : 0
        return (y - slope * x, slope)
    }

    /// How far the farthest point is from the line, as a share of the largest.
    var bend: Double {
        let largest = points.map(\.y).max() ?? 1
        return points.map { abs($0.y - fit.start - fit.slope * $0.x) }.max().map { $0 / largest } ?? 0
    }
}

/// Panels of measured points and the straight lines through them, lines with the same axis in one.
enum ScalingFigure {
    private static let (width, height, margin) = (300.0, 240.0, 60.0)
    private static let colours = ["#0072b2", "#d55e00"]

    static func write(_ lines: [ScalingLine], to path: String) throws {
        var panels: [[ScalingLine]] = []
        for line in lines {
            if panels.last?.first?.axis == line.axis { panels[panels.count - 1].append(line) } else { panels.append([line]) }
        }
        let whole = (width: Double(panels.count) * (width + margin) + 20, height: height + 90)
        let body = panels.enumerated().map { panel($0.element, left: margin + Double($0.offset) * (width + margin)) }.joined(separator: "\n")
        let text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(whole.width) \(whole.height)" font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="#fff"/>
            \(body)
            </svg>

            """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func panel(_ lines: [ScalingLine], left: Double) -> String {
        let points = lines.flatMap(\.points)
        let x = Scale(0...(points.map(\.x).max() ?? 1), from: left, to: left + width)
        let y = Scale(0...(points.map(\.y).max() ?? 1), from: 50 + height, to: 50, spacing: 40)
        var parts: [String] = []
        for tick in x.ticks {
            parts.append(stroke(x.place(tick), 50, x.place(tick), 50 + height, "#ddd"))
            parts.append(words(x.text(tick), x.place(tick), 66 + height, "middle"))
        }
        for tick in y.ticks {
            parts.append(stroke(left, y.place(tick), left + width, y.place(tick), "#ddd"))
            parts.append(words(y.text(tick), left - 6, y.place(tick) + 4, "end"))
        }
        parts.append(words(lines[0].axis, left + width / 2, 84 + height, "middle"))
        for (index, line) in lines.enumerated() {
            let (fit, colour) = (line.fit, colours[index % colours.count])
            let end = line.points.map(\.x).max() ?? 0
            parts.append(stroke(x.place(0), y.place(fit.start), x.place(end), y.place(fit.start + fit.slope * end), colour))
            parts += line.points.map { "<circle cx=\"\(number(x.place($0.x)))\" cy=\"\(number(y.place($0.y)))\" r=\"3.5\" fill=\"\(colour)\"/>" }
            let title = "\(line.name): \(Measurement.text(fit.start)) + \(Measurement.text(fit.slope)) x"
            parts.append("<g fill=\"\(colour)\">\(words(title, left, 22 + 16 * Double(index), "start"))</g>")
        }
        return parts.joined(separator: "\n")
    }

    private static func stroke(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String) -> String {
        "<path d=\"M\(number(x1)) \(number(y1))L\(number(x2)) \(number(y2))\" stroke=\"\(colour)\" fill=\"none\"/>"
    }

    private static func words(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(MarkupText.escaped(text))</text>"
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
