package import IDRPlan

extension BaSiC {
    /// Takes the estimated illumination out of a stack and scales the result to 8 bits, as the published pipeline does.
    ///
    /// `(I - darkfield) / flatfield - baseline`, negatives to 0, divided by the maximum of the whole stack, times 255, fraction dropped.
    /// Somewhat less than half of the pixels become 0: the baseline sits at the median of the background.
    /// Corrected values that are not finite (where the flatfield is 0) do not count for the maximum.
    /// A degenerate fit (``Status/degenerate(_:)``) returns the frames as they are; only a stack that does not fit into 8 bits is
    /// divided by its maximum, times 255.
    /// - Parameters:
    ///   - frames: the frames that `fit` was estimated from, `[y, x]`.
    ///   - kept: indices of the frames to return; nil for all. The scale is that of the whole stack in any case.
    /// - Returns: one plane for each kept frame, in the order of `kept`.
    /// - Throws: ``IDRError`` where the frames are not as many or not as large as those of the fit, or `kept` names another one.
    package static func correct<Pixel: Intensity>(
        _ frames: [Plane<Pixel>], with fit: Fit, keeping kept: [Int]? = nil
    ) throws(IDRError) -> [Plane<UInt8>] {
        let kept = kept ?? Array(frames.indices)
        try check(frames, fit: fit, kept: kept)
        guard fit.status.isUsable else { return unchanged(frames, keeping: kept) }
        var maximum = 0.0
        for frame in frames.indices {
            forEachCorrectedRow(frames[frame], frame: frame, fit: fit) { _, row in raise(&maximum, by: row, count: fit.flatfield.width) }
        }
        return kept.map { frame in
            var plane = Plane<UInt8>(height: fit.flatfield.height, width: fit.flatfield.width, repeating: 0)
            plane.pixels.withUnsafeMutableBufferPointer { pixels in
                guard let target = pixels.baseAddress else { return }
                forEachCorrectedRow(frames[frame], frame: frame, fit: fit) { y, row in
                    store(row, count: fit.flatfield.width, maximum: maximum, into: target + y * fit.flatfield.width)
                }
            }
            return plane
        }
    }

    /// The corrected frames before negatives are cut off and before scaling, in the unit of the pixels.
    ///
    /// - Throws: as ``correct(_:with:keeping:)``.
    package static func correctedIntensities<Pixel: Intensity>(
        _ frames: [Plane<Pixel>], with fit: Fit, keeping kept: [Int]? = nil
    ) throws(IDRError) -> [Plane<Double>] {
        let kept = kept ?? Array(frames.indices)
        try check(frames, fit: fit, kept: kept)
        return kept.map { frame in
            var plane = Plane<Double>(height: fit.flatfield.height, width: fit.flatfield.width, repeating: 0)
            plane.pixels.withUnsafeMutableBufferPointer { pixels in
                guard let target = pixels.baseAddress else { return }
                forEachCorrectedRow(frames[frame], frame: frame, fit: fit) { y, row in
                    (target + y * fit.flatfield.width).update(from: row, count: fit.flatfield.width)
                }
            }
            return plane
        }
    }

    /// Calls `body` with the index and the corrected values of each row. `body` may overwrite the values.
    private static func forEachCorrectedRow<Pixel: Intensity>(
        _ plane: Plane<Pixel>, frame: Int, fit: Fit, _ body: (Int, UnsafeMutablePointer<Double>) -> Void
    ) {
        let (width, baseline) = (plane.width, fit.baseline[frame])
        fit.flatfield.pixels.withUnsafeBufferPointer { flatfield in
            fit.darkfield.pixels.withUnsafeBufferPointer { darkfield in
                guard let flatfield = flatfield.baseAddress, let darkfield = darkfield.baseAddress else { return }
                plane.forEachWidenedRow { y, row in
                    let (flat, dark) = (flatfield + y * width, darkfield + y * width)
                    for x in 0..<width { row[x] = (row[x] - dark[x]) / flat[x] - baseline }
                    body(y, row)
                }
            }
        }
    }

    /// Raises `maximum` to the largest finite value of a row. Four running maxima, so that comparisons need not wait for each other.
    private static func raise(_ maximum: inout Double, by row: UnsafePointer<Double>, count: Int) {
        var largest = SIMD4<Double>(repeating: maximum)
        let limit = SIMD4<Double>(repeating: .greatestFiniteMagnitude)
        for x in stride(from: 0, to: count & ~3, by: 4) {
            let values = SIMD4(row[x], row[x &+ 1], row[x &+ 2], row[x &+ 3])
            largest.replace(with: values, where: (values .> largest) .& (values .<= limit))
        }
        maximum = largest.max()
        for x in count & ~3..<count where row[x] > maximum && row[x].isFinite { maximum = row[x] }
    }

    /// Writes a row as `values / maximum * 255`, or as they are where `maximum` is nil. NaN and negatives become 0; fractions are dropped.
    private static func store(
        _ values: UnsafeMutablePointer<Double>, count: Int, maximum: Double?, into target: UnsafeMutablePointer<UInt8>
    ) {
        if let maximum {
            for x in 0..<count { values[x] = values[x] / maximum * 255 }
        }
        for x in 0..<count {
            let positive = values[x] > 0 ? values[x] : 0
            target[x] = UInt8(truncatingIfNeeded: Int32(positive < 255 ? positive : 255))
        }
    }

    /// Frames of a degenerate stack: as they are where they are whole numbers up to 255, else scaled by the stack's maximum.
    private static func unchanged<Pixel: Intensity>(_ frames: [Plane<Pixel>], keeping kept: [Int]) -> [Plane<UInt8>] {
        if let bytes = frames as? [Plane<UInt8>] { return kept.map { bytes[$0] } }
        var maximum = 0.0
        var fits = true
        for frame in frames {
            frame.forEachWidenedRow { _, row in
                raise(&maximum, by: row, count: frame.width)
                for x in 0..<frame.width where row[x].isFinite { fits = fits && row[x] == row[x].rounded() && row[x] <= 255 }
            }
        }
        return kept.map { frame in
            var plane = Plane<UInt8>(height: frames[frame].height, width: frames[frame].width, repeating: 0)
            plane.pixels.withUnsafeMutableBufferPointer { pixels in
                guard let target = pixels.baseAddress else { return }
                frames[frame].forEachWidenedRow { y, row in
                    store(row, count: frames[frame].width, maximum: fits ? nil : maximum, into: target + y * frames[frame].width)
                }
            }
            return plane
        }
    }

    private static func check<Pixel>(_ frames: [Plane<Pixel>], fit: Fit, kept: [Int]) throws(IDRError) {
        guard frames.count == fit.baseline.count else {
            throw IDRError(
                .invalidInput, "\(frames.count) frames cannot be corrected with this illumination estimate",
                because: "it was made from \(fit.baseline.count) frames")
        }
        for frame in frames where frame.height != fit.flatfield.height || frame.width != fit.flatfield.width {
            throw IDRError(
                .invalidInput, "a frame of \(frame.height) x \(frame.width) cannot be corrected with this illumination estimate",
                because: "it was made for \(fit.flatfield.height) x \(fit.flatfield.width)")
        }
        for frame in kept where !frames.indices.contains(frame) {
            throw IDRError(.invalidPlan, "frame \(frame) is not in the stack", because: "its indices are 0..<\(frames.count)")
        }
    }
}
