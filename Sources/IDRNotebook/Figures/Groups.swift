/// Rows by a text of theirs: control type, gene, batch.
struct Groups {
    /// In the order of first appearance; an empty text is called "(none)".
    let names: [String]
    /// Rows of each group.
    let counts: [Int]
    /// For each row the index of its group.
    let ofRow: [Int]

    init(_ texts: [String]) {
        var index: [String: Int] = [:]
        var names: [String] = []
        var counts: [Int] = []
        ofRow = texts.map { text in
            let group = index[text] ?? names.count
            if group == names.count {
                index[text] = group
                names.append(text.isEmpty ? "(none)" : text)
                counts.append(0)
            }
            counts[group] += 1
            return group
        }
        self.names = names
        self.counts = counts
    }

    /// The `most` largest groups, in the order of first appearance; of equal ones the first.
    func largest(_ most: Int) -> [Int] {
        let bySize = names.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
        return bySize.prefix(most).sorted()
    }
}

/// Colours for groups: one for each of the largest, one for all others together.
struct GroupColours {
    let groups: Groups
    /// Style of each group.
    let styles: [String]
    /// What a legend says: style and words.
    let entries: [(style: String, text: String)]

    /// - Parameter counted: whether the legend says how many rows a group has.
    init(_ groups: Groups, counted: Bool = true) {
        self.groups = groups
        func text(_ name: String, _ count: Int) -> String { counted ? "\(name) (n = \(NumberText.count(count)))" : name }
        let tooMany = groups.names.count > StyleSheet.groupColours
        let named = groups.largest(tooMany ? StyleSheet.groupColours - 1 : StyleSheet.groupColours)
        var styles = [String](repeating: "rest", count: groups.names.count)
        var entries: [(style: String, text: String)] = []
        for (colour, group) in named.enumerated() {
            styles[group] = "c\(colour)"
            entries.append((styles[group], text(groups.names[group], groups.counts[group])))
        }
        if tooMany {
            let count = groups.counts.reduce(0, +) - named.reduce(0) { $0 + groups.counts[$1] }
            entries.append(("rest", text("\(NumberText.count(groups.names.count - named.count)) others", count)))
        }
        self.styles = styles
        self.entries = entries
    }
}

extension SVG {
    /// Coloured squares with words, side by side, in as many lines as they need.
    mutating func legend(_ entries: [(style: String, text: String)]) {
        var x = SVG.margin
        for entry in entries {
            let words = TextWidth.shortened(entry.text, to: 260, size: 12)
            let width = 18 + TextWidth.of(words, size: 12) + 16
            if x > SVG.margin, x + width > SVG.width - SVG.margin {
                x = SVG.margin
                y += 18
            }
            rectangle(x: x, y: y, width: 12, height: 12, .style(entry.style))
            text(words, x: x + 17, y: y + 10.5)
            x += width
        }
        if !entries.isEmpty { y += 26 }
    }

    /// A vertical bar of a map's colours with marks at its right.
    mutating func colourBar(_ map: ColourMap, _ scale: Scale, x: Double, name: String) {
        let parts = 48
        let height = scale.start - scale.end
        for part in 0..<parts {
            let colour = map.colour((Double(part) + 0.5) / Double(parts))
            let top = scale.start - height * Double(part + 1) / Double(parts)
            // Neighbours overlap by a hair, or else renderers show seams.
            rectangle(x: x, y: top, width: 12, height: height / Double(parts) + (part == 0 ? 0 : 0.6), .colour(colour))
        }
        for tick in scale.ticks {
            let y = scale.place(tick)
            line(x + 12, y, x + 16, y, style: "axis")
            text(scale.text(tick), x: x + 19, y: y + 4)
        }
        guard !name.isEmpty else { return }
        let shown = TextWidth.shortened(name, to: max(height, 80), size: 12)
        text(shown, x: x - 6, y: (scale.start + scale.end) / 2, anchor: .middle, angle: -90)
    }
}
