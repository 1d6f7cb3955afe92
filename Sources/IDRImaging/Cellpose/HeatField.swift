import Foundation

/// The heat that spreads from one object's centre through its pixels. The buffers are kept from object to object.
struct HeatField {
    /// A run of the object as a place in the padded box.
    private struct Segment {
        let start: Int
        let count: Int
    }

    /// The object's box with one pixel of zero around it. Between two steps `next` is zero outside the object, too.
    private var heat: [Double] = []
    private var next: [Double] = []
    private var segments: [Segment] = []
    private var stride = 0
    private var top = 0
    private var left = 0

    /// Spreads the heat through the object whose pixels are `runs` and takes its logarithm.
    mutating func solve(_ runs: ArraySlice<ObjectRuns.Run>) {
        let box = ObjectBox(runs)
        stride = box.width + 2
        top = box.rows.lowerBound - 1
        left = box.columns.lowerBound - 1
        segments = runs.map { Segment(start: (Int($0.y) - top) * stride + Int($0.start) - left, count: $0.length) }
        let size = stride * (box.height + 2)
        clear(&heat, size)
        clear(&next, size)
        let center = ObjectCenter(runs, box)
        let source = (center.y - top) * stride + center.x - left
        for _ in 0..<(2 * (box.height - 1 + box.width - 1)) {
            heat[source] += 1
            spread()
            swap(&heat, &next)
        }
        takeLogarithms()
    }

    private func clear(_ buffer: inout [Double], _ size: Int) {
        if buffer.count < size {
            buffer = Array(repeating: 0, count: size)
        } else {
            buffer.withUnsafeMutableBufferPointer { $0[..<size].update(repeating: 0) }
        }
    }

    /// Every pixel of the object takes the mean of its 3 x 3 neighbourhood.
    private mutating func spread() {
        let stride = stride
        heat.withUnsafeBufferPointer { heat in
            next.withUnsafeMutableBufferPointer { next in
                guard let heat = heat.baseAddress, let next = next.baseAddress else { return }
                for segment in segments { Self.average(heat + segment.start, next + segment.start, segment.count, stride) }
            }
        }
    }

    /// The order of the sum is the original's: where the true gradient vanishes, rounding decides the direction of the flow.
    @inline(__always)
    private static func average(_ heat: UnsafePointer<Double>, _ next: UnsafeMutablePointer<Double>, _ count: Int, _ stride: Int) {
        var x = 0
        while x &+ 1 < count {
            let (center, north, south) = (heat + x, heat + (x &- stride), heat + (x &+ stride))
            let middle = (((load(center) + load(north)) + load(south)) + load(center - 1)) + load(center + 1)
            let sum = (((middle + load(north - 1)) + load(north + 1)) + load(south - 1)) + load(south + 1)
            UnsafeMutableRawPointer(next + x).storeBytes(of: sum * (1.0 / 9.0), as: SIMD2<Double>.self)
            x &+= 2
        }
        if x < count {
            let (center, north, south) = (heat + x, heat + (x &- stride), heat + (x &+ stride))
            let middle = (((center[0] + north[0]) + south[0]) + center[-1]) + center[1]
            next[x] = ((((middle + north[-1]) + north[1]) + south[-1]) + south[1]) * (1.0 / 9.0)
        }
    }

    @inline(__always)
    private static func load(_ pointer: UnsafePointer<Double>) -> SIMD2<Double> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD2<Double>.self)
    }

    /// The original writes each pixel's logarithm to the pixel below and right of it; outside the object both are zero.
    private mutating func takeLogarithms() {
        let slip = stride + 1
        heat.withUnsafeMutableBufferPointer { heat in
            for segment in segments {
                for pixel in (segment.start + slip)..<(segment.start + slip + segment.count) where heat[pixel] != 0 {
                    heat[pixel] = log(1 + heat[pixel])
                }
            }
        }
    }

    /// Calls `body` with row, column and unit flow (y, x) of every pixel of the object that was solved last, in raster order.
    @inline(__always)
    func forEachFlow(_ runs: ArraySlice<ObjectRuns.Run>, _ body: (Int, Int, Double, Double) -> Void) {
        heat.withUnsafeBufferPointer { heat in
            for run in runs {
                let row = (Int(run.y) - top) * stride - left
                for x in Int(run.start)..<Int(run.end) {
                    let y = heat[row &+ x &+ stride] - heat[row &+ x &- stride]
                    let across = heat[row &+ x &+ 1] - heat[row &+ x &- 1]
                    let length = 1e-20 + (y * y + across * across).squareRoot()
                    body(Int(run.y), x, y / length, across / length)
                }
            }
        }
    }
}

/// The pixel of an object that is nearest to the medians of its pixels' coordinates; the first in raster order where several are.
private struct ObjectCenter {
    let y: Int
    let x: Int

    init(_ runs: ArraySlice<ObjectRuns.Run>, _ box: ObjectBox) {
        var rows = [Int](repeating: 0, count: box.height)
        // Differences of the columns' counts: a run adds one from its start to its end.
        var columns = [Int](repeating: 0, count: box.width + 1)
        for run in runs {
            rows[Int(run.y) - box.rows.lowerBound] += run.length
            columns[Int(run.start) - box.columns.lowerBound] += 1
            columns[Int(run.end) - box.columns.lowerBound] -= 1
        }
        for x in 1..<columns.count { columns[x] += columns[x - 1] }
        let total = rows.reduce(0, +)
        let medianY = Self.doubledMedian(rows, total) + 2 * box.rows.lowerBound
        let medianX = Self.doubledMedian(columns, total) + 2 * box.columns.lowerBound
        var (best, nearestY, nearestX) = (Int.max, 0, 0)
        for run in runs {
            // Within a row the distance falls towards the median column; at equal distances the left pixel is first.
            let x = min(max((medianX + (medianX & 1 == 0 ? 0 : -1)) / 2, Int(run.start)), Int(run.end) - 1)
            let (dy, dx) = (2 * Int(run.y) - medianY, 2 * x - medianX)
            if dy * dy + dx * dx < best { (best, nearestY, nearestX) = (dy * dy + dx * dx, Int(run.y), x) }
        }
        y = nearestY
        x = nearestX
    }

    /// Twice the median of the indices of `counts`, each as often as it counts: the sum of the two middle ones.
    private static func doubledMedian(_ counts: [Int], _ total: Int) -> Int {
        var (below, low) = (0, -1)
        for (index, count) in counts.enumerated() {
            below += count
            if low < 0 && below > (total - 1) / 2 { low = index }
            if below > total / 2 { return low + index }
        }
        return max(low, 0)
    }
}
