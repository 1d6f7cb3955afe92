extension Cellpose {
    /// Where the pixels of an image end when they follow the flows.
    package struct FlowDestinations: Sendable, Equatable {
        package let height: Int
        package let width: Int
        /// The pixels that move, `y * width + x`, ascending. All others stay where they are.
        package let pixels: [Int32]
        /// The final (y, x) of each of `pixels`, within 0...height - 1 and 0...width - 1.
        package let ends: [SIMD2<Float>]

        /// Final coordinates of every pixel of the image.
        package func planes() -> (y: Plane<Float>, x: Plane<Float>) {
            var y = Plane<Float>(height: height, width: width, repeating: 0)
            var x = y
            for row in 0..<height {
                for column in 0..<width {
                    y[row, column] = Float(row)
                    x[row, column] = Float(column)
                }
            }
            for (pixel, end) in zip(pixels, ends) {
                y.pixels[Int(pixel)] = end.x
                x.pixels[Int(pixel)] = end.y
            }
            return (y, x)
        }
    }

    /// Lets every pixel above the probability threshold follow the flows for `iterations` Euler steps of one fifth of the predicted flow.
    ///
    /// As in the original only pixels whose vertical step exceeds 0.001 pixel move. Flows that are not finite count as zero.
    /// - Parameters:
    ///   - iterations: see ``iterations(rescale:)``.
    ///   - interpolated: whether flows are interpolated between pixels (the main pass) or taken from the pixel below (the size model's pass).
    /// - Returns: nil where fewer than five pixels move: the image has no objects.
    package static func followFlows(
        _ prediction: Prediction, iterations: Int, interpolated: Bool = true, cellProbabilityThreshold: Float = 0
    ) -> FlowDestinations? {
        let steps = FlowSteps(prediction, cellProbabilityThreshold: cellProbabilityThreshold)
        guard steps.moving.count >= 5 else { return nil }
        var ends = steps.moving.map { SIMD2(Float(Int($0) / steps.width), Float(Int($0) % steps.width)) }
        ends.withUnsafeMutableBufferPointer { ends in
            steps.vectors.withUnsafeBytes { field in
                guard let ends = ends.baseAddress, let field = field.baseAddress else { return }
                let walker = FlowWalker(field: field, height: steps.height, width: steps.width, interpolated: interpolated)
                walker.walk(ends, count: steps.moving.count, iterations: iterations)
            }
        }
        return FlowDestinations(height: steps.height, width: steps.width, pixels: steps.moving, ends: ends)
    }
}

/// The displacement per step of every pixel, and which pixels move.
private struct FlowSteps {
    let height: Int
    let width: Int
    /// (y, x) per pixel, and one row and one value more: the neighbours of the last pixel are read with weight zero.
    let vectors: [SIMD2<Float>]
    let moving: [Int32]

    init(_ prediction: Cellpose.Prediction, cellProbabilityThreshold threshold: Float) {
        height = prediction.height
        width = prediction.width
        let count = height * width
        var vectors = [SIMD2<Float>](repeating: .zero, count: count + width + 1)
        moving = vectors.withUnsafeMutableBufferPointer { vectors in
            prediction.flowY.pixels.withUnsafeBufferPointer { flowY in
                prediction.flowX.pixels.withUnsafeBufferPointer { flowX in
                    prediction.cellProbability.pixels.withUnsafeBufferPointer { probability in
                        Array(unsafeUninitializedCapacity: count) { moving, movingCount in
                            for pixel in 0..<count where probability[pixel] > threshold {
                                let (y, x) = (flowY[pixel] / 5, flowX[pixel] / 5)
                                vectors[pixel] = SIMD2(y.isFinite ? y : 0, x.isFinite ? x : 0)
                                guard abs(vectors[pixel].x) > 1e-3 else { continue }
                                moving[movingCount] = Int32(truncatingIfNeeded: pixel)
                                movingCount &+= 1
                            }
                        }
                    }
                }
            }
        }
        self.vectors = vectors
    }
}
