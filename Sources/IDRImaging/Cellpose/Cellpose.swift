package import IDRPlan

/// The image-side arithmetic of Cellpose 2.1.0 for two-dimensional images on a CPU: everything before and after its network.
///
/// Reproduces Stringer, Wang, Michaelos and Pachitariu, "Cellpose: a generalist algorithm for cellular segmentation" (2021), as released in version
/// 2.1.0, with the defects of that release that change numbers. All functions are pure and run on the calling thread; the same input gives the same
/// bits on every run.
package enum Cellpose {
    /// What the network says of every pixel of an image, or of an image at the network's scale.
    package struct Prediction: Sendable, Equatable {
        /// Vertical flow towards the object's centre, five times a unit vector's component, `[y, x]`.
        package let flowY: Plane<Float>
        /// Horizontal flow, as `flowY`.
        package let flowX: Plane<Float>
        /// Logit of the probability that the pixel lies in an object.
        package let cellProbability: Plane<Float>

        package var height: Int { cellProbability.height }
        package var width: Int { cellProbability.width }

        /// - Throws: ``IDRError`` where the three planes differ in size.
        package init(flowY: Plane<Float>, flowX: Plane<Float>, cellProbability: Plane<Float>) throws(IDRError) {
            let sizes = [flowY, flowX, cellProbability].map { [$0.height, $0.width] }
            guard sizes[0] == sizes[1], sizes[1] == sizes[2] else {
                throw IDRError(
                    .invalidInput, "the flows and the cell probability differ in size",
                    because: "flow y is \(sizes[0]), flow x \(sizes[1]), cell probability \(sizes[2])",
                    fix: "give three planes of one prediction")
            }
            self.init(unchecked: flowY, flowX, cellProbability)
        }

        private init(unchecked flowY: Plane<Float>, _ flowX: Plane<Float>, _ cellProbability: Plane<Float>) {
            self.flowY = flowY
            self.flowX = flowX
            self.cellProbability = cellProbability
        }

        /// The prediction on another grid, each plane by ``Cellpose/resizedLinear(_:height:width:)``.
        package func resized(height: Int, width: Int) -> Prediction {
            Prediction(
                unchecked: resizedLinear(flowY, height: height, width: width), resizedLinear(flowX, height: height, width: width),
                resizedLinear(cellProbability, height: height, width: width))
        }
    }

    /// The side of an image that is scaled by `rescale` for the network: truncated, at least 1.
    package static func scaledSide(_ side: Int, rescale: Double) -> Int {
        bounded(Double(side) * rescale, 1...Int(Int32.max))
    }

    /// Steps of the flow dynamics for an image that was scaled by `rescale` (30 / diameter): 200 / rescale, truncated.
    package static func iterations(rescale: Double) -> Int {
        bounded(1 / rescale * 200, 0...Int(UInt32.max))
    }

    private static func bounded(_ value: Double, _ range: ClosedRange<Int>) -> Int {
        guard value > Double(range.lowerBound) else { return range.lowerBound }
        return value < Double(range.upperBound) ? Int(value) : range.upperBound
    }
}
