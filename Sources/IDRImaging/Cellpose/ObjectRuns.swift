/// The objects of a label image as runs of pixels: one scan of the image, after which work on an object costs what the object's size costs.
struct ObjectRuns {
    /// Neighbouring pixels of one object in one row: columns `start..<end`.
    struct Run {
        let y: Int32
        let start: Int32
        let end: Int32

        var length: Int { Int(end - start) }
    }

    /// Numbers above zero that occur in the image, ascending; numbers below zero count as background.
    let labels: [Int32]
    /// The runs of object `i` (the one with `labels[i]`) are `runs[offsets[i]..<offsets[i + 1]]`, in raster order.
    private let offsets: [Int]
    private let runs: [Run]

    var count: Int { labels.count }

    subscript(index: Int) -> ArraySlice<Run> { runs[offsets[index]..<offsets[index + 1]] }

    func area(of index: Int) -> Int { self[index].reduce(0) { $0 + $1.length } }

    func box(of index: Int) -> ObjectBox { ObjectBox(self[index]) }

    init(_ image: LabelImage) {
        let found = Self.scan(image)
        let order = Self.orderByLabel(found.labels, pixelCount: image.pixels.count)
        var labels: [Int32] = []
        var offsets: [Int] = []
        for (position, index) in order.enumerated() where labels.last != found.labels[index] {
            labels.append(found.labels[index])
            offsets.append(position)
        }
        offsets.append(order.count)
        self.labels = labels
        self.offsets = offsets
        runs = order.map { found.runs[$0] }
    }

    private static func scan(_ image: LabelImage) -> (runs: [Run], labels: [Int32]) {
        var runs: [Run] = []
        var labels: [Int32] = []
        image.pixels.withUnsafeBufferPointer { pixels in
            for y in 0..<image.height {
                let row = y &* image.width
                var x = 0
                while x < image.width {
                    let label = pixels[row &+ x]
                    let start = x
                    x &+= 1
                    guard label > 0 else { continue }
                    while x < image.width && pixels[row &+ x] == label { x &+= 1 }
                    runs.append(Run(y: Int32(y), start: Int32(start), end: Int32(x)))
                    labels.append(label)
                }
            }
        }
        return (runs, labels)
    }

    /// Positions of `labels` such that the labels ascend and equal ones keep their order.
    private static func orderByLabel(_ labels: [Int32], pixelCount: Int) -> [Int] {
        let largest = Int(labels.max() ?? 0)
        // A table of all numbers is quick, but not where somebody's labels are far apart.
        guard largest <= 4 * pixelCount else {
            return labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
        }
        var next = [Int](repeating: 0, count: largest + 1)
        for label in labels { next[Int(label)] += 1 }
        var sum = 0
        for label in next.indices { (next[label], sum) = (sum, sum + next[label]) }
        var order = [Int](repeating: 0, count: labels.count)
        for (index, label) in labels.enumerated() {
            order[next[Int(label)]] = index
            next[Int(label)] += 1
        }
        return order
    }
}

/// The smallest rectangle around an object, `rows` by `columns`.
struct ObjectBox {
    let rows: Range<Int>
    let columns: Range<Int>

    var height: Int { rows.count }
    var width: Int { columns.count }

    init(_ runs: ArraySlice<ObjectRuns.Run>) {
        guard let first = runs.first, let last = runs.last else {
            (rows, columns) = (0..<0, 0..<0)
            return
        }
        var (left, right) = (first.start, first.end)
        for run in runs {
            left = min(left, run.start)
            right = max(right, run.end)
        }
        rows = Int(first.y)..<(Int(last.y) + 1)
        columns = Int(left)..<Int(right)
    }
}

extension Plane where Pixel == Int32 {
    mutating func paint(_ runs: ArraySlice<ObjectRuns.Run>, _ label: Int32) {
        let width = width
        pixels.withUnsafeMutableBufferPointer { pixels in
            for run in runs {
                let row = Int(run.y) * width
                pixels[(row + Int(run.start))..<(row + Int(run.end))].update(repeating: label)
            }
        }
    }
}
