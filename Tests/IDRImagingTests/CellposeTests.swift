import IDRImaging
import TestSupport
import Testing

/// The kernels of Cellpose against the original's outputs, and where there are none, against their definition.
@Suite struct CellposeTests {

    func largestDifference(_ left: [Float], _ right: [Float]) -> Float {
        guard left.count == right.count else { return .infinity }
        return zip(left, right).reduce(0) { largest, pair in
            let difference = abs(pair.0 - pair.1)
            return difference <= largest ? largest : difference
        }
    }

    /// A label image drawn with characters: digits are labels, everything else is background.
    func drawing(_ rows: String...) -> LabelImage {
        LabelImage(height: rows.count, width: rows.first?.count ?? 0, pixels: rows.flatMap { $0.map { Int32($0.wholeNumberValue ?? 0) } })
    }

    /// Objects of random ellipses that overlap each other, at the border too.
    func randomLabels(height: Int, width: Int, objects: Int, using generator: inout SeededGenerator) -> LabelImage {
        var labels = LabelImage(height: height, width: width, repeating: 0)
        for label in 0..<objects {
            let (cy, cx) = (Double.random(in: 0..<Double(height), using: &generator), Double.random(in: 0..<Double(width), using: &generator))
            let (ry, rx) = (Double.random(in: 0.5..<9, using: &generator), Double.random(in: 0.5..<9, using: &generator))
            for y in 0..<height {
                for x in 0..<width {
                    let (dy, dx) = ((Double(y) - cy) / ry, (Double(x) - cx) / rx)
                    if dy * dy + dx * dx <= 1 { labels[y, x] = Int32(label + 1) }
                }
            }
        }
        return labels
    }

    /// What a network would say of `labels`: five times their flows, and noise.
    func prediction(of labels: LabelImage, noise: Float, using generator: inout SeededGenerator) throws -> Cellpose.Prediction {
        let flows = Cellpose.flows(of: labels)
        func random() -> Float { Float.random(in: -noise...noise, using: &generator) }
        let flowY = flows.y.pixels.map { Float($0) * 5 + random() }
        let flowX = flows.x.pixels.map { Float($0) * 5 + random() }
        let (height, width) = (labels.height, labels.width)
        return try Cellpose.Prediction(
            flowY: Plane(height: height, width: width, pixels: flowY), flowX: Plane(height: height, width: width, pixels: flowX),
            cellProbability: labels.map { $0 > 0 ? 3 : -3 })
    }

    func drawing(repeating row: String, _ count: Int) -> LabelImage {
        LabelImage(height: count, width: row.count, pixels: (0..<count).flatMap { _ in row.map { Int32($0.wholeNumberValue ?? 0) } })
    }

    /// A prediction in which every pixel is sure to be a cell.
    func uniform(flowY: Plane<Float>, flowX: Plane<Float>) throws -> Cellpose.Prediction {
        try Cellpose.Prediction(flowY: flowY, flowX: flowX, cellProbability: flowY.map { _ in 1 })
    }
}
