public import IDRImaging

/// A plane as it stands in a figure: shrunk, with the values that its colours mean.
struct ImagePanel {
    let pixels: Plane<RGB>
    let contrast: Contrast

    /// - Parameters:
    ///   - map: nil for grey.
    ///   - side: neither side is longer, in pixels.
    /// nil where the plane is empty or no pixel is finite.
    init?<Pixel: BaSiC.Intensity>(_ plane: Plane<Pixel>, contrast: Contrast? = nil, map: ColourMap? = nil, side: Int) {
        guard var contrast = contrast ?? Contrast(of: [plane]), !plane.pixels.isEmpty else { return nil }
        if map != nil {
            // The ends of the colour bar, which moves equal ends apart.
            let bar = Scale(contrast.black...max(contrast.black, contrast.white), from: 0, to: 1)
            contrast = Contrast(black: bar.lower, white: bar.upper)
        }
        self.contrast = contrast
        let shrunk = WidePlane(plane).shrunk(to: side).plane
        pixels = shrunk.map { value in map?.colour(contrast.share(value)) ?? RGB(grey: contrast.byte(value)) }
    }

    /// The size at which an image fills a square of `side` pixels.
    static func size(height: Int, width: Int, side: Double) -> (height: Double, width: Double) {
        let longest = Double(max(height, width, 1))
        return (max(1, Double(height) / longest * side), max(1, Double(width) / longest * side))
    }
}

extension SVG {
    /// A line as long as a round number of the image's pixels, with that number, at the current place.
    /// - Parameters:
    ///   - pixels: the image's width.
    ///   - width: the same on the page.
    mutating func scaleBar(pixels: Int, width: Double) {
        let perPixel = width / Double(max(1, pixels))
        let powers = [1, 10, 100, 1000, 10000]
        let lengths = powers.flatMap { [$0, $0 * 2, $0 * 5] }
        guard let length = lengths.last(where: { Double($0) * perPixel <= max(perPixel, width / 4) }) else { return }
        let end = SVG.margin + Double(length) * perPixel
        line(SVG.margin, y + 8, end, y + 8, style: "median")
        text(length == 1 ? "1 pixel" : "\(length) pixels", x: end + 8, y: y + 12)
        y += 24
    }
}

/// A frame before and after its illumination correction, with the two fields that were estimated.
public enum IllumFigure {
    /// - Parameters:
    ///   - before: the frame as read, `[y, x]`.
    ///   - after: the corrected frame. It has a contrast of its own.
    ///   - flatfield: the multiplicative field, mean 1.
    ///   - darkfield: the additive field, in the unit of the pixels.
    ///   - status: how the estimate ended, where that is worth a sentence.
    public static func picture<Before: BaSiC.Intensity, After: BaSiC.Intensity, Field: BaSiC.Intensity>(
        title: String, before: Plane<Before>, after: Plane<After>, flatfield: Plane<Field>, darkfield: Plane<Field>, status: String? = nil
    ) -> Picture {
        let side = PNG.largestSide / 2
        let panels: [(name: String, panel: ImagePanel?, map: ColourMap?)] = [
            ("Before correction", ImagePanel(before, side: side), nil), ("After correction", ImagePanel(after, side: side), nil),
            ("Flatfield (factor)", ImagePanel(flatfield, map: .viridis, side: side), .viridis),
            ("Darkfield (unit of the pixels)", ImagePanel(darkfield, map: .viridis, side: side), .viridis),
        ]
        guard panels.contains(where: { $0.panel != nil }) else { return .nothing(title, because: "no pixel of the frame is finite") }
        var svg = SVG(title: title)
        let room = (SVG.width - 2 * SVG.margin) / 2
        let heights = panels.map { shown in
            shown.panel.map { ImagePanel.size(height: $0.pixels.height, width: $0.pixels.width, side: room - 76).height } ?? 60
        }
        for (index, shown) in panels.enumerated() {
            let x = SVG.margin + Double(index % 2) * room
            svg.panel(shown.name, shown.panel, map: shown.map, x: x, side: room - 76)
            if index % 2 == 1 { svg.y += max(heights[index - 1], heights[index]) + 40 }
        }
        var notes = ["\(before.width) x \(before.height) pixels."]
        for (name, shown) in zip(["Before", "After", "Flatfield", "Darkfield"], panels) {
            guard let contrast = shown.panel?.contrast else { continue }
            notes.append(
                shown.map == nil
                    ? "\(name): \(contrast)."
                    : "\(name): \(NumberText.short(contrast.black, digits: 4)) to \(NumberText.short(contrast.white, digits: 4)).")
        }
        notes.append(
            "Colours end at the percentiles \(NumberText.short(Contrast.percentiles.black)) and \(NumberText.short(Contrast.percentiles.white)) of each panel."
        )
        if let status { notes.append(status) }
        return svg.picture(notes: notes)
    }
}

extension SVG {
    fileprivate mutating func panel(_ name: String, _ panel: ImagePanel?, map: ColourMap?, x: Double, side: Double) {
        text(name, x: x, y: y + 12)
        guard let panel else { return text("nothing to show: no pixel is finite", x: x, y: y + 40, style: "quiet") }
        let size = ImagePanel.size(height: panel.pixels.height, width: panel.pixels.width, side: side)
        image(panel.pixels, x: x, y: y + 20, width: size.width, height: size.height)
        guard let map else { return }
        let scale = Scale(panel.contrast.black...panel.contrast.white, from: y + 20 + size.height, to: y + 20, spacing: 40)
        colourBar(map, scale, x: x + size.width + 8, name: "")
    }
}
