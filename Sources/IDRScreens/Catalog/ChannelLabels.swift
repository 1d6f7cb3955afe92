import IDRFiles
package import IDRPlan

/// Finds channels by name. Two lists describe a well's channels: the names in the file, and the labels in the study's table. They are matched by
/// what they mean, by how the study shows the channels, and by position only where nothing speaks against it.
package struct ChannelLabels: Sendable, Hashable {
    /// Of the file, in its order.
    package let names: [String]
    /// Of the study's table, "DAPI:DNA" or "Hoechst 33342 (DNA)", in its order; empty where it does not say.
    package let labels: [String]
    /// The place in ``names`` of each label, with how it was found; nil where that is not known.
    package let places: [Place?]
    /// Whether the lists speak against each other: labels that have no place have none by position either.
    package let isContradiction: Bool

    /// Where a label's channel is.
    package struct Place: Sendable, Hashable {
        package enum Reason: String, Sendable { case meaning, elimination, position }
        /// From 0.
        package let channel: Int
        package let reason: Reason
    }

    package init(names: [String], labels: [String]) {
        self.names = names
        self.labels = labels
        let matching = ChannelMatching(names: names, labels: labels)
        (places, isContradiction) = (matching.places, matching.isContradiction)
    }

    /// The entries of a table's field: separated by `;`, or else by commas outside brackets where each entry is one of "dye:target" or
    /// "dye (target)", or none is; without what a list's last full stop adds.
    package static func split(_ field: String) -> [String] {
        var parts = separated(field, by: ";")
        if parts.count == 1 {
            let others = separated(field, by: ",")
            let pairs = others.count { Self.parts(of: $0).count == 2 }
            if pairs == others.count || pairs == 0 { parts = others }
        }
        return parts.map(\.trimmed).map { $0.hasSuffix(".") ? $0.dropLast().trimmed : $0 }.filter { !$0.isEmpty }
    }

    private static func separated(_ field: String, by separator: Character) -> [String] {
        var (parts, current, depth) = ([String](), "", 0)
        for character in field {
            if character == "(" || character == "[" { depth += 1 }
            if character == ")" || character == "]" { depth = max(0, depth - 1) }
            if character == separator, depth == 0 {
                parts.append(current)
                current = ""
            } else {
                current.append(character)
            }
        }
        // A bracket that is never closed holds nothing together.
        guard depth == 0 else { return field.split(separator: separator).map(String.init) }
        return parts + [current]
    }

    /// The channel's number, from 1.
    /// - Throws: an ``IDRError`` that lists the channels where there is none, or more than one.
    package func number(of channel: Channel) throws(IDRError) -> Int {
        switch channel {
        case .number(let number):
            guard number >= 1, number <= names.count else {
                throw IDRError(.invalidPlan, "channel \(number) does not exist", because: description, fix: "choose one of these by number or name")
            }
            if isMisleading(number) {
                throw IDRError(
                    .invalidPlan, "channel \(number) is \"\(names[number - 1])\" in the images, and \"\(labels[number - 1])\" in the study's table",
                    because: "\(description); the study's table lists \(listed)",
                    fix: "write the name of the one that you mean: \"\(names[number - 1])\", or \"\(labels[number - 1])\"")
            }
            return number
        case .named(let name): return try number(named: name)
        }
    }

    private func number(named name: String) throws(IDRError) -> Int {
        let wanted = name.lowercased()
        let found = names.indices.filter { terms(of: $0).contains(wanted) }
        if let first = found.first, found.count == 1 { return first + 1 }
        let isLabel = labels.indices.contains { places[$0] == nil && Self.terms(of: labels[$0]).contains(wanted) }
        if found.isEmpty, isLabel {
            throw IDRError(
                .invalidPlan, "it is not known which channel \"\(name)\" is", because: "\(description); the study's table lists \(listed)",
                fix: "look at the images, and write the channel that it is: \(spellings)")
        }
        // Where the study's settings say more of a file's channel, its own name comes first.
        let own = names.indices.filter { Self.parts(of: names[$0]).first?.lowercased() == wanted }
        if found.isEmpty, own.count == 1 { return own[0] + 1 }
        if found.isEmpty, let meant = ChannelMatching.best(name, in: names) { return meant + 1 }
        throw IDRError(
            .invalidPlan, found.isEmpty ? "there is no channel \"\(name)\"" : "\"\(name)\" names \(found.count) channels", because: description,
            fix: "choose one of these by number or name")
    }

    /// Whether the table has a label at this number that belongs to another channel. A name that several channels have cannot be asked for instead.
    private func isMisleading(_ number: Int) -> Bool {
        guard labels.count == names.count, let place = places[number - 1], place.channel != number - 1 else { return false }
        return names.count { $0.lowercased() == names[number - 1].lowercased() } == 1
    }

    /// How to choose each channel that no label has: its number, or its name where the table's numbers mislead.
    private var spellings: String {
        let taken = Set(places.compactMap { $0?.channel })
        let free = names.indices.filter { !taken.contains($0) }
        let shown = free.prefix(8).map { isMisleading($0 + 1) ? "\"\(names[$0])\"" : "\($0 + 1) (\(names[$0]))" }
        return shown.joined(separator: ", ") + (free.count > shown.count ? ", ..." : "")
    }

    /// What the channel is called for people and in tables: the target of its label, or the file's name.
    package func title(of number: Int) -> String {
        guard let label = labels.indices.first(where: { places[$0]?.channel == number - 1 }) else { return names[number - 1] }
        return Self.parts(of: labels[label]).last ?? labels[label]
    }

    /// The two lists side by side for people, a line for each of the file's channels, and one for labels that have none.
    package var lines: [String] {
        var lines = names.indices.map { index in
            let own = labels.indices.filter { places[$0]?.channel == index }
            let isGuess = own.contains { places[$0]?.reason == .position }
            let text = own.map { labels[$0] }.joined(separator: "; ")
            return "channel   \(index + 1)  \(names[index])" + (own.isEmpty ? "" : "  (table: \(text)\(isGuess ? ", by position only" : ""))")
        }
        let open = labels.indices.filter { places[$0] == nil }.map { labels[$0] }
        guard !open.isEmpty else { return lines }
        let why = isContradiction ? "whose order contradicts the files'" : "whose place in the files is not known"
        lines.append("channels  of the table \(why): \(open.joined(separator: "; "))")
        return lines
    }

    /// The labels of the channel with index `channel`.
    private func own(_ channel: Int) -> [String] { labels.indices.filter { places[$0]?.channel == channel }.map { labels[$0] } }

    private var listed: String { NearNames.list(labels) }

    private var description: String {
        let list = names.indices.map { index in
            let own = own(index)
            return "\(index + 1) \"\(names[index])\"" + (own.isEmpty ? "" : " (\(own.joined(separator: "; ")))")
        }
        return "the channels are " + list.joined(separator: ", ")
    }

    /// Everything that names the channel, in lower case.
    private func terms(of index: Int) -> Set<String> { own(index).reduce(into: [names[index].lowercased()]) { $0.formUnion(Self.terms(of: $1)) } }

    static func terms(of label: String) -> Set<String> { Set(([label] + parts(of: label)).map { $0.lowercased() }) }

    /// Dye and target of "dye:target" or "dye (target)".
    static func parts(of label: String) -> [String] {
        if let colon = label.firstIndex(of: ":") { return [label[..<colon].trimmed, label[label.index(after: colon)...].trimmed] }
        guard label.hasSuffix(")"), let open = label.firstIndex(of: "(") else { return [label] }
        return [label[..<open].trimmed, label[label.index(after: open)...].dropLast().trimmed]
    }
}
