import IDRImaging

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
