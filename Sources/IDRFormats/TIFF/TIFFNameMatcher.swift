import IDRPlan

/// A pattern with its plate and well filled in, which file names are held against.
///
/// Works on UTF-8. What has failed once is not tried again, so that the time is bounded by the name's length times the pattern's.
struct TIFFNameMatcher {
    private let tokens: [Token]
    /// How each name that fits begins: most of a long list is told apart by it.
    private let beginning: [UInt8]

    private enum Token {
        /// Lower-cased where letter case does not count.
        case text([UInt8], ignoringCase: Bool)
        case anything
        /// `isOpen`: anything may follow, digits too.
        case number(PlaneAxis, digits: Int, first: Int, isOpen: Bool)
        case words(PlaneAxis, [[UInt8]])
    }

    /// - Parameter number: the well's, from 1; nil where the plate has no such column, and then nothing fits a pattern with {number}.
    init(_ pattern: TIFFPattern, plate: String, well: WellName, number: Int?) {
        let tokens = pattern.parts.enumerated().flatMap { place, part -> [Token] in
            if case .text(let text) = part, place == pattern.parts.count - 1, let dot = text.lastIndex(of: ".") {
                return [.text(Array(text[..<dot].utf8), ignoringCase: false), .text(Array(text[dot...].lowercased().utf8), ignoringCase: true)]
            }
            return [TIFFNameMatcher.token(part, at: place, of: pattern, plate: plate, well: well, number: number)]
        }
        self.tokens = tokens
        var beginning: [UInt8] = []
        for token in tokens {
            guard case .text(let text, false) = token else { break }
            beginning += text
        }
        self.beginning = beginning
    }

    private static func token(_ part: TIFFPattern.Part, at place: Int, of pattern: TIFFPattern, plate: String, well: WellName, number: Int?) -> Token
    {
        switch part {
        case .text(let text): return .text(Array(text.utf8), ignoringCase: false)
        case .plate: return .text(Array(plate.utf8), ignoringCase: false)
        case .anything: return .anything
        case .well(let isPadded):
            let column = TIFFNameMatcher.digits(well.column + 1, isPadded ? 2 : 0)
            return .text(Array((well.rowLetters + column).lowercased().utf8), ignoringCase: true)
        case .rowLetter: return .text(Array(well.rowLetters.lowercased().utf8), ignoringCase: true)
        case .place(let place, let count, let first):
            let known: Int? =
                switch place {
                case .row: well.row + first
                case .column: well.column + first
                case .number: number.map { $0 - 1 + first }
                }
            // A byte that no text has.
            guard let value = known else { return .text([0xFF], ignoringCase: false) }
            return .text(Array(TIFFNameMatcher.digits(value, count).utf8), ignoringCase: false)
        case .axis(let axis, let digits, let first):
            let isOpen = pattern.parts.dropFirst(place + 1).first == .anything
            return .number(axis, digits: digits, first: first, isOpen: isOpen)
        case .words(let axis, let words): return .words(axis, words.map { Array($0.utf8) })
        }
    }

    private static func digits(_ value: Int, _ count: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    /// The plane that `name` is of, with 1 for axes that the pattern does not name; nil where it does not fit.
    func match(_ name: String) -> PlaneIndex? {
        guard name.utf8.starts(with: beginning) else { return nil }
        var failed: Set<Int> = []
        return match(Array(name.utf8), at: 0, token: 0, PlaneIndex(frame: 1), &failed)
    }

    private func match(_ name: [UInt8], at start: Int, token: Int, _ index: PlaneIndex, _ failed: inout Set<Int>) -> PlaneIndex? {
        guard token < tokens.count else { return start == name.count ? index : nil }
        let state = token * (name.count + 1) + start
        guard !failed.contains(state) else { return nil }
        for (end, axis, value) in choices(name, at: start, tokens[token]) {
            var next = index
            if let axis { next[axis] = value }
            if let found = match(name, at: end, token: token + 1, next, &failed) { return found }
        }
        failed.insert(state)
        return nil
    }

    /// Where the token may end, the likeliest first, and what it then says.
    private func choices(_ name: [UInt8], at start: Int, _ token: Token) -> [(end: Int, axis: PlaneAxis?, value: Int)] {
        switch token {
        case .text(let text, let ignoringCase):
            let part = name[start...].prefix(text.count)
            let isSame = ignoringCase ? part.elementsEqual(text) { TIFFNameMatcher.lower($0) == $1 } : part.elementsEqual(text)
            return isSame ? [(start + text.count, nil, 0)] : []
        case .anything:
            let length = name[start...].prefix { $0 != UInt8(ascii: "/") }.count
            return (0...length).map { (start + $0, nil, 0) }
        case .words(let axis, let words):
            return words.enumerated().filter { name[start...].starts(with: $0.element) }
                .sorted { $0.element.count > $1.element.count }.map { (start + $0.element.count, axis, $0.offset + 1) }
        case .number(let axis, let digits, let first, let isOpen):
            let run = name[start...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            // All digits that are there; of a padded number also just its own, as another may follow at once, and only these before a star.
            let outgrown = digits > 0 && run.count > digits && run.first != UInt8(ascii: "0") && !isOpen
            let lengths = digits == 0 ? [run.count] : run.count < digits ? [] : outgrown ? [run.count, digits] : [digits]
            return lengths.compactMap { length in
                guard 1...9 ~= length, let value = Int(String(decoding: run.prefix(length), as: UTF8.self)), value >= first else { return nil }
                return (start + length, axis, value - first + 1)
            }
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte }
}

extension WellName {
    /// "A", ..., "AF".
    fileprivate var rowLetters: String { String(description.prefix { !$0.isNumber }) }
}
