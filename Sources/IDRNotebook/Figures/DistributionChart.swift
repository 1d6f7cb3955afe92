import Foundation

/// The values of one column by group: boxes, and points where they are few, outlines of their density where they are many.
package enum DistributionChart {
    /// Groups with more values are drawn as violins instead of points.
    package static let mostPoints = 200
    /// Further groups are left out, the smallest first, and the caption says so.
    package static let mostGroups = 24

    /// - Parameters:
    ///   - values: of any unit. Values that are not finite are left out; the caption counts them.
    ///   - groups: the group of each value, such as its control type.
    ///   - name: what the values are, with their unit.
    package static func picture(title: String, values: [Double], groups: [String], name: String) -> Picture {
        guard values.count == groups.count else { return .nothing(title, because: "the columns are not equally long") }
        let rows = values.indices.filter { Scale.takes(values[$0]) }
        let found = Groups(rows.map { groups[$0] })
        let shown = found.largest(mostGroups)
        var sorted = [[Double]](repeating: [], count: found.names.count)
        for (index, row) in rows.enumerated() { sorted[found.ofRow[index]].append(values[row]) }
        let boxes = shown.map { BoxSummary(sorting: sorted[$0]) }
        guard let lowest = boxes.map(\.lowest).min(), let highest = boxes.map(\.highest).max() else {
            return .nothing(title, because: values.isEmpty ? "there are no values" : "no value of \(name) is finite")
        }
        var svg = SVG(title: title)
        let (top, left, height) = (svg.y, 190.0, 46.0)
        let scale = Scale(lowest...highest, from: left, to: SVG.width - 30, spacing: 80, padding: true)
        let bottom = top + height * Double(shown.count) + 4
        svg.horizontalAxis(scale, y: bottom, top: top, name: name)
        for (place, group) in shown.enumerated() {
            let middle = top + height * (Double(place) + 0.5)
            svg.text(TextWidth.shortened(found.names[group], to: left - 34, size: 12), x: left - 12, y: middle - 2, anchor: .end)
            svg.text("n = \(NumberText.count(found.counts[group]))", x: left - 12, y: middle + 13, anchor: .end, style: "quiet")
            svg.group(boxes[place], scale, middle: middle, half: height * 0.4, style: "c\(place % (StyleSheet.groupColours - 1))")
        }
        svg.y = bottom + 48
        let details = zip(shown, boxes).map { group, box in
            "\(found.names[group]): median \(NumberText.short(box.quartiles.1)), \(NumberText.count(found.counts[group], "value"))."
        }
        let notes = notes(values: values, drawn: rows.count, groups: found, shown: shown.count, boxes: boxes)
        return svg.picture(notes: notes, details: details)
    }

    private static func notes(values: [Double], drawn: Int, groups: Groups, shown: Int, boxes: [BoxSummary]) -> [String] {
        var notes = ["Box: quartiles and median; whiskers: the last values within 1.5 times the box's length."]
        if boxes.contains(where: { $0.sorted.count <= mostPoints }) {
            notes.append("Points: single values, moved apart at random across the axis.")
        }
        if boxes.contains(where: { $0.sorted.count > mostPoints }) { notes.append("Shapes: density of groups of more than \(mostPoints) values.") }
        if drawn < values.count { notes.append("Left out as not finite: \(NumberText.count(values.count - drawn, "value")).") }
        if shown < groups.names.count {
            notes.append("Left out: the \(NumberText.count(groups.names.count - shown, "smallest group")).")
        }
        return notes
    }
}

/// A group's values in order, at least one, and what its box shows.
struct BoxSummary {
    let sorted: [Double]
    let quartiles: (Double, Double, Double)
    let whiskers: (lower: Double, upper: Double)

    var lowest: Double { sorted.first ?? .nan }
    var highest: Double { sorted.last ?? .nan }

    init(sorting values: [Double]) {
        sorted = values.sorted()
        quartiles = (Statistics.quantile(sorted, 0.25), Statistics.quantile(sorted, 0.5), Statistics.quantile(sorted, 0.75))
        let reach = 1.5 * (quartiles.2 - quartiles.0)
        let (low, high) = (quartiles.0 - reach, quartiles.2 + reach)
        whiskers = (sorted.first { $0 >= low } ?? quartiles.0, sorted.last { $0 <= high } ?? quartiles.2)
    }

    /// The density at `parts` places from the lowest to the highest value, the greatest 1: a histogram smoothed by a Gaussian of Silverman's width.
    func density(parts: Int) -> [Double] {
        let span = highest - lowest
        guard span > 0 else { return [Double](repeating: 1, count: parts) }
        var histogram = [Double](repeating: 0, count: parts)
        for value in sorted { histogram[min(Int((value - lowest) / span * Double(parts)), parts - 1)] += 1 }
        let spread = min(Statistics.moments(sorted).deviation, (quartiles.2 - quartiles.0) / 1.34)
        let width = max(0.9 * spread * pow(Double(sorted.count), -0.2) / span * Double(parts), 0.7)
        let smooth = histogram.indices.map { place in
            histogram.indices.reduce(0) { sum, other in
                sum + histogram[other] * exp(-0.5 * pow(Double(place - other) / width, 2))
            }
        }
        let greatest = smooth.max() ?? 1
        return smooth.map { $0 / greatest }
    }
}

extension SVG {
    fileprivate mutating func group(_ box: BoxSummary, _ scale: Scale, middle: Double, half: Double, style: String) {
        if box.sorted.count <= DistributionChart.mostPoints {
            for (index, value) in box.sorted.enumerated() {
                let apart = (Sampling.noise(index) - 0.5) * 1.7 * half * min(1, Double(box.sorted.count - 1) / 8)
                circle(x: scale.place(value), y: middle + apart, radius: 2.5, style: style + " soft")
            }
        } else {
            let density = box.density(parts: 120)
            let places = density.indices.map { index in
                scale.place(box.lowest + (Double(index) + 0.5) / Double(density.count) * (box.highest - box.lowest))
            }
            let upper = zip(places, density).map { "\(SVG.number($0)) \(SVG.number(middle - $1 * half))" }
            let lower = zip(places, density).reversed().map { "\(SVG.number($0)) \(SVG.number(middle + $1 * half))" }
            path("M" + (upper + lower).joined(separator: "L") + "Z", style: style + " soft")
        }
        let (first, median, third) = (scale.place(box.quartiles.0), scale.place(box.quartiles.1), scale.place(box.quartiles.2))
        let thickness = half * 0.45
        line(scale.place(box.whiskers.lower), middle, first, middle, style: "box")
        line(third, middle, scale.place(box.whiskers.upper), middle, style: "box")
        rectangle(x: first, y: middle - thickness, width: third - first, height: thickness * 2, .style("box"))
        line(median, middle - thickness, median, middle + thickness, style: "median")
    }
}
