/// Rows of a table on the first two principal components of their features.
package enum PCAChart {
    /// - Parameters:
    ///   - features: `[row, feature]`, row after row. Each feature is standardised; those that are constant or not finite in a row are left out.
    ///     Of more than 2,000 rows that many are taken, evenly chosen. The caption says both.
    ///   - groups: the group of each row, such as its control type: its colour.
    package static func picture(title: String, features: [Float], groups: [String]) -> Picture {
        guard !groups.isEmpty, !features.isEmpty else {
            return .nothing(title, because: groups.isEmpty ? "the table has no rows" : "the table has no features")
        }
        let width = features.count / groups.count
        guard width * groups.count == features.count else {
            return .nothing(title, because: "\(features.count) values do not make \(groups.count) rows of the same length")
        }
        guard let components = PrincipalComponents(features, rows: groups.count, width: width) else {
            return .nothing(
                title, because: groups.count < 2 ? "there is one row only" : "every feature is constant or has values that are not finite")
        }
        let colours = GroupColours(Groups(components.rows.map { groups[$0] }))
        var svg = SVG(title: title)
        svg.legend(colours.entries)
        svg.scatter(components, colours)
        var notes = ["\(NumberText.count(components.rows.count)) rows, \(NumberText.count(components.used)) standardised features."]
        if components.rows.count < groups.count {
            notes.append("The rows are evenly chosen from \(NumberText.count(groups.count)).")
        }
        if components.leftOut > 0 {
            notes.append("Left out as constant or not finite in a row: \(NumberText.count(components.leftOut, "feature")).")
        }
        let shares = [components.explained.0, components.explained.1].map { NumberText.plain($0 * 100, decimals: 1) }
        return svg.picture(notes: notes, details: ["The axes have \(shares[0]) % and \(shares[1]) % of the variance."])
    }
}

extension SVG {
    fileprivate mutating func scatter(_ components: PrincipalComponents, _ colours: GroupColours) {
        let (left, top, right, bottom) = (86.0, y, SVG.width - 30, y + 480)
        func scale(_ values: [Double], _ start: Double, _ end: Double) -> Scale {
            Scale((values.min() ?? 0)...(values.max() ?? 0), from: start, to: end, padding: true)
        }
        let x = scale(components.places.map { $0.0 }, left, right)
        let y = scale(components.places.map { $0.1 }, bottom, top)
        func name(_ number: Int, _ share: Double) -> String { "PC \(number) (\(NumberText.plain(share * 100, decimals: 1)) % of variance)" }
        horizontalAxis(x, y: bottom, top: top, name: name(1, components.explained.0))
        verticalAxis(y, x: left, right: right, name: name(2, components.explained.1))
        let radius = components.places.count > 500 ? 2.5 : 3.5
        // In the rows' order, so that no group hides another.
        add("<g class=\"soft edge\">")
        for (group, place) in zip(colours.groups.ofRow, components.places) {
            circle(x: x.place(place.0), y: y.place(place.1), radius: radius, style: colours.styles[group])
        }
        add("</g>")
        self.y = bottom + 48
    }
}
