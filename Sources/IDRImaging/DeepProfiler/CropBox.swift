/// Where an object's centre lies, in pixels of the image: x to the right, y down, (0, 0) in the middle of the first pixel.
package struct CropCenter: Sendable, Hashable, Codable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// The sizes that decide what DeepProfiler cuts out around an object and what its network is given.
package struct CropGeometry: Sendable, Hashable, Codable {
    /// Side of the square that is cut out around a centre, in pixels; at least 2. 128 in the published run.
    package var boxSize: Int
    /// Side of the network's input, in pixels; 224 for EfficientNet-B0.
    package var inputSize: Int
    /// The height that boxes are divided by. DeepProfiler takes it from its configuration and not from the image:
    /// a value other than the image's own height moves and stretches every crop.
    package var nominalHeight: Int
    /// The width that boxes are divided by; see ``nominalHeight``.
    package var nominalWidth: Int

    package init(boxSize: Int = 128, inputSize: Int = 224, nominalHeight: Int, nominalWidth: Int) {
        precondition(boxSize >= 2 && inputSize >= 1 && nominalHeight >= 1 && nominalWidth >= 1, "sizes are positive, the box at least 2 pixels")
        self.boxSize = boxSize
        self.inputSize = inputSize
        self.nominalHeight = nominalHeight
        self.nominalWidth = nominalWidth
    }

    /// Float values of one object's crop as the network takes it; its three colours are this one plane.
    package var valuesPerCrop: Int { inputSize * inputSize }
}

/// The square around an object, in fractions of the (nominal) image, as TensorFlow's `crop_and_resize` takes it.
///
/// Nothing is rounded or clipped: a box may lie partly or wholly outside the image.
package struct CropBox: Sendable, Hashable {
    package var y1: Float
    package var x1: Float
    package var y2: Float
    package var x2: Float

    /// The box of DeepProfiler's `get_cropping_regions`: corners in double precision, stored and divided in single precision.
    package init(around center: CropCenter, geometry: CropGeometry) {
        let half = Double(geometry.boxSize) / 2
        let height = Float(geometry.nominalHeight)
        let width = Float(geometry.nominalWidth)
        y1 = Float(center.y - half) / height
        x1 = Float(center.x - half) / width
        y2 = Float(center.y + half) / height
        x2 = Float(center.x + half) / width
    }
}
