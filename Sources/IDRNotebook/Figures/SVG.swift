import Foundation
import IDRImaging
import IDRPlan

/// A drawing that grows downwards: title, content, notes. Lengths are in pixels, `y` counts from the top.
struct SVG {
    static let width = 900.0
    static let margin = 16.0

    let title: String
    private var body: [String] = []
    /// Where the next content begins.
    var y: Double

    init(title: String) {
        self.title = title
        y = 44
        text(TextWidth.shortened(title, to: SVG.width - 2 * SVG.margin, size: 16), x: SVG.margin, y: 26, style: "title")
    }

    // MARK: Shapes

    mutating func add(_ markup: String) { body.append(markup) }

    enum Anchor: String { case start, middle, end }

    /// - Parameter angle: in degrees, clockwise, about (x, y).
    mutating func text(_ text: String, x: Double, y: Double, anchor: Anchor = .start, style: String? = nil, angle: Double = 0) {
        var attributes = " x=\"\(SVG.number(x))\" y=\"\(SVG.number(y))\""
        if anchor != .start { attributes += " text-anchor=\"\(anchor.rawValue)\"" }
        if let style { attributes += " class=\"\(style)\"" }
        if angle != 0 { attributes += " transform=\"rotate(\(SVG.number(angle)) \(SVG.number(x)) \(SVG.number(y)))\"" }
        add("<text\(attributes)>\(MarkupText.escaped(text))</text>")
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) {
        path("M\(SVG.number(x1)) \(SVG.number(y1))L\(SVG.number(x2)) \(SVG.number(y2))", style: style)
    }

    mutating func path(_ data: String, style: String) { add("<path class=\"\(style)\" d=\"\(data)\"/>") }

    /// - Parameters:
    ///   - paint: a style of the sheet, or a colour.
    ///   - tip: what a pointer over it shows.
    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, _ paint: Paint, tip: String? = nil) {
        let place = "x=\"\(SVG.number(x))\" y=\"\(SVG.number(y))\" width=\"\(SVG.number(max(0, width)))\" height=\"\(SVG.number(max(0, height)))\""
        add("<rect \(place) \(paint.attribute)" + (tip.map { "><title>\(MarkupText.escaped($0))</title></rect>" } ?? "/>"))
    }

    mutating func circle(x: Double, y: Double, radius: Double, style: String) {
        add("<circle class=\"\(style)\" cx=\"\(SVG.number(x))\" cy=\"\(SVG.number(y))\" r=\"\(SVG.number(radius))\"/>")
    }

    enum Paint {
        case style(String)
        case colour(RGB)

        var attribute: String {
            switch self {
            case .style(let name): "class=\"\(name)\""
            case .colour(let colour): "fill=\"\(colour.hex)\""
            }
        }
    }

    /// An image as an embedded PNG, as grey where it has no other colours. Where it cannot be written, its place says why.
    mutating func image(_ pixels: Plane<RGB>, x: Double, y: Double, width: Double, height: Double) {
        do throws(IDRError) {
            let isGrey = pixels.pixels.allSatisfy { $0.red == $0.green && $0.green == $0.blue }
            let bytes = isGrey ? try PNG.encode(pixels.map(\.red)) : try PNG.encode(pixels)
            let place = "x=\"\(SVG.number(x))\" y=\"\(SVG.number(y))\" width=\"\(SVG.number(width))\" height=\"\(SVG.number(height))\""
            add("<image \(place) preserveAspectRatio=\"none\" href=\"data:image/png;base64,\(Data(bytes).base64EncodedString())\"/>")
        } catch {
            text("no image: " + (error.reason ?? error.problem), x: x, y: y + 14, style: "quiet")
        }
    }

    // MARK: The whole

    /// - Parameters:
    ///   - notes: sentences of the caption, printed at the bottom. They are the alternative text too, after the title.
    ///   - details: sentences that only the alternative text has: what others see.
    consuming func picture(notes: [String], details: [String] = []) -> Picture {
        y += 4
        for line in TextWidth.lines(notes.joined(separator: " "), width: SVG.width - 2 * SVG.margin, size: 11.5) {
            text(line, x: SVG.margin, y: y + 12, style: "quiet")
            y += 16
        }
        let height = y + 10
        let isSentence = title.last.map { ".?!:".contains($0) } ?? true
        let said = ([isSentence ? title : title + "."] + details + notes).joined(separator: " ")
        let size =
            "viewBox=\"0 0 \(SVG.number(SVG.width)) \(SVG.number(height))\" width=\"\(SVG.number(SVG.width))\" height=\"\(SVG.number(height))\""
        let head = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"idr-figure\" role=\"img\" \(size)>"
        let words = "<title>\(MarkupText.escaped(title))</title>\n<desc>\(MarkupText.escaped(said))</desc>"
        let content = body.joined(separator: "\n")
        return Picture(alt: said, form: .svg("\(head)\n\(words)\n<style>\(StyleSheet.text)</style>\n\(content)\n</svg>\n"))
    }

    /// Coordinates, to a hundredth of a pixel.
    static func number(_ value: Double) -> String { NumberText.plain(value, decimals: 2) }
}
