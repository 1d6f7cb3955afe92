/// Finds outer borders by the border following of Suzuki and Abe, "Topological structural analysis of digitized binary images by border following"
/// (1985), in OpenCV's variant for outer borders alone.
struct BorderTracer {
    private enum Mark {
        static let background: Int8 = 0
        static let object: Int8 = 1
        /// On a border that was followed.
        static let border: Int8 = 2
        /// On such a border, with background to the right: to the right of it one is outside.
        static let rightBorder: Int8 = -2
    }

    /// The object's box with one pixel of background around it.
    private var cells: [Int8] = []
    private var stride = 0
    private var current: [Cellpose.OutlinePoint] = []
    private var longest: [Cellpose.OutlinePoint] = []

    /// The longest outer border of the pieces of an object; of equal ones the one whose first pixel is last in raster order.
    mutating func longestOuterBorder(_ runs: ArraySlice<ObjectRuns.Run>, _ box: ObjectBox) -> [Cellpose.OutlinePoint] {
        draw(runs, box)
        longest.removeAll(keepingCapacity: true)
        for row in 1...max(1, box.height) {
            var previous = Mark.background
            var isInside = false
            for cell in (row * stride + 1)..<(row * stride + 1 + box.width) {
                // A piece that lies in a hole of another one has no outer border of its own.
                if cells[cell] == Mark.object && previous == Mark.background && !isInside {
                    follow(from: cell, box)
                    if current.count >= longest.count { swap(&current, &longest) }
                }
                previous = cells[cell]
                if previous == Mark.border || previous == Mark.rightBorder { isInside = previous == Mark.border }
            }
        }
        return longest
    }

    private mutating func draw(_ runs: ArraySlice<ObjectRuns.Run>, _ box: ObjectBox) {
        stride = box.width + 2
        let size = stride * (box.height + 2)
        if cells.count < size { cells = Array(repeating: 0, count: size) }
        let stride = stride
        cells.withUnsafeMutableBufferPointer { cells in
            cells[..<size].update(repeating: Mark.background)
            for run in runs {
                let start = (Int(run.y) - box.rows.lowerBound + 1) * stride + Int(run.start) - box.columns.lowerBound + 1
                cells[start..<(start + run.length)].update(repeating: Mark.object)
            }
        }
    }

    /// Follows the border that begins at `first`, marks it and leaves its points in `current`.
    ///
    /// Directions are numbered 0...7 counter-clockwise from the right, so that upwards is 2.
    private mutating func follow(from first: Int, _ box: ObjectBox) {
        let steps = [1, 1 - stride, -stride, -1 - stride, -1, stride - 1, stride, stride + 1]
        current.removeAll(keepingCapacity: true)
        // The pixel before `first` on the border: the first one clockwise from the left, where there is background.
        guard let arrival = [3, 2, 1, 0, 7, 6, 5].first(where: { cells[first + steps[$0]] != Mark.background }) else {
            cells[first] = Mark.rightBorder
            current.append(point(first, box))
            return
        }
        let last = first + steps[arrival]
        var cell = first
        var from = arrival
        while true {
            var direction = (from + 1) & 7
            var passesRight = false
            while cells[cell + steps[direction]] == Mark.background {
                passesRight = passesRight || direction == 0
                direction = (direction + 1) & 7
            }
            if passesRight {
                cells[cell] = Mark.rightBorder
            } else if cells[cell] == Mark.object {
                cells[cell] = Mark.border
            }
            current.append(point(cell, box))
            let next = cell + steps[direction]
            if next == first && cell == last { return }
            cell = next
            from = direction ^ 4
        }
    }

    private func point(_ cell: Int, _ box: ObjectBox) -> Cellpose.OutlinePoint {
        let (y, x) = cell.quotientAndRemainder(dividingBy: stride)
        return Cellpose.OutlinePoint(x: Int32(x - 1 + box.columns.lowerBound), y: Int32(y - 1 + box.rows.lowerBound))
    }
}
