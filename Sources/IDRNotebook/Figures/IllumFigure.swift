package import IDRImaging

/// A frame before and after its illumination correction, with the two fields that were estimated.
package enum IllumFigure {
    /// - Parameters:
    ///   - before: the frame as read, `[y, x]`.
    ///   - after: the corrected frame. It has a contrast of its own.
    ///   - flatfield: the multiplicative field, mean 1.
    ///   - darkfield: the additive field, in the unit of the pixels.
    ///   - status: how the estimate ended, where that is worth a sentence.
    package static func picture<Before: BaSiC.Intensity, After: BaSiC.Intensity, Field: BaSiC.Intensity>(
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
