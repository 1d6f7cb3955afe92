package import IDRPlan

/// A name of many files in Bio-Formats' notation: text with blocks `<...>`, each of which stands for one of several words.
///
/// A block is a list (`<DAPI,GFP>`), a range of numbers (`<1-4>`, `<001-384:2>` with a step, in as many digits as its first number where that
/// has leading zeros or as many as the last) or of letters (`<A-H>`), or one word. Blocks may hold "/" and so lead through folders.
package struct FilePattern: Sendable, Hashable {
    /// The text before each block, and behind the last.
    package let texts: [String]
    package let blocks: [[String]]

    /// No pattern has more blocks, no block more words.
    private static let mostBlocks = 12
    private static let mostWords = 1 << 16

    package struct Refusal: Error {
        package let reason: String
    }

    package init(_ text: some StringProtocol) throws(Refusal) {
        var (texts, blocks): ([String], [[String]]) = ([], [])
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "<") {
            guard let close = rest[open...].firstIndex(of: ">") else { throw Refusal(reason: "a < has no >") }
            guard blocks.count < Self.mostBlocks else { throw Refusal(reason: "it has more than \(Self.mostBlocks) blocks") }
            texts.append(String(rest[..<open]))
            blocks.append(try Self.words(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        self.texts = texts + [String(rest)]
        self.blocks = blocks
    }

    /// The name with these words in its blocks.
    package func name(_ words: [String]) -> String {
        zip(texts, words + [""]).reduce("") { $0 + $1.0 + $1.1 }
    }

    private static func words(_ block: Substring) throws(Refusal) -> [String] {
        let listed = block.split(separator: ",", omittingEmptySubsequences: false)
        guard listed.count <= mostWords else { throw Refusal(reason: "a block has more than \(mostWords) words") }
        if listed.count > 1 { return listed.map(String.init) }
        if let numbers = try numbers(block) { return numbers }
        return try letters(block) ?? [String(block)]
    }

    /// The two ends of a range and its step; nil for what is none.
    private static func ends(_ block: Substring) -> (first: Substring, last: Substring, step: Int)? {
        let parts = block.split(separator: ":", omittingEmptySubsequences: false)
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, ends.count == 2, let step = parts.count == 2 ? Int(parts[1]) : 1, step > 0 else { return nil }
        return (ends[0], ends[1], step)
    }

    private static func numbers(_ block: Substring) throws(Refusal) -> [String]? {
        guard let (first, last, step) = ends(block), isDigits(first), isDigits(last), let start = Int(first), let end = Int(last) else { return nil }
        guard end >= start, (end - start) / step < mostWords else {
            throw Refusal(reason: "the range <\(block.prefix(40))> is empty, or has more than \(mostWords) numbers")
        }
        let digits = first.count == last.count || first.hasPrefix("0") ? first.count : 0
        return stride(from: start, through: end, by: step).map { number -> String in
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
    }

    private static func isDigits(_ text: Substring) -> Bool { !text.isEmpty && text.count <= 9 && text.allSatisfy { ("0"..."9").contains($0) } }

    private static func letters(_ block: Substring) throws(Refusal) -> [String]? {
        guard let (first, last, step) = ends(block), let start = letter(first), let end = letter(last), (start < 97) == (end < 97) else { return nil }
        guard end >= start else { throw Refusal(reason: "the range <\(block)> is empty") }
        return stride(from: Int(start), through: Int(end), by: step).map { String(UnicodeScalar(UInt8($0))) }
    }

    private static func letter(_ text: Substring) -> UInt8? {
        guard text.count == 1, let value = text.first?.asciiValue, (65...90).contains(value) || (97...122).contains(value) else { return nil }
        return value
    }
}

extension FilePattern {
    /// What a block counts.
    package enum Axis: Sendable, Hashable {
        case plane(PlaneAxis)
        /// Images beside each other ("series").
        case series
    }

    /// Words before a block that say what it counts, as Bio-Formats knows them.
    private static let words: [String: Axis] = {
        var words: [String: Axis] = [:]
        for word in ["fp", "sec", "z", "zs", "focal", "focalplane"] { words[word] = .plane(.z) }
        for word in ["t", "tl", "tp", "time"] { words[word] = .plane(.frame) }
        for word in ["c", "ch", "w", "wavelength"] { words[word] = .plane(.channel) }
        for word in ["s", "series", "sp"] { words[word] = .series }
        return words
    }()

    /// The axis that a letter of `AxisTypes` names.
    package static func axis(_ letter: Character) -> Axis? { words[letter.lowercased()] }

    /// The word before the block: letters, with digits, blanks, "-", "_" and "." behind them left out.
    package func word(before block: Int) -> String {
        let text = texts[block].lowercased()
        let end = text.reversed().drop { ("0"..."9").contains($0) || " -_.".contains($0) }
        return String(end.prefix { ("a"..."z").contains($0) }.reversed())
    }

    /// What each block counts: by the word before it; of colours (two of r, g and b in two or three words) channels; the others z, time and
    /// channels, in this order, as far as no block counts them yet.
    package var axes: [Axis] {
        var known = blocks.indices.map { Self.words[word(before: $0)] ?? (isOfColours($0) ? .plane(.channel) : nil) }
        var free: [Axis] = [.plane(.z), .plane(.frame), .plane(.channel)].filter { !known.contains($0) }
        for block in known.indices where known[block] == nil { known[block] = free.isEmpty ? .plane(.frame) : free.removeFirst() }
        return known.compactMap(\.self)
    }

    private func isOfColours(_ block: Int) -> Bool {
        let firsts = Set(blocks[block].compactMap { $0.lowercased().first })
        return (2...3).contains(blocks[block].count) && firsts.intersection(["r", "g", "b"]).count >= 2
    }

    /// Each file of the pattern with what it is of, within limits; several blocks of one axis count together, the first the slowest.
    /// Of images beside each other only the first is taken.
    package func planes(_ axes: [Axis], most: Int = 1 << 20) throws(Refusal) -> [(name: String, index: PlaneIndex)] {
        let counts = zip(blocks, axes).map { $1 == .series ? 1 : $0.count }
        var total = 1
        for count in counts {
            let (product, overflow) = total.multipliedReportingOverflow(by: count)
            guard !overflow, product <= most else { throw Refusal(reason: "it stands for more than \(most) files") }
            total = product
        }
        return (0..<total).map { number in
            var rest = number
            var places = [Int](repeating: 0, count: counts.count)
            for block in counts.indices.reversed() {
                places[block] = rest % counts[block]
                rest /= counts[block]
            }
            var index = PlaneIndex(frame: 1)
            for (block, axis) in axes.enumerated() {
                guard case .plane(let axis) = axis else { continue }
                index[axis] = (index[axis] - 1) * counts[block] + places[block] + 1
            }
            return (name(places.enumerated().map { blocks[$0.offset][$0.element] }), index)
        }
    }
}
