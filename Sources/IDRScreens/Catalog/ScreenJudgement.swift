import IDRFiles
package import IDRPlan

/// What a script would get of a screen, as far as its tables say: wells, controls, channels, where pixels lie, quality.
package struct ScreenJudgement: Sendable {
    package let screen: ScreenName
    /// Wells that are not said to have no image.
    package let wells: Int
    /// Rows without an image.
    package let withoutImage: Int
    package let controls: Int
    package let negative: Int
    package let positive: Int
    /// What may be meant by controls where no column says so, the likeliest first.
    package let candidates: [ControlCandidates.Candidate]
    /// How the images of its plates lie, the most frequent first: "MetaXpress", "OME-Zarr", "folder", "not read: ...".
    package let layouts: [String]
    /// Wells that failed the study's own quality control; nil where it has none.
    package let failed: Int?
    /// The table's labels, of the first well that has some.
    package let labels: [String]
    /// The files' names, as far as tables and settings say them; nil where they do not.
    package let channelNames: [String]?
    package let notes: [String]

    /// The labels beside the files' names; by position where those are not known.
    package var channels: ChannelLabels {
        ChannelLabels(names: channelNames ?? labels.indices.map { "channel \($0 + 1)" }, labels: labels)
    }

    /// - Parameter channelNames: of the files, where they are known; else what the study's settings call them.
    package init(of screen: ScreenCatalog, channelNames: [String]? = nil) {
        let tables = screen.tables
        let all = tables.wells()
        let found = (try? tables.controls()) ?? []
        self.screen = tables.screen
        (wells, withoutImage) = (all.count, tables.withoutImage)
        controls = found.count
        (negative, positive) = (found.count { $0.control == .negative }, found.count { $0.control == .positive })
        candidates = found.isEmpty ? ControlCandidates(tables.annotation).all : []
        var counts: [String: Int] = [:]
        for entry in tables.plates.entries {
            guard let location = try? tables.location(ofPlate: entry.plate) else { continue }
            counts[location.layout, default: 0] += 1
        }
        layouts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        failed = tables.quality.map { quality in all.count { quality.verdict(of: $0.rows) == .failed } }
        labels = all.lazy.map { tables.channels(row: $0.row) }.first { !$0.isEmpty } ?? []
        self.channelNames =
            channelNames.map { RenderSettings.named($0, by: screen.settings.rendering) } ?? RenderSettings.names(in: screen.settings.rendering)
        notes = screen.notes
    }

    /// One line for people.
    package var line: String {
        let wells = "\(PeopleText.count(self.wells)) wells" + (withoutImage > 0 ? " (\(PeopleText.count(withoutImage)) rows without image)" : "")
        let controls =
            self.controls > 0
            ? "\(PeopleText.count(self.controls)) controls (\(PeopleText.count(negative)) negative, \(PeopleText.count(positive)) positive)"
            : "no controls" + (candidates.first.map { ": perhaps \"\($0.value)\" in \"\($0.column)\" (\($0.wells))" } ?? "")
        let pixels = layouts.isEmpty ? "pixels: not said" : "pixels: " + layouts.joined(separator: ", ")
        return [wells, controls, "channels: \(channelText)", pixels, failed.map { "quality: \(PeopleText.count($0)) failed" }].compactMap(\.self)
            .joined(separator: "; ")
    }

    /// `DAPI:DNA = 1 "DAPI"`, and so on.
    package var channelText: String {
        guard channelNames != nil else { return labels.isEmpty ? "not said" : "\(labels.joined(separator: ", ")) (the files' names are not known)" }
        if labels.isEmpty { return channels.names.joined(separator: ", ") }
        let parts = labels.indices.map { index in
            channels.places[index].map { "\(labels[index]) = \($0.channel + 1) \"\(channels.names[$0.channel])\"" } ?? "\(labels[index]) = not known"
        }
        return parts.joined(separator: ", ") + (channels.isContradiction ? " (tables contradict the files)" : "")
    }
}
