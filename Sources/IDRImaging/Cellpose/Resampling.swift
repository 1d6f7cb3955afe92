extension Cellpose {
    /// `plane` on a grid of `height` by `width` pixels, linearly interpolated at pixel centres, edges repeated.
    ///
    /// Follows OpenCV's `INTER_LINEAR` for single precision: no smoothing where the image shrinks, rows are interpolated after columns.
    package static func resizedLinear(_ plane: Plane<Float>, height: Int, width: Int) -> Plane<Float> {
        if height == plane.height && width == plane.width { return plane }
        var resized = Plane<Float>(height: height, width: width, repeating: 0)
        guard !plane.pixels.isEmpty, height > 0, width > 0 else { return resized }
        let columns = LinearTaps.columns(from: plane.width, to: width)
        let rows = LinearTaps(from: plane.height, to: height)
        var upper = StretchedRow(width: width)
        var lower = StretchedRow(width: width)
        plane.pixels.withUnsafeBufferPointer { source in
            resized.pixels.withUnsafeMutableBufferPointer { target in
                for y in 0..<height {
                    let first = min(max(rows.first[y], 0), plane.height - 1)
                    let second = min(max(rows.first[y] + 1, 0), plane.height - 1)
                    if lower.row == first { swap(&upper, &lower) }
                    upper.fill(row: first, of: source, sourceWidth: plane.width, columns)
                    lower.fill(row: second, of: source, sourceWidth: plane.width, columns)
                    blend(upper.pixels, lower.pixels, weight: rows.weight[y], into: UnsafeMutableBufferPointer(rebasing: target[(y * width)...]))
                }
            }
        }
        return resized
    }

    /// `labels` on a grid of `height` by `width` pixels: each new pixel takes the label at its upper left corner, as OpenCV's `INTER_NEAREST`.
    package static func resizedNearest(_ labels: LabelImage, height: Int, width: Int) -> LabelImage {
        if height == labels.height && width == labels.width { return labels }
        var resized = LabelImage(height: height, width: width, repeating: 0)
        guard !labels.pixels.isEmpty, height > 0, width > 0 else { return resized }
        let columns = nearest(from: labels.width, to: width)
        let rows = nearest(from: labels.height, to: height)
        resized.pixels.withUnsafeMutableBufferPointer { target in
            labels.pixels.withUnsafeBufferPointer { source in
                for y in 0..<height {
                    for x in 0..<width { target[y &* width &+ x] = source[rows[y] &* labels.width &+ columns[x]] }
                }
            }
        }
        return resized
    }

    private static func nearest(from source: Int, to target: Int) -> [Int] {
        let scale = 1 / (Double(target) / Double(source))
        return (0..<target).map { min(Int(Double($0) * scale), source - 1) }
    }

    private static func blend(_ upper: [Float], _ lower: [Float], weight: Float, into target: UnsafeMutableBufferPointer<Float>) {
        let rest = 1 - weight
        upper.withUnsafeBufferPointer { upper in
            lower.withUnsafeBufferPointer { lower in
                for x in 0..<upper.count { target[x] = upper[x] * rest + lower[x] * weight }
            }
        }
    }
}

/// For every target position the first of its two source positions and the weight of the second.
private struct LinearTaps {
    var first: [Int] = []
    var weight: [Float] = []

    init(from source: Int, to target: Int) {
        let scale = 1 / (Double(target) / Double(source))
        for position in 0..<target {
            let center = Float((Double(position) + 0.5) * scale - 0.5)
            let floor = center.rounded(.down)
            first.append(Int(floor))
            weight.append(center - floor)
        }
    }

    /// Taps whose first and second position both lie inside the source.
    static func columns(from source: Int, to target: Int) -> LinearTaps {
        var taps = LinearTaps(from: source, to: target)
        for index in taps.first.indices where taps.first[index] < 0 || taps.first[index] >= source - 1 {
            taps.weight[index] = taps.first[index] < 0 ? 0 : 1
            taps.first[index] = min(max(taps.first[index], 0), max(source - 2, 0))
        }
        if source == 1 { taps.weight = taps.weight.map { _ in 0 } }
        return taps
    }
}

/// One source row at the target's width.
private struct StretchedRow {
    private(set) var row = -1
    private(set) var pixels: [Float]

    init(width: Int) { pixels = Array(repeating: 0, count: width) }

    mutating func fill(row: Int, of source: UnsafeBufferPointer<Float>, sourceWidth: Int, _ columns: LinearTaps) {
        guard row != self.row else { return }
        self.row = row
        let line = UnsafeBufferPointer(rebasing: source[(row * sourceWidth)..<((row + 1) * sourceWidth)])
        let next = sourceWidth > 1 ? 1 : 0
        pixels.withUnsafeMutableBufferPointer { pixels in
            columns.first.withUnsafeBufferPointer { first in
                columns.weight.withUnsafeBufferPointer { weight in
                    for x in 0..<pixels.count {
                        pixels[x] = line[first[x]] * (1 - weight[x]) + line[first[x] &+ next] * weight[x]
                    }
                }
            }
        }
    }
}
