extension CellProfiler.Family {
    /// CellProfiler's module MeasureObjectSizeShape.
    static let sizeShape = ofObjects([
        .init("AreaShape_Area", in: .squarePixels, "the number of pixels of the object") { Double($0.area) },
        .init("AreaShape_Perimeter", in: .pixels, "the length of the object's border, estimated from the pattern of its border pixels") {
            $0.perimeter
        },
    ]) { objects in
        let perimeters = CellProfiler.perimeters(of: objects)
        return (0..<objects.count).map { Shape(area: objects.runs.area(of: $0), perimeter: perimeters[$0]) }
    }

    private struct Shape {
        let area: Int
        let perimeter: Double
    }
}
