package import IDRPlan

extension BaSiC {
    /// Takes the estimated illumination out of a stack and leaves the result in the unit of the pixels: nothing is scaled, so that neither a hot
    /// pixel nor debris decides how many grey levels are left to the nuclei.
    ///
    /// `(I - darkfield) / flatfield - baseline`, negatives and what is not a number to 0; infinite values (where the flatfield is 0) become the
    /// largest finite one of their frame. A degenerate fit (``Status/degenerate(_:)``) leaves the frames as they are, but for that.
    /// - Parameters:
    ///   - frames: the frames that `fit` was estimated from, `[y, x]`.
    ///   - kept: indices of the frames to return.
    /// - Returns: one plane for each kept frame, in the order of `kept`.
    /// - Throws: as ``correct(_:with:keeping:)``.
    package static func correctDeep<Pixel: Intensity>(
        _ frames: [Plane<Pixel>], with fit: Fit, keeping kept: [Int]
    ) throws(IDRError) -> [Plane<Float>] {
        guard fit.status.isUsable else {
            guard kept.allSatisfy(frames.indices.contains) else { throw IDRError(.invalidPlan, "a frame is not in the stack") }
            return kept.map { index in
                var plane = Plane<Float>(height: frames[index].height, width: frames[index].width, repeating: 0)
                frames[index].forEachWidenedRow { y, row in
                    for x in 0..<frames[index].width { plane.pixels[y * frames[index].width + x] = Float(row[x]) }
                }
                return bounded(plane)
            }
        }
        // One after another: in double precision a frame takes eight bytes a pixel.
        var planes: [Plane<Float>] = []
        for frame in kept {
            for plane in try correctedIntensities(frames, with: fit, keeping: [frame]) { planes.append(bounded(plane.map { Float($0) })) }
        }
        return planes
    }

    private static func bounded(_ plane: Plane<Float>) -> Plane<Float> {
        let largest = plane.pixels.reduce(Float(0)) { $1.isFinite && $1 > $0 ? $1 : $0 }
        return plane.map { $0 > 0 ? min($0, largest) : 0 }
    }
}
