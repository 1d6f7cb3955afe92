/// The network's inputs as DeepProfiler (git 2fb3ed3, `profile`) makes them from one channel of an image:
/// a box around each centre, `crop_and_resize` in raw intensity with 0 outside the image, division by the maximum,
/// TensorFlow 1's bilinear resize, and stretching to [-1, 1]. Every operation is in single precision and in the original's order.
///
/// An image of several channels is profiled channel by channel; the features are put side by side.
package enum DeepProfilerCrops {
    /// Writes the inputs of all `centers` to `output`, shape `[n, inputSize, inputSize]`: the network's three colours are this one plane.
    ///
    /// - Parameters:
    ///   - image: one channel, `[y, x]`, raw intensities.
    ///   - mask: given where DeepProfiler's `mask_objects` is on; it has the image's size.
    ///   - output: exactly `centers.count * geometry.valuesPerCrop` values.
    /// - Returns: for each crop whether its values are NaN, as those of a constant crop are. The network then gives NaN features; the row is kept.
    package static func write(
        _ centers: [CropCenter], of image: Plane<Float>, geometry: CropGeometry, mask: ObjectMask? = nil, into output: inout MutableSpan<Float>
    ) -> [Bool] {
        precondition(output.count == centers.count * geometry.valuesPerCrop, "the buffer must hold [n, inputSize, inputSize] values")
        var cutter = CropCutter(geometry: geometry)
        var crop = [Float](repeating: 0, count: geometry.boxSize * geometry.boxSize)
        return output.withUnsafeMutableBufferPointer { output in
            crop.withUnsafeMutableBufferPointer { crop in
                centers.indices.map { index in
                    cutter.cut(centers[index], of: image, mask: mask, into: crop)
                    let place = index * geometry.valuesPerCrop..<(index + 1) * geometry.valuesPerCrop
                    return cutter.fit(UnsafeBufferPointer(crop), into: UnsafeMutableBufferPointer(rebasing: output[place]))
                }
            }
        }
    }

    /// One crop after the first normalisation, `[boxSize, boxSize]`: what DeepProfiler's cropping graph yields. NaN where the crop is all 0.
    package static func normalizedCrop(at center: CropCenter, of image: Plane<Float>, geometry: CropGeometry, mask: ObjectMask? = nil) -> Plane<Float>
    {
        var cutter = CropCutter(geometry: geometry)
        var crop = Plane<Float>(height: geometry.boxSize, width: geometry.boxSize, repeating: 0)
        crop.pixels.withUnsafeMutableBufferPointer { cutter.cut(center, of: image, mask: mask, into: $0) }
        return crop
    }

    /// The network's input from a normalised crop, one channel, `[inputSize, inputSize]`, values in [-1, 1] or all NaN.
    package static func networkInput(from crop: Plane<Float>, geometry: CropGeometry) -> Plane<Float> {
        precondition(crop.height == geometry.boxSize && crop.width == geometry.boxSize, "the crop has the box's size")
        var cutter = CropCutter(geometry: geometry)
        var input = Plane<Float>(height: geometry.inputSize, width: geometry.inputSize, repeating: 0)
        crop.pixels.withUnsafeBufferPointer { crop in
            input.pixels.withUnsafeMutableBufferPointer { _ = cutter.fit(crop, into: $0) }
        }
        return input
    }
}

/// The two steps with the scratch memory that all crops of an image share.
private struct CropCutter {
    private let geometry: CropGeometry
    private let stretch: BilinearTaps
    private var cropResampler: BilinearResampler
    private var inputResampler: BilinearResampler

    init(geometry: CropGeometry) {
        self.geometry = geometry
        stretch = BilinearTaps(stretching: geometry.boxSize, to: geometry.inputSize)
        cropResampler = BilinearResampler(width: geometry.boxSize)
        inputResampler = BilinearResampler(width: geometry.inputSize)
    }

    mutating func cut(_ center: CropCenter, of image: Plane<Float>, mask: ObjectMask?, into crop: UnsafeMutableBufferPointer<Float>) {
        precondition(mask.map { $0.height == image.height && $0.width == image.width } ?? true, "the mask has the image's size")
        let box = CropBox(around: center, geometry: geometry)
        let rows = BilinearTaps(box: box.y1, box.y2, source: image.height, count: geometry.boxSize)
        let columns = BilinearTaps(box: box.x1, box.x2, source: image.width, count: geometry.boxSize)
        image.pixels.withUnsafeBufferPointer { pixels in
            guard let pixels = pixels.baseAddress, let target = crop.baseAddress else { return crop.update(repeating: 0) }
            cropResampler.resample(pixels, width: image.width, rows: rows, columns: columns, into: target)
        }
        mask?.apply(to: crop, center: center, rows: rows, columns: columns, with: &cropResampler)
        CropNormalization.byMaximum(crop)
    }

    /// - Returns: whether a value is NaN.
    mutating func fit(_ crop: UnsafeBufferPointer<Float>, into input: UnsafeMutableBufferPointer<Float>) -> Bool {
        guard let source = crop.baseAddress, let target = input.baseAddress else { return false }
        inputResampler.resample(source, width: geometry.boxSize, rows: stretch, columns: stretch, into: target)
        return CropNormalization.toUnitRange(input)
    }
}
