extension CellProfiler {
    /// The perimeter of every object in pixels, as scikit-image's `perimeter(neighborhood=4)` estimates it of the object alone
    /// (Benkrid and Crookes, "Design and FPGA implementation of a perimeter estimator", 2000).
    ///
    /// Border pixels have a 4-neighbour outside the object, beyond the image's frame included. The border's length at each of them follows from which
    /// of its neighbours are border pixels of the same object: 1 where it goes straight on, √2 where it turns from corner to corner, the mean of
    /// both where it changes between the two. An object of one pixel, or one of only isolated pixels, has the perimeter 0.
    static func perimeters(of objects: MeasuredObjects) -> [Double] {
        let border = BorderPixels(objects)
        return (0..<objects.count).map { border.length(of: $0, label: objects.runs.labels[$0]) }
    }
}

/// The border pixels of all objects, in a plane with a frame of one pixel around, so that each pixel has eight neighbours.
private struct BorderPixels {
    private let stride: Int
    /// The object's label at its border pixels, 0 elsewhere.
    private let labels: [Int32]
    /// Border pixels as positions in `labels`; those of object `i` are `positions[offsets[i]..<offsets[i + 1]]`.
    private let positions: [Int]
    private let offsets: [Int]

    init(_ objects: CellProfiler.MeasuredObjects) {
        let (height, width) = (objects.image.height, objects.image.width)
        let stride = width + 2
        var labels = [Int32](repeating: 0, count: (height + 2) * stride)
        var positions: [Int] = []
        var offsets = [0]
        objects.image.pixels.withUnsafeBufferPointer { image in
            for object in 0..<objects.count {
                let label = objects.runs.labels[object]
                for run in objects.runs[object] {
                    let (y, start, end) = (Int(run.y), Int(run.start), Int(run.end))
                    let isFrame = y == 0 || y == height - 1
                    let row = y * width
                    for x in start..<end {
                        // A run ends where the object does; above and below have to be looked at.
                        let isInner =
                            x > start && x < end - 1 && !isFrame && image[row - width + x] == label && image[row + width + x] == label
                        guard !isInner else { continue }
                        let position = (y + 1) * stride + x + 1
                        labels[position] = label
                        positions.append(position)
                    }
                }
                offsets.append(positions.count)
            }
        }
        (self.stride, self.labels, self.positions, self.offsets) = (stride, labels, positions, offsets)
    }

    func length(of object: Int, label: Int32) -> Double {
        // Counted first: the sum then does not depend on the order of the pixels.
        var (straight, diagonal, mixed) = (0, 0, 0)
        labels.withUnsafeBufferPointer { labels in
            func own(_ position: Int) -> Int { labels[position] == label ? 1 : 0 }
            for position in positions[offsets[object]..<offsets[object + 1]] {
                let (above, below) = (position - stride, position + stride)
                let sides = own(above) + own(below) + own(position - 1) + own(position + 1)
                let corners = own(above - 1) + own(above + 1) + own(below - 1) + own(below + 1)
                switch (sides, corners) {
                case (2...3, 0...2): straight += 1
                case (0, 2), (1, 3): diagonal += 1
                case (1, 1...2): mixed += 1
                default: break
                }
            }
        }
        let root = 2.0.squareRoot()
        return Double(straight) + Double(diagonal) * root + Double(mixed) * (1 + root) / 2
    }
}
