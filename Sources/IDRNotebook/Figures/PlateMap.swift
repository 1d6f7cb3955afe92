/// Wells of plates in their places, coloured by a number or by a category.
package enum PlateMap {
    /// More plates are left out, and the caption says so.
    package static let mostPlates = 12

    /// Wells coloured by a number, with a colour bar for all plates.
    /// - Parameters:
    ///   - plates: each row's plate.
    ///   - wells: each row's well, "A1" or "P24". Rows whose well cannot be read are left out; the caption counts them.
    ///   - values: each row's number. Of a well with several rows the mean is shown. Numbers that are not finite do not count.
    ///   - name: what the number is, with its unit.
    package static func picture(title: String, plates: [String], wells: [String], values: [Double], name: String) -> Picture {
        guard plates.count == wells.count, wells.count == values.count else { return uneven(title) }
        let placed = PlacedWells(plates: plates, wells: wells, most: mostPlates)
        let means = placed.wells.mapValues { rows in Statistics.moments(rows.lazy.map { values[$0] }.filter(Scale.takes)).mean }
        let finite = means.values.filter { !$0.isNaN }
        guard let lowest = finite.min(), let highest = finite.max() else {
            return .nothing(title, because: placed.wells.isEmpty ? placed.emptiness : "no well has a finite value of \(name)")
        }
        let scale = Scale(lowest...highest, from: 0, to: 1)
        var svg = SVG(title: title)
        let top = svg.y
        let right = SVG.width - 120
        let width = svg.plates(placed, right: right) { place in
            guard let mean = means[place], !mean.isNaN else { return nil }
            return (.colour(ColourMap.viridis.colour(scale.place(mean))), NumberText.short(mean, digits: 4))
        }
        let height = min(260, max(100, svg.y - top - 40))
        let bar = Scale(lowest...highest, from: top + 36 + height, to: top + 36, spacing: 40)
        svg.colourBar(.viridis, bar, x: SVG.margin + width + 36, name: name)
        let lost = means.count - finite.count
        var notes = placed.notes(shown: "\(name), from \(NumberText.short(lowest)) to \(NumberText.short(highest)).")
        if placed.hasRepeats { notes.append("Wells with several rows show their mean.") }
        if lost > 0 { notes.append("Hatched too, without a finite value: \(NumberText.count(lost, "well")).") }
        return svg.picture(notes: notes)
    }

    /// Wells coloured by a category, with a legend.
    /// - Parameters:
    ///   - plates: each row's plate.
    ///   - wells: each row's well, as in ``picture(title:plates:wells:values:name:)``.
    ///   - categories: each row's category. A well shows that of its first row. The largest eight have colours, further ones share one.
    ///   - name: what the category is.
    package static func picture(title: String, plates: [String], wells: [String], categories: [String], name: String) -> Picture {
        guard plates.count == wells.count, wells.count == categories.count else { return uneven(title) }
        let placed = PlacedWells(plates: plates, wells: wells, most: mostPlates)
        let places = placed.wells.keys.sorted()
        guard !places.isEmpty else { return .nothing(title, because: placed.emptiness) }
        let colours = GroupColours(Groups(places.map { categories[placed.wells[$0]?.first ?? 0] }))
        let group = Dictionary(uniqueKeysWithValues: zip(places, colours.groups.ofRow))
        var svg = SVG(title: title)
        svg.legend(colours.entries)
        svg.plates(placed, right: SVG.width) { place in
            group[place].map { (.style(colours.styles[$0]), colours.groups.names[$0]) }
        }
        var notes = placed.notes(shown: "\(name) of \(NumberText.count(places.count)) wells.")
        if placed.hasRepeats { notes.append("Wells with several rows show that of the first.") }
        return svg.picture(notes: notes)
    }

    private static func uneven(_ title: String) -> Picture { .nothing(title, because: "the columns are not equally long") }
}
