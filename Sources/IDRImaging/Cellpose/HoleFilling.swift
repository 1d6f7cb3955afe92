extension Cellpose {
    /// `labels` without objects of fewer than `minimumArea` pixels, holes of the others filled, numbered 1...n in the old order.
    ///
    /// The area counts before filling. A hole is what cannot be reached from outside the object's box in steps to the four neighbours; it is filled
    /// even where another object lies in it, which then is gone, as in the original.
    package static func fillingHolesAndRemovingSmall(_ labels: LabelImage, minimumArea: Int = 15) -> LabelImage {
        let objects = ObjectRuns(labels)
        var filled = labels
        var holes = HoleFinder()
        var last: Int32 = 0
        filled.pixels.withUnsafeMutableBufferPointer { pixels in
            for object in 0..<objects.count {
                // The image is read again: an object that was filled before may have taken pixels of this one.
                let area = holes.read(pixels, width: labels.width, label: objects.labels[object], box: objects.box(of: object))
                guard area > 0 else { continue }
                if area < minimumArea {
                    holes.write(pixels, width: labels.width, label: 0, withHoles: false)
                } else {
                    last += 1
                    holes.write(pixels, width: labels.width, label: last, withHoles: true)
                }
            }
        }
        return filled
    }
}

/// One object's box, with a border of one pixel, in which holes are looked for.
private struct HoleFinder {
    private enum Cell {
        static let open: UInt8 = 0
        static let object: UInt8 = 1
        static let outside: UInt8 = 2
    }

    private var box = ObjectBox([])
    private var stride = 0
    private var cells: [UInt8] = []
    private var pending: [Int] = []
    private var hasGaps = false

    /// Copies the object out of the image and returns its area.
    mutating func read(_ pixels: UnsafeMutableBufferPointer<Int32>, width: Int, label: Int32, box: ObjectBox) -> Int {
        self.box = box
        stride = box.width + 2
        hasGaps = false
        let size = stride * (box.height + 2)
        if cells.count < size { cells = Array(repeating: 0, count: size) }
        var area = 0
        let stride = stride
        cells.withUnsafeMutableBufferPointer { cells in
            cells[..<size].update(repeating: Cell.open)
            for (row, y) in box.rows.enumerated() {
                var runs = 0
                var previous = false
                for (column, x) in box.columns.enumerated() {
                    let isObject = pixels[y &* width &+ x] == label
                    if isObject {
                        cells[(row &+ 1) &* stride &+ column &+ 1] = Cell.object
                        area &+= 1
                        if !previous { runs &+= 1 }
                    }
                    previous = isObject
                }
                hasGaps = hasGaps || runs > 1
            }
        }
        return area
    }

    /// Writes `label` to the object's pixels and, where wanted, to its holes.
    mutating func write(_ pixels: UnsafeMutableBufferPointer<Int32>, width: Int, label: Int32, withHoles: Bool) {
        // A hole has the object on its left and right, so rows of one run each have none.
        let fills = withHoles && hasGaps
        if fills { markOutside() }
        for (row, y) in box.rows.enumerated() {
            for (column, x) in box.columns.enumerated() {
                let cell = cells[(row + 1) * stride + column + 1]
                if cell == Cell.object || (fills && cell == Cell.open) { pixels[y * width + x] = label }
            }
        }
    }

    /// Floods the box from its border.
    private mutating func markOutside() {
        let size = stride * (box.height + 2)
        cells[0] = Cell.outside
        pending.append(0)
        while let cell = pending.popLast() {
            let column = cell % stride
            if column > 0 { visit(cell - 1) }
            if column < stride - 1 { visit(cell + 1) }
            if cell >= stride { visit(cell - stride) }
            if cell + stride < size { visit(cell + stride) }
        }
    }

    private mutating func visit(_ cell: Int) {
        guard cells[cell] == Cell.open else { return }
        cells[cell] = Cell.outside
        pending.append(cell)
    }
}
