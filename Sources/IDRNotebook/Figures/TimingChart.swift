/// How long stages took, as bars.
package enum TimingChart {
    /// Further bars are left out, and the caption says so.
    package static let mostBars = 40

    /// A stage's time.
    package struct Stage: Sendable, Hashable {
        /// The stage's name.
        package var name: String
        /// The batch that it belongs to; nil for the whole run.
        package var batch: String?
        /// How long it took, by the clock.
        package var seconds: Double

        /// A stage and its time.
        package init(name: String, batch: String? = nil, seconds: Double) {
            self.name = name
            self.batch = batch
            self.seconds = seconds
        }
    }

    /// Times of the whole run: a bar for each stage, equally named stages added up, in the order of first appearance.
    /// - Parameter stages: times that are negative or not finite are left out; the caption counts them.
    package static func totals(title: String, stages: [Stage]) -> Picture {
        picture(title: title, stages: stages, bar: { $0.name }, colours: nil)
    }

    /// Times by batch: a bar for each batch with its stages one after another.
    /// - Parameter stages: as for ``totals(title:stages:)``; a stage without a batch belongs to "(run)".
    package static func batches(title: String, stages: [Stage]) -> Picture {
        picture(title: title, stages: stages, bar: { $0.batch ?? "(run)" }, colours: { $0.name })
    }

    private static func picture(title: String, stages: [Stage], bar: (Stage) -> String, colours: ((Stage) -> String)?) -> Picture {
        let valid = stages.filter { $0.seconds >= 0 && Scale.takes($0.seconds) }
        let bars = Groups(valid.map(bar))
        guard !valid.isEmpty else {
            return .nothing(title, because: stages.isEmpty ? "no stage was timed" : "no stage has a time that is finite and not negative")
        }
        let parts = Groups(valid.map { colours?($0) ?? "" })
        let styles = GroupColours(parts, counted: false)
        let shown = min(bars.names.count, mostBars)
        var seconds = [[Double]](repeating: [Double](repeating: 0, count: parts.names.count), count: shown)
        for (index, stage) in valid.enumerated() where bars.ofRow[index] < shown { seconds[bars.ofRow[index]][parts.ofRow[index]] += stage.seconds }
        var svg = SVG(title: title)
        if colours != nil { svg.legend(styles.entries) }
        svg.bars(Array(zip(bars.names, seconds)), styles: styles.styles)
        var notes = ["In total \(NumberText.short(valid.reduce(0) { $0 + $1.seconds }, digits: 4)) s."]
        if shown < bars.names.count {
            notes.append("Left out: the last \(NumberText.count(bars.names.count - shown, "bar")).")
        }
        if valid.count < stages.count {
            notes.append("Left out as negative or not finite: \(NumberText.count(stages.count - valid.count, "time")).")
        }
        let details = zip(bars.names, seconds).map { "\($0): \(NumberText.short($1.reduce(0, +))) s." }
        return svg.picture(notes: notes, details: details)
    }
}

extension SVG {
    /// Horizontal bars of seconds, each of one or more parts.
    fileprivate mutating func bars(_ bars: [(name: String, parts: [Double])], styles: [String]) {
        let (left, top, height) = (190.0, y, 26.0)
        let longest = bars.map { $0.parts.reduce(0, +) }.max() ?? 0
        let scale = Scale(0...max(longest, 1e-3), from: left, to: SVG.width - 90, spacing: 80)
        let bottom = top + height * Double(bars.count) + 4
        horizontalAxis(scale, y: bottom, top: top, name: "seconds")
        for (index, bar) in bars.enumerated() {
            let upper = top + height * Double(index)
            text(TextWidth.shortened(bar.name, to: left - 34, size: 12), x: left - 12, y: upper + 17, anchor: .end)
            var reached = 0.0
            for (part, seconds) in bar.parts.enumerated() where seconds > 0 {
                let (begin, end) = (scale.place(reached), scale.place(reached + seconds))
                rectangle(x: begin, y: upper + 4, width: end - begin, height: height - 8, .style(styles[part]))
                reached += seconds
            }
            text("\(NumberText.short(reached)) s", x: scale.place(reached) + 6, y: upper + 17)
        }
        y = bottom + 48
    }
}
