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
        let claims = labels.indices.map { Self.claim(labels[$0], ofLabels[$0], names, ofNames) }
        places = Self.settled(claims, ofLabels)
        placeRest(counts: (names.count, labels.count))
    }

    /// The one channel that a name means; nil where there is none, or more than one.
    static func best(_ name: String, in names: [String]) -> Int? {
        let meaning = ChannelMeaning(name)
        guard !meaning.targets.isEmpty else { return nil }
        let found = names.indices.filter { !meaning.targets.isDisjoint(with: ChannelMeaning(names[$0]).targets) }
        return found.count == 1 ? found[0] : nil
    }

    /// The channel that a label's words speak for, and how clearly.
    private struct Claim {
        let channel: Int
        let score: Int
    }

    /// Where a label's own words leave no doubt; what other labels say is not asked.
    private static func claim(_ label: String, _ meaning: ChannelMeaning, _ texts: [String], _ names: [ChannelMeaning]) -> Claim? {
        if let number = number(in: label), number <= names.count {
            return contradict(meaning, names[number - 1]) ? nil : Claim(channel: number - 1, score: 20)
        }
        let terms = ChannelLabels.terms(of: label)
        let scores = names.indices.map { index in
            (terms.contains(texts[index].lowercased()) ? 10 : 0) + score(meaning, names[index])
        }
        guard let best = scores.max(), best >= 3 else { return nil }
        let found = scores.indices.filter { scores[$0] == best }
        return found.count == 1 ? Claim(channel: found[0], score: best) : nil
    }

    /// More labels of one channel than any dye set has: such a list is no list of channels, and each is compared with each.
    private static let mostRivals = 32

    /// The claims that stand. A channel may show several things ("AGP" is actin and Golgi), but of labels that speak of the same thing, or of
    /// none that is known, only the clearest has it: "Hoechst: nuclei" and "phosphohistone H3: mitotic nuclei" are two channels.
    private static func settled(_ claims: [Claim?], _ labels: [ChannelMeaning]) -> [ChannelLabels.Place?] {
        let rivals = Dictionary(grouping: claims.indices.filter { claims[$0] != nil }) { claims[$0]?.channel }
        return claims.indices.map { label in
            guard let claim = claims[label], let all = rivals[claim.channel], all.count <= mostRivals else { return nil }
            let stands = all.allSatisfy { other in
                other == label || claim.score > (claims[other]?.score ?? 0) || labels[label].isApart(from: labels[other])
            }
            return stands ? ChannelLabels.Place(channel: claim.channel, reason: .meaning) : nil
        }
    }

    /// What two names have in common: what they show counts more than the colour, which dyes share. Another colour speaks against it even so:
    /// "Alexa 488: DNA damage" is not the DAPI channel.
    private static func score(_ one: ChannelMeaning, _ other: ChannelMeaning) -> Int {
        var score = 4 * one.targets.intersection(other.targets).count + min(4, 2 * one.words.intersection(other.words).count)
        if !one.colours.isDisjoint(with: other.colours) {
            score += 3
        } else if !one.colours.isEmpty, !other.colours.isEmpty {
            score -= 3
        }
        return contradict(one, other) ? score - 6 : score
    }

    /// Whether two names speak of different things.
    private static func contradict(_ one: ChannelMeaning, _ other: ChannelMeaning) -> Bool {
        if !one.targets.isEmpty, !other.targets.isEmpty { return one.targets.isDisjoint(with: other.targets) }
        return !one.colours.isEmpty && !other.colours.isEmpty && one.colours.isDisjoint(with: other.colours)
    }

    /// "Ch1 (blue): Nuclei", "Channel 2: actin", "w3: DAPI". "C2C12" are cells, and "C3" is a protein.
    private static func number(in label: String) -> Int? {
        let text = label.lowercased()
        for start in ["channel ", "channel", "ch", "c", "w"] where text.hasPrefix(start) {
            let rest = text.dropFirst(start.count)
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits), number > 0 else { continue }
            let next = rest.dropFirst(digits.count).first { $0 != " " }
            if start.count == 1 ? next == ":" || next == "(" : next?.isLetter != true || rest.dropFirst(digits.count).first == " " { return number }
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
