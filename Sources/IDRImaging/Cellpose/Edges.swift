extension Cellpose {
    /// `labels` without the objects that touch the first or last row or column, numbered 1...n in the old order.
    package static func removingEdgeObjects(_ labels: LabelImage) -> LabelImage {
        let objects = ObjectRuns(labels)
        var kept = LabelImage(height: labels.height, width: labels.width, repeating: 0)
        var last: Int32 = 0
        for object in 0..<objects.count {
            let box = objects.box(of: object)
            guard box.rows.lowerBound > 0, box.columns.lowerBound > 0, box.rows.upperBound < labels.height, box.columns.upperBound < labels.width
            else { continue }
            last += 1
            kept.paint(objects[object], last)
        }
        return kept
    }
}
