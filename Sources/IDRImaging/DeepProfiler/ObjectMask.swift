/// DeepProfiler's `mask_objects`: pixels of a crop that do not belong to the object in its middle are set to 0.
package struct ObjectMask: Sendable {
    private let labels: Plane<Float>
    private let labelImage: LabelImage

    /// - Parameter labels: the label image of the same size as the image; background has its own label there too.
    package init(_ labels: LabelImage) {
        labelImage = labels
        self.labels = labels.map(Float.init)
    }

    var height: Int { labels.height }
    var width: Int { labels.width }

    /// The label that counts as the object's own: the median, cut to a whole number, of the 10 x 10 pixels around the centre; 0 where there are none.
    package func label(at center: CropCenter) -> Int32 {
        let rows = ObjectMask.patch(around: center.y, size: labelImage.height)
        let columns = ObjectMask.patch(around: center.x, size: labelImage.width)
        var values: [Int32] = []
        for y in rows { for x in columns { values.append(labelImage[y, x]) } }
        guard !values.isEmpty else { return 0 }
        values.sort()
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : Int32((Int64(values[middle - 1]) + Int64(values[middle])) / 2)
    }

    /// Python's slice `[max(c - 5, 0) : c + 5]` with `c` cut towards 0, its wrap-around of a negative end included.
    private static func patch(around center: Double, size: Int) -> Range<Int> {
        guard let c = Int(exactly: center.rounded(.towardZero)), abs(c) < 1 << 40 else { return 0..<0 }
        let start = min(max(c - 5, 0), size)
        let end = c + 5 < 0 ? max(c + 5 + size, 0) : min(c + 5, size)
        return start..<max(start, end)
    }

    /// Zeroes the values of `crop` whose interpolated label is not exactly the object's.
    func apply(
        to crop: UnsafeMutableBufferPointer<Float>, center: CropCenter, rows: BilinearTaps, columns: BilinearTaps,
        with resampler: inout BilinearResampler
    ) {
        let own = Float(label(at: center))
        var sampled = [Float](repeating: 0, count: crop.count)
        sampled.withUnsafeMutableBufferPointer { sampled in
            labels.pixels.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress, let target = sampled.baseAddress else { return }
                resampler.resample(source, width: labels.width, rows: rows, columns: columns, into: target)
            }
            for i in 0..<crop.count { crop[i] *= sampled[i] == own ? 1 : 0 }
        }
    }
}
