extension Cellpose {
    /// The label image that the final positions of the pixels form: pixels that end in one place are one object.
    ///
    /// Equals the original's `get_masks`. Positions are counted per pixel; a place whose count is above 10 and the largest of its 5 x 5
    /// neighbourhood is a seed, grown five times over neighbours with a count above 2. Seeds are taken in raster order and overwrite each other.
    /// Objects of more than 40 % of the image are dropped.
    /// - Returns: labels 1...n in the order in which they first appear in the image.
    package static func labels(at destinations: FlowDestinations) -> LabelImage {
        let sinks = DestinationCounts(destinations).sinks()
        var labels = sinks
        labels.pixels.withUnsafeMutableBufferPointer { labels in
            sinks.pixels.withUnsafeBufferPointer { sinks in
                for (pixel, end) in zip(destinations.pixels, destinations.ends) {
                    labels[Int(pixel)] = sinks[Int(end.x) &* destinations.width &+ Int(end.y)]
                }
            }
        }
        renumberDroppingLarge(&labels)
        return labels
    }

    private static func renumberDroppingLarge(_ labels: inout LabelImage) {
        let pixelCount = labels.pixels.count
        labels.pixels.withUnsafeMutableBufferPointer { labels in
            var areas: [Int] = []
            for label in labels where label > 0 {
                while areas.count < Int(label) { areas.append(0) }
                areas[Int(label) - 1] &+= 1
            }
            let large = 0.4 * Double(pixelCount)
            var renumbered = areas.map { Double($0) > large ? Int32(0) : -1 }
            var last: Int32 = 0
            for index in labels.indices where labels[index] > 0 {
                let old = Int(labels[index]) - 1
                if renumbered[old] < 0 {
                    last += 1
                    renumbered[old] = last
                }
                labels[index] = renumbered[old]
            }
        }
    }
}

/// How many pixels end in each pixel, with a margin so that neighbourhoods need no bounds.
private struct DestinationCounts {
    /// Seeds grow by five pixels at most; the window of the maximum reaches two.
    private static let margin = 5
    private let height: Int
    private let width: Int
    private let stride: Int
    private var counts: [Int32]

    init(_ destinations: Cellpose.FlowDestinations) {
        height = destinations.height
        width = destinations.width
        stride = width + 2 * Self.margin
        counts = Array(repeating: 0, count: stride * (height + 2 * Self.margin))
        let (stride, width, origin) = (stride, width, Self.margin * stride + Self.margin)
        counts.withUnsafeMutableBufferPointer { counts in
            // Pixels that do not move, the background's among them, are counted where they stand.
            for y in 0..<destinations.height {
                for x in 0..<width { counts[origin &+ y &* stride &+ x] = 1 }
            }
            for (pixel, end) in zip(destinations.pixels, destinations.ends) {
                let (y, x) = Int(pixel).quotientAndRemainder(dividingBy: width)
                counts[origin &+ y &* stride &+ x] &-= 1
                counts[origin &+ Int(end.x) &* stride &+ Int(end.y)] &+= 1
            }
        }
    }

    /// Numbers each seed and its surroundings 1, 2, ... on the image's grid; 0 elsewhere.
    func sinks() -> LabelImage {
        var sinks = LabelImage(height: height, width: width, repeating: 0)
        var last: Int32 = 0
        counts.withUnsafeBufferPointer { counts in
            sinks.pixels.withUnsafeMutableBufferPointer { sinks in
                for y in 0..<height {
                    let row = (y + Self.margin) * stride + Self.margin
                    for x in 0..<width where counts[row &+ x] > 10 && isMaximum(counts, row &+ x) {
                        last += 1
                        for (dy, columns) in grown(counts, row + x).enumerated() {
                            for dx in 0..<Self.windowSide where columns >> UInt16(dx) & 1 == 1 {
                                sinks[(y + dy - Self.margin) * width + x + dx - Self.margin] = last
                            }
                        }
                    }
                }
            }
        }
        return sinks
    }

    private func isMaximum(_ counts: UnsafeBufferPointer<Int32>, _ center: Int) -> Bool {
        let count = counts[center]
        for dy in -2...2 {
            for dx in -2...2 where counts[center + dy * stride + dx] > count { return false }
        }
        return true
    }

    private static let windowSide = 2 * margin + 1

    /// The window around a seed, one bit per pixel and one number per row: the pixels that five dilations by 3 x 3 reach over counts above 2.
    private func grown(_ counts: UnsafeBufferPointer<Int32>, _ center: Int) -> [UInt16] {
        let side = Self.windowSide
        let first = center - Self.margin * (stride + 1)
        var allowed = [UInt16](repeating: 0, count: side)
        for y in 0..<side {
            for x in 0..<side where counts[first + y * stride + x] > 2 { allowed[y] |= 1 << UInt16(x) }
        }
        var reached = [UInt16](repeating: 0, count: side)
        reached[Self.margin] = 1 << UInt16(Self.margin)
        for _ in 0..<5 {
            let wide = reached.map { $0 | $0 << 1 | $0 >> 1 }
            for y in 0..<side {
                reached[y] = (wide[y] | (y > 0 ? wide[y - 1] : 0) | (y + 1 < side ? wide[y + 1] : 0)) & allowed[y]
            }
        }
        return reached
    }
}
