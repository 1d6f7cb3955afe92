extension CellProfiler.Family {
    /// CellProfiler's module MeasureObjectIntensity.
    static let intensity = inChannels([
        .init("Intensity_MeanIntensity_<channel>", in: .fullScale, "the mean intensity of the object's pixels") { $0.mean }
    ]) { objects, channel in
        channel.plane.pixels.withUnsafeBufferPointer { pixels in
            (0..<objects.count).map { index in
                // In double precision and in raster order, as CellProfiler adds.
                var sum = 0.0
                for run in objects.runs[index] {
                    let row = Int(run.y) &* channel.plane.width
                    for position in (row &+ Int(run.start))..<(row &+ Int(run.end)) { sum += Double(pixels[position]) }
                }
                return Intensities(mean: sum / Double(objects.runs.area(of: index)))
            }
        }
    }

    private struct Intensities {
        let mean: Double
    }
}
