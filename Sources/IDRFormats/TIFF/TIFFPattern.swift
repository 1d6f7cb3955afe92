package import IDRPlan

/// How the names of a well's TIFF files are made, as in `{plate}/r{row:2}c{column:2}f{field:2}p{z:2}-ch{channel}sk{frame}fk1fl1.tiff`
/// (idr0080) or `{plate}/*_{well:padded}_s{field}_w{channel:1}*.tif` (idr0016).
///
/// | Placeholder | Stands for |
/// | --- | --- |
/// | `{plate}` | the plate's name |
/// | `{well}`, `{well:padded}` | the well, "A4" or "A04"; letter case does not count |
/// | `{row}`, `{row:2}`, `{row:letter}` | the row from 1, in 2 digits, as its letter |
/// | `{column}`, `{column:2}` | the column from 1, in 2 digits |
/// | `{number}`, `{number:3}` | the well's number from 1, row after row |
/// | `{row:2:0}`, `{column:2:0}`, `{number:5:0}` | the same counted from 0 |
/// | `{field}`, `{frame}`, `{channel}`, `{z}` | the plane's number from 1 |
/// | `{z:2}` | the same in 2 digits, or in more where it needs more and no `*` follows |
/// | `{frame:3:0}` | in 3 digits, counted from 0 |
/// | `{channel:DAPI\|GFP}` | one of these words, in the channels' order |
/// | `*` | anything but `/` |
///
/// An axis without a placeholder lies in the pages of each file. `/` in names stands between folders. Letter case does not count in the
/// ending after the last dot.
package struct TIFFPattern: Sendable, Hashable {
    /// The pattern as it was written.
    package let template: String
    /// The axes that have placeholders.
    package let axes: Set<PlaneAxis>
    let parts: [Part]

    enum Part: Sendable, Hashable {
        case text(String)
        case plate
        case anything
        case well(isPadded: Bool)
        case rowLetter
        /// The well's row, column or number, in at least so many digits, counted from `first`.
        case place(Place, digits: Int, first: Int)
        /// A plane's number in at least so many digits (0: as many as there are), counted from `first`.
        case axis(PlaneAxis, digits: Int, first: Int)
        case words(PlaneAxis, [String])
    }

    enum Place: String, Sendable, Hashable {
        case row, column, number
    }

    /// Reads a pattern.
    /// - Throws: ``IDRError`` with code `invalidPlan` where it is not one, which says what is wrong.
    package init(_ template: String) throws(IDRError) {
        self.template = template
        do throws(Refusal) {
            parts = try TIFFPattern.parts(of: template)
        } catch {
            throw IDRError(.invalidPlan, "\"\(template)\" is not a pattern for file names", because: error.reason, fix: error.advice)
        }
        axes = Set(parts.compactMap(\.axis))
    }

    struct Refusal: Error {
        let reason: String
        var advice: String?
    }

    private static func parts(of template: String) throws(Refusal) -> [Part] {
        var parts: [Part] = []
        var rest = template[...]
        while let first = rest.first {
            if first == "*" {
                rest = rest.dropFirst()
                parts.append(.anything)
            } else if first == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw Refusal(reason: "a { has no }") }
                parts.append(try part(rest[rest.index(after: rest.startIndex)..<end]))
                rest = rest[rest.index(after: end)...]
            } else {
                let text = rest.prefix { !"{}*".contains($0) }
                guard !text.isEmpty else { throw Refusal(reason: "a } has no {") }
                parts.append(.text(String(text)))
                rest = rest.dropFirst(text.count)
            }
        }
        let axes = parts.compactMap(\.axis)
        if let twice = axes.first(where: { axis in axes.count { $0 == axis } > 1 }) { throw Refusal(reason: "{\(twice.rawValue)} is there twice") }
        guard !parts.isEmpty else { throw Refusal(reason: "it is empty") }
        return parts
    }

    private static func part(_ text: Substring) throws(Refusal) -> Part {
        let words = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let (name, options) = (words.first ?? "", Array(words.dropFirst()))
        let wrong = Refusal(
            reason: "{\(text)} is not a placeholder that is known",
            advice: "such as {\(name)}, {\(name):2} for 2 digits, or {\(name):2:0} for 2 digits counted from 0")
        if let axis = PlaneAxis(rawValue: name) {
            if options.count == 1, options[0].contains("|") {
                let choices = options[0].split(separator: "|", omittingEmptySubsequences: false).map(String.init)
                guard !choices.contains(""), Set(choices).count == choices.count else {
                    throw Refusal(reason: "{\(text)} has an empty word or one twice")
                }
                return .words(axis, choices)
            }
            guard options.count <= 2, let digits = digits(options.first), let first = first(options) else { throw wrong }
            return .axis(axis, digits: digits, first: first)
        }
        switch (name, options) {
        case ("plate", []): return .plate
        case ("well", []): return .well(isPadded: false)
        case ("well", ["padded"]): return .well(isPadded: true)
        case ("row", ["letter"]): return .rowLetter
        default: break
        }
        let known = ["plate", "well", "row", "column", "number"] + PlaneAxis.allCases.map(\.rawValue)
        guard known.contains(name) else {
            let listed = known.map { "{\($0)}" }.joined(separator: ", ")
            throw Refusal(reason: "{\(text)} is not a placeholder that is known", advice: "they are \(listed)")
        }
        guard let place = Place(rawValue: name), options.count <= 2, let digits = digits(options.first), let first = first(options) else {
            throw wrong
        }
        return .place(place, digits: digits, first: first)
    }

    /// What is counted from: 1 where nothing is said, or 0.
    private static func first(_ options: [String]) -> Int? { Int(options.dropFirst().first ?? "1").flatMap { 0...1 ~= $0 ? $0 : nil } }

    /// 0 where nothing is said; nil for what is no number of digits.
    private static func digits(_ option: String?) -> Int? {
        guard let option else { return 0 }
        return Int(option).flatMap { 1...9 ~= $0 ? $0 : nil }
    }
}

extension TIFFPattern.Part {
    /// The axis that the part stands for.
    var axis: PlaneAxis? {
        switch self {
        case .axis(let axis, _, _), .words(let axis, _): axis
        default: nil
        }
    }
}

extension TIFFPattern: Codable {
    package init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(template)
    }
}
