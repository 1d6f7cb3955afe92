package import IDRImaging

/// Outlines of a label image's objects on the image that they were found in.
package enum OutlineFigure {
    /// The colour of outlines: seen on black, grey and white, and by the colour-blind.
    static let colour = RGB(0xFFB000)

    /// - Parameters:
    ///   - image: `[y, x]`, shown grey between robust percentiles.
    ///   - labels: of the same size; 0 is background, every other number an object.
    package static func picture<Pixel: BaSiC.Intensity, Label: FixedWidthInteger & Sendable>(
        title: String, image: Plane<Pixel>, labels: Plane<Label>
    ) -> Picture {
        guard image.height == labels.height, image.width == labels.width else {
            let sizes = "the image has \(image.width) x \(image.height) pixels, the label image \(labels.width) x \(labels.height)"
            return .nothing(title, because: sizes)
        }
        guard let panel = ImagePanel(image, side: PNG.largestSide) else {
            return .nothing(title, because: image.pixels.isEmpty ? "the image has no pixels" : "no pixel of the image is finite")
        }
        let factor = WidePlane.factor(height: image.height, width: image.width, side: PNG.largestSide)
        let drawn = outlined(panel.pixels, labels, factor: factor)
        var svg = SVG(title: title)
        let size = ImagePanel.size(height: drawn.height, width: drawn.width, side: SVG.width - 2 * SVG.margin)
        svg.image(drawn, x: SVG.margin, y: svg.y, width: size.width, height: size.height)
        svg.y += size.height + 6
        svg.scaleBar(pixels: image.width, width: size.width)
        let count = Set(labels.pixels).subtracting([0]).count
        let objects = count == 0 ? "No objects" : count == 1 ? "1 object" : "\(NumberText.count(count)) objects"
        return svg.picture(notes: ["\(objects) in \(image.width) x \(image.height) pixels. Grey: \(panel.contrast)."])
    }

    /// Draws where a pixel's right or lower neighbour belongs to something else; the image is enlarged first where it is small, so that outlines are thin.
    private static func outlined<Label: FixedWidthInteger & Sendable>(
        _ image: Plane<RGB>, _ labels: Plane<Label>, factor: Int
    ) -> Plane<RGB> {
        let enlarged = max(1, min(6, PNG.largestSide / max(image.height, image.width, 1)))
        let (height, width) = (image.height * enlarged, image.width * enlarged)
        var drawn = Plane(height: height, width: width, repeating: RGB(grey: 0))
        func label(_ y: Int, _ x: Int) -> Label {
            labels[min(y / enlarged * factor, labels.height - 1), min(x / enlarged * factor, labels.width - 1)]
        }
        for y in 0..<height {
            for x in 0..<width {
                let own = label(y, x)
                let isBorder = own != label(y, min(x + 1, width - 1)) || own != label(min(y + 1, height - 1), x)
                drawn[y, x] = isBorder ? colour : image[y / enlarged, x / enlarged]
            }
        }
        return drawn
    }
}
