extension CellProfiler.Family {
    /// Where the objects are, which CellProfiler measures of all objects that it finds.
    static let location = ofObjects([
        .init("Location_Center_X", in: .pixels, "the mean column of the object's pixels, 0 being the middle of the first") { $0.x },
        .init("Location_Center_Y", in: .pixels, "the mean row of the object's pixels, 0 being the middle of the first") { $0.y },
    ]) { objects in
        (0..<objects.count).map { index in
            var (x, y) = (0, 0)
            for run in objects.runs[index] {
                // The columns of a run are `start..<end`; their sum is a whole number.
                x += (Int(run.start) + Int(run.end) - 1) * run.length / 2
                y += Int(run.y) * run.length
            }
            let area = Double(objects.runs.area(of: index))
            return Center(x: Double(x) / area, y: Double(y) / area)
        }
    }

    private struct Center {
        let x: Double
        let y: Double
    }
}
