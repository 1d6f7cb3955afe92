/// Channels as a plan wants them, by number or name.
package struct WantedChannels: Codable, Sendable, Hashable {
    /// The one that shows nuclei.
    package var segmented: Channel
    /// In the order of their features; empty: the one that is segmented. nil: nothing is profiled.
    package var profiled: [Channel]?
    /// In the order of the plan; empty: the one that is segmented. nil: nothing is measured.
    package var measured: [Channel]?

    package init(segmented: Channel, profiled: [Channel]?, measured: [Channel]?) {
        self.segmented = segmented
        self.profiled = profiled
        self.measured = measured
    }
}

/// The channels of one image that a plan uses, resolved once: their numbers in the file, what tables call them, and what each is for.
package struct ImageChannels: Codable, Sendable, Hashable {
    /// Of every channel that is used, by number from 1.
    package var names: [Int: String]
    package var segmented: Int
    /// In the order of their features; empty where nothing is profiled.
    package var profiled: [Int]
    /// In the order of the plan; empty where nothing is measured.
    package var measured: [Int]

    /// - Parameters:
    ///   - number: the number of a channel of the image.
    ///   - name: what tables call the channel of a number.
    package init(
        _ wanted: WantedChannels, number: (Channel) throws(IDRError) -> Int, name: (Int) -> String
    ) throws(IDRError) {
        let own = try number(wanted.segmented)
        func numbers(_ channels: [Channel]?) throws(IDRError) -> [Int] {
            guard let channels else { return [] }
            var numbers: [Int] = []
            for channel in channels { numbers.append(try number(channel)) }
            return numbers.isEmpty ? [own] : numbers
        }
        segmented = own
        profiled = try numbers(wanted.profiled)
        measured = try numbers(wanted.measured)
        names = [:]
        names = Self.columns(all.sorted().map { ($0, name($0)) })
    }

    /// Columns that every table has beside those of channels, without their prefix.
    package static let otherColumns: Set<String> = ["Plate", "Well", "Site", "Plate_Map_Name", "Gene", "Gene_Replicate", "Model"]

    /// Labels as tables can have them: a slash, which HDF5 takes for a path, becomes an underscore, and a label that is empty, that another channel
    /// has, or that another column is called gets the channel's number.
    package static func columns(_ labels: [(channel: Int, label: String)]) -> [Int: String] {
        var taken = otherColumns
        var names: [Int: String] = [:]
        for (channel, label) in labels {
            var name = String(label.map { $0 == "/" || $0 == "\0" ? "_" : $0 })
            if name.isEmpty || name == "." { name = "channel" }
            // Tables give columns the prefix where they have none.
            func column(_ name: String) -> String { name.hasPrefix("Metadata_") ? String(name.dropFirst(9)) : name }
            if name != label && label.isEmpty || taken.contains(column(name)) { name += "_\(channel)" }
            while taken.contains(column(name)) { name += "_" }
            taken.insert(column(name))
            names[channel] = name
        }
        return names
    }

    /// Every channel once, in the order of records: those that are profiled, the segmented one, those that are measured.
    package var all: [Int] { Self.once(profiled + [segmented] + measured) }

    /// Every channel once, in the order of reading: the segmented one first.
    package var read: [Int] { Self.once([segmented] + profiled + measured) }

    /// Those that tables name: the profiled ones, or the measured ones where nothing is profiled.
    package var ofTables: [Int] { profiled.isEmpty ? measured : profiled }

    package func name(of channel: Int) -> String { names[channel] ?? "\(channel)" }

    private static func once(_ channels: [Int]) -> [Int] { channels.reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
