extension Cellpose {
    /// The diameter of a circle whose area is the objects' median, in pixels: median of the areas' square roots times 2 / sqrt(pi).
    ///
    /// As in the original the smallest number of the image is taken for the background, whichever it is: an image without any background pixel loses
    /// its first object.
    /// - Returns: 0 where there are no objects.
    package static func medianDiameter(of labels: LabelImage) -> Double {
        let objects = ObjectRuns(labels)
        var areas = (0..<objects.count).map { objects.area(of: $0) }
        if areas.reduce(0, +) == labels.pixels.count { areas = Array(areas.dropFirst()) }
        return medianDiameter(areas: areas)
    }

    /// The same, from the objects' areas in pixels.
    package static func medianDiameter(areas: [Int]) -> Double {
        guard !areas.isEmpty else { return 0 }
        let roots = areas.sorted().map { Double($0).squareRoot() }
        let middle = roots.count / 2
        let median = roots.count % 2 == 1 ? roots[middle] : (roots[middle - 1] + roots[middle]) / 2
        return median / (Double.pi.squareRoot() / 2)
    }
}
