extension Cellpose {
    /// A pixel's place: column and row.
    package struct OutlinePoint: Sendable, Hashable {
        package let x: Int32
        package let y: Int32

        package init(x: Int32, y: Int32) {
            self.x = x
            self.y = y
        }
    }

    /// The outlines of an image's objects, one after another.
    package struct Outlines: Sendable, Equatable {
        /// The objects' labels, ascending.
        package let labels: [Int32]
        /// All points; those of object `i` are `points[offsets[i]..<offsets[i + 1]]`.
        package let points: [OutlinePoint]
        /// One more than there are objects.
        package let offsets: [Int]

        package var count: Int { labels.count }

        /// The outline of object `index` (not: of label `index`); empty for an object whose outline has at most four points.
        package subscript(index: Int) -> ArraySlice<OutlinePoint> { points[offsets[index]..<offsets[index + 1]] }

        /// The mean of the outline's points, which the published pipeline takes for the object's location; nil where the outline is empty.
        package func center(of index: Int) -> (x: Double, y: Double)? {
            let outline = self[index]
            guard !outline.isEmpty else { return nil }
            let (x, y) = outline.reduce((0, 0)) { ($0.0 + Int($1.x), $0.1 + Int($1.y)) }
            return (Double(x) / Double(outline.count), Double(y) / Double(outline.count))
        }
    }

    /// The outer border of every object, as Cellpose takes it from OpenCV: all border pixels in 8-connected order, beginning with the first in
    /// raster order and going down its left side; pixels of spurs come twice. An object in several pieces has the outline of the piece with the
    /// longest border, of equal ones the last found. Outlines of four points or fewer are empty.
    package static func outlines(of labels: LabelImage) -> Outlines {
        let objects = ObjectRuns(labels)
        var tracer = BorderTracer()
        var points: [OutlinePoint] = []
        var offsets = [0]
        for object in 0..<objects.count {
            let outline = tracer.longestOuterBorder(objects[object], objects.box(of: object))
            if outline.count > 4 { points += outline }
            offsets.append(points.count)
        }
        return Outlines(labels: objects.labels, points: points, offsets: offsets)
    }
}
