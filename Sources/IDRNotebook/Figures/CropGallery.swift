package import IDRImaging

/// Crops of objects in a grid, their ids below them.
package enum CropGallery {
    /// Of more crops this many are shown, evenly chosen, and the caption says so.
    package static let mostCrops = 48

    /// - Parameters:
    ///   - crops: `[y, x]` of any size, usually 128 x 128. All have the same contrast, so that they can be compared.
    ///   - ids: one for each crop.
    package static func picture<Pixel: BaSiC.Intensity>(title: String, crops: [Plane<Pixel>], ids: [String]) -> Picture {
        guard crops.count == ids.count else { return .nothing(title, because: "there are \(crops.count) crops but \(ids.count) ids") }
        let shown = Sampling.even(crops.count, most: mostCrops)
        guard let contrast = Contrast(of: shown.map { crops[$0] }) else {
            return .nothing(title, because: crops.isEmpty ? "there are no crops" : "no pixel of the crops is finite")
        }
        var svg = SVG(title: title)
        let across = min(8, max(4, shown.count))
        let room = (SVG.width - 2 * SVG.margin) / Double(across)
        let side = min(room - 8, 160)
        for (place, crop) in shown.enumerated() {
            let (x, top) = (SVG.margin + Double(place % across) * room, svg.y + Double(place / across) * (side + 26))
            if let panel = ImagePanel(crops[crop], contrast: contrast, side: 256) {
                let size = ImagePanel.size(height: panel.pixels.height, width: panel.pixels.width, side: side)
                svg.image(panel.pixels, x: x, y: top, width: size.width, height: size.height)
            }
            svg.text(TextWidth.shortened(ids[crop], to: room - 10, size: 10), x: x, y: top + side + 13, style: "small")
        }
        svg.y += Double((shown.count + across - 1) / across) * (side + 26)
        var notes = ["All crops: \(contrast)."]
        if shown.count < crops.count { notes.insert("\(shown.count) of \(NumberText.count(crops.count)) crops, evenly chosen.", at: 0) }
        return svg.picture(notes: notes)
    }
}
