import IDRImaging

/// Rows (wells, cells) by features, each feature in standard deviations from its mean.
package enum FeatureHeatMap {
    /// Of more rows this many are shown, evenly chosen.
    package static let mostRows = 200
    /// Of more features this many are shown, evenly chosen.
    package static let mostFeatures = 300
    /// Standard deviations at which the colours end.
    package static let limit = 3.0

    /// - Parameters:
    ///   - features: `[row, feature]`, row after row. Means and deviations are those of all rows' finite values.
    ///   - rows: the rows' names.
    ///   - names: the features' names.
    package static func picture(title: String, features: [Float], rows: [String], names: [String]) -> Picture {
        guard features.count == rows.count * names.count else {
            return .nothing(title, because: "\(rows.count) rows of \(names.count) features are not \(features.count) values")
        }
        guard !features.isEmpty else { return .nothing(title, because: rows.isEmpty ? "the table has no rows" : "the table has no features") }
        let shownRows = Sampling.even(rows.count, most: mostRows)
        let shownFeatures = Sampling.even(names.count, most: mostFeatures)
        var scores = Plane(height: shownRows.count, width: shownFeatures.count, repeating: Double.nan)
        var dull = 0
        for (x, feature) in shownFeatures.enumerated() {
            let values = rows.indices.lazy.map { Double(features[$0 * names.count + feature]) }
            let (mean, deviation) = Statistics.moments(values.filter(\.isFinite))
            guard deviation > abs(mean) * 1e-7, deviation > 0 else {
                dull += 1
                continue
            }
            for (y, row) in shownRows.enumerated() where values[row].isFinite { scores[y, x] = (values[row] - mean) / deviation }
        }
        guard scores.pixels.contains(where: { !$0.isNaN }) else {
            return .nothing(title, because: "every feature is constant or has no finite value")
        }
        var svg = SVG(title: title)
        svg.heatMap(scores, rows: shownRows.map { rows[$0] }, names: shownFeatures.map { names[$0] })
        var notes = [
            "\(NumberText.count(rows.count)) rows, \(NumberText.count(names.count)) features, each with mean 0 and deviation 1; cut off at ±3."
        ]
        if shownRows.count < rows.count { notes.append("\(shownRows.count) rows are shown, evenly chosen.") }
        if shownFeatures.count < names.count { notes.append("\(shownFeatures.count) features are shown, evenly chosen.") }
        if dull > 0 { notes.append("Constant or without a finite value: \(dull) of the shown features.") }
        if scores.pixels.contains(where: \.isNaN) { notes.append("Grey: no value.") }
        return svg.picture(notes: notes)
    }
}

extension SVG {
    fileprivate mutating func heatMap(_ scores: Plane<Double>, rows: [String], names: [String]) {
        let (left, top, right) = (150.0, y, SVG.width - 90)
        let limit = FeatureHeatMap.limit
        let cell = (width: min(40, (right - left) / Double(scores.width)), height: min(22, max(2.6, 320 / Double(scores.height))))
        let size = (width: cell.width * Double(scores.width), height: cell.height * Double(scores.height))
        // Cells of one pixel would be blurred by renderers: each becomes a block.
        let block = (y: max(1, PNG.largestSide / scores.height), x: max(1, PNG.largestSide / scores.width))
        let colours = scores.map { ColourMap.diverging.colour(($0 + limit) / (2 * limit)) }
        var pixels = Plane(height: scores.height * block.y, width: scores.width * block.x, repeating: ColourMap.missing)
        for y in 0..<pixels.height {
            for x in 0..<pixels.width { pixels[y, x] = colours[y / block.y, x / block.x] }
        }
        image(pixels, x: left, y: top, width: size.width, height: size.height)
        for row in stride(from: 0, to: rows.count, by: Int((14 / cell.height).rounded(.up))) {
            let middle = top + (Double(row) + 0.5) * cell.height
            text(TextWidth.shortened(rows[row], to: left - 24, size: 12), x: left - 8, y: middle + 4, anchor: .end)
        }
        // Names of columns stand upright: as many as there is room for.
        let bottom = top + size.height
        let shown = stride(from: 0, to: names.count, by: Int((18 / cell.width).rounded(.up)))
        let words = shown.map { TextWidth.shortened(names[$0], to: 150, size: 11) }
        for (column, word) in zip(shown, words) {
            text(word, x: left + (Double(column) + 0.5) * cell.width + 4, y: bottom + 8, anchor: .end, style: "quiet", angle: -90)
        }
        let scale = Scale(-limit...limit, from: top + max(120, min(size.height, 260)), to: top, spacing: 30)
        colourBar(.diverging, scale, x: left + size.width + 34, name: "z-score")
        y = max(bottom + 18 + (words.map { TextWidth.of($0, size: 11) }.max() ?? 0), scale.start + 10)
    }
}
