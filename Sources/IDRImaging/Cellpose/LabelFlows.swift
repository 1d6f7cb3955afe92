extension Cellpose {
    /// The unit flows that a perfect prediction for `labels` would have: in every object towards its centre, zero outside, `[y, x]`.
    ///
    /// Equals `masks_to_flows` of the original on a CPU. Heat spreads from the object's centre and the flow is the direction in which its logarithm
    /// rises. By the original's slip pixels whose upper left neighbour lies outside the object keep the heat itself in place of its logarithm.
    package static func flows(of labels: LabelImage) -> (y: Plane<Double>, x: Plane<Double>) {
        var y = Plane<Double>(height: labels.height, width: labels.width, repeating: 0)
        var x = y
        let objects = ObjectRuns(labels)
        var heat = HeatField()
        for object in 0..<objects.count {
            heat.solve(objects[object])
            y.pixels.withUnsafeMutableBufferPointer { y in
                x.pixels.withUnsafeMutableBufferPointer { x in
                    heat.forEachFlow(objects[object]) { row, column, flowY, flowX in
                        y[row &* labels.width &+ column] = flowY
                        x[row &* labels.width &+ column] = flowX
                    }
                }
            }
        }
        return (y, x)
    }
}
