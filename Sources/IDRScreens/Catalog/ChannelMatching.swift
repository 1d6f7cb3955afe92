import IDRPlan

/// Gives labels of a table to the channels of a file.
struct ChannelMatching {
    private(set) var places: [ChannelLabels.Place?]
    private(set) var isContradiction = false

    private let names: [ChannelMeaning]
    private let labels: [ChannelMeaning]

    init(names: [String], labels: [String]) {
        let (ofNames, ofLabels) = (names.map(ChannelMeaning.init), labels.map(ChannelMeaning.init))
        (self.names, self.labels) = (ofNames, ofLabels)
        places = labels.indices.map { Self.sure(labels[$0], ofLabels[$0], names, ofNames) }
        placeRest(counts: (names.count, labels.count))
    }

    /// The one channel that a name means; nil where there is none, or more than one.
    static func best(_ name: String, in names: [String]) -> Int? {
        let meaning = ChannelMeaning(name)
        guard !meaning.targets.isEmpty else { return nil }
        let found = names.indices.filter { !meaning.targets.isDisjoint(with: ChannelMeaning(names[$0]).targets) }
        return found.count == 1 ? found[0] : nil
    }

    /// Where a label's words leave no doubt.
    private static func sure(
        _ label: String, _ meaning: ChannelMeaning, _ texts: [String], _ names: [ChannelMeaning]
    ) -> ChannelLabels.Place? {
        if let number = number(in: label), number <= names.count { return .init(channel: number - 1, reason: .meaning) }
        let terms = ChannelLabels.terms(of: label)
        let scores = names.indices.map { index in
            (terms.contains(texts[index].lowercased()) ? 10 : 0) + score(meaning, names[index])
        }
        guard let best = scores.max(), best >= 3 else { return nil }
        let found = scores.indices.filter { scores[$0] == best }
        return found.count == 1 ? .init(channel: found[0], reason: .meaning) : nil
    }

    /// What two names have in common: what they show counts more than the colour, which dyes share.
    private static func score(_ one: ChannelMeaning, _ other: ChannelMeaning) -> Int {
        var score = 4 * one.targets.intersection(other.targets).count + min(4, 2 * one.words.intersection(other.words).count)
        if !one.colours.isDisjoint(with: other.colours) { score += 3 }
        return contradict(one, other) ? score - 6 : score
    }

    /// Whether two names speak of different things.
    private static func contradict(_ one: ChannelMeaning, _ other: ChannelMeaning) -> Bool {
        if !one.targets.isEmpty, !other.targets.isEmpty { return one.targets.isDisjoint(with: other.targets) }
        return !one.colours.isEmpty && !other.colours.isEmpty && one.colours.isDisjoint(with: other.colours)
    }

    /// "Ch1 (blue): Nuclei", "Channel 2: actin".
    private static func number(in label: String) -> Int? {
        let text = label.lowercased()
        for start in ["channel ", "channel", "ch"] where text.hasPrefix(start) {
            let digits = text.dropFirst(start.count).prefix { $0.isASCII && $0.isNumber }
            if let number = Int(digits), number > 0 { return number }
        }
        return nil
    }

    /// Labels that no word gives a place: the only one that is left, or the one at its position where all others are at theirs.
    private mutating func placeRest(counts: (names: Int, labels: Int)) {
        let open = places.indices.filter { places[$0] == nil }
        guard !open.isEmpty, counts.names == counts.labels else { return }
        let taken = Set(places.compactMap { $0?.channel })
        let free = names.indices.filter { !taken.contains($0) }
        let isInOrder = places.enumerated().allSatisfy { label, place in place.map { $0.channel == label } ?? true }
        if isInOrder, open == free, open.allSatisfy({ !Self.contradict(labels[$0], names[$0]) }) {
            for label in open { places[label] = .init(channel: label, reason: .position) }
        } else if open.count == 1, free.count == 1, !Self.contradict(labels[open[0]], names[free[0]]) {
            places[open[0]] = .init(channel: free[0], reason: .elimination)
        } else {
            isContradiction = true
        }
    }
}
