package import IDRPlan

/// Finds channels by name. Two lists describe a well's channels: the names in the file, and the labels in the study's table.
package struct ChannelLabels: Sendable, Hashable {
    /// Of the file, in its order.
    package let names: [String]
    /// Of the study's table, "DAPI:DNA" or "Hoechst 33342 (DNA)", in its order; empty where it does not say.
    package let labels: [String]

    package init(names: [String], labels: [String]) {
        self.names = names
        // A list of another length describes something else.
        self.labels = labels.count == names.count ? labels : []
    }

    /// The entries of a table's field: separated by `;`, without what a list's last full stop adds.
    package static func split(_ field: String) -> [String] {
        field.split(separator: ";").map { trimmed($0) }.map { $0.hasSuffix(".") ? trimmed($0.dropLast()) : $0 }.filter { !$0.isEmpty }
    }

    /// The channel's number, from 1.
    /// - Throws: an ``IDRError`` that lists the channels where there is none, or more than one.
    package func number(of channel: Channel) throws(IDRError) -> Int {
        switch channel {
        case .number(let number):
            guard number >= 1, number <= names.count else {
                throw IDRError(.invalidPlan, "channel \(number) does not exist", because: description, fix: "choose one of these by number or name")
            }
            return number
        case .named(let name):
            let wanted = name.lowercased()
            let found = names.indices.filter { terms(of: $0).contains(wanted) }
            guard let first = found.first, found.count == 1 else {
                throw IDRError(
                    .invalidPlan, found.isEmpty ? "there is no channel \"\(name)\"" : "\"\(name)\" names \(found.count) channels",
                    because: description,
                    fix: "choose one of these by number or name")
            }
            return first + 1
        }
    }

    /// What the channel is called for people and in tables: the target of its label, or the file's name.
    package func title(of number: Int) -> String {
        guard labels.indices.contains(number - 1) else { return names[number - 1] }
        return Self.parts(of: labels[number - 1]).last ?? labels[number - 1]
    }

    private var description: String {
        let list = names.indices.map { "\($0 + 1) \"\(names[$0])\"" + (labels.isEmpty ? "" : " (\(labels[$0]))") }
        return "the channels are " + list.joined(separator: ", ")
    }

    /// Everything that names the channel, in lower case.
    private func terms(of index: Int) -> Set<String> {
        var terms: Set = [names[index].lowercased()]
        if labels.indices.contains(index) {
            terms.insert(labels[index].lowercased())
            terms.formUnion(Self.parts(of: labels[index]).map { $0.lowercased() })
        }
        return terms
    }

    /// Dye and target of "dye:target" or "dye (target)".
    private static func parts(of label: String) -> [String] {
        if let colon = label.firstIndex(of: ":") { return [trimmed(label[..<colon]), trimmed(label[label.index(after: colon)...])] }
        guard label.hasSuffix(")"), let open = label.firstIndex(of: "(") else { return [label] }
        return [trimmed(label[..<open]), trimmed(label[label.index(after: open)...].dropLast())]
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
