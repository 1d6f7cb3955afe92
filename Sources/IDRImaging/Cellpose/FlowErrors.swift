extension Cellpose {
    /// How far each object's predicted flows are from those its shape would have: the mean squared difference, y and x added.
    ///
    /// The predicted flows count also where the cell probability is low.
    /// - Parameter labels: of the prediction's size.
    /// - Returns: one number per label that occurs in `labels`, ascending (index `k - 1` for labels 1...n); NaN where a predicted flow is NaN.
    package static func flowErrors(of labels: LabelImage, _ prediction: Prediction) -> [Double] {
        precondition(labels.height == prediction.height && labels.width == prediction.width, "labels and prediction have one size")
        return flowErrors(of: ObjectRuns(labels), prediction)
    }

    /// `labels` without the objects whose flow error is above `threshold`. Numbers are kept.
    package static func removingBadFlows(_ labels: LabelImage, _ prediction: Prediction, threshold: Double) -> LabelImage {
        precondition(labels.height == prediction.height && labels.width == prediction.width, "labels and prediction have one size")
        let objects = ObjectRuns(labels)
        var kept = labels
        for (object, error) in flowErrors(of: objects, prediction).enumerated() where error > threshold {
            kept.paint(objects[object], 0)
        }
        return kept
    }

    private static func flowErrors(of objects: ObjectRuns, _ prediction: Prediction) -> [Double] {
        var heat = HeatField()
        return prediction.flowY.pixels.withUnsafeBufferPointer { predictedY in
            prediction.flowX.pixels.withUnsafeBufferPointer { predictedX in
                (0..<objects.count).map { object in
                    heat.solve(objects[object])
                    var (sumY, sumX, count) = (0.0, 0.0, 0.0)
                    heat.forEachFlow(objects[object]) { row, column, flowY, flowX in
                        let pixel = row &* prediction.width &+ column
                        let y = flowY - Double(predictedY[pixel] / 5)
                        let x = flowX - Double(predictedX[pixel] / 5)
                        sumY += y * y
                        sumX += x * x
                        count += 1
                    }
                    return sumY / count + sumX / count
                }
            }
        }
    }
}
