import IDRPlan

/// `.pattern`: a line of text that names many files (see ``FilePattern``), as Bio-Formats groups them.
///
/// It says nothing of plates; it is an index of one where its blocks are of wells: a block of well names (`<A01,A02>`), or one of letters with
/// one of numbers behind it (`<A-H><01-12>`), or one with "well" before it that counts them from 1 along the rows of a plate of 24 columns where
/// the numbers go beyond 96, else of 12. No real file was at hand.
package struct PatternFile: PlateIndexFormat {
    package init() {}

    package let name = "pattern file"
    package let listsFolder = false

    package func recognises(fileName: String) -> Bool { fileName.lowercased().hasSuffix(".pattern") }

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        let text = try await Self.text(of: files.name, in: files)
        var builder = PlateIndexBuilder(files.name)
        do throws(FilePattern.Refusal) {
            let pattern = try FilePattern(text)
            guard let wells = PatternWells(pattern) else { throw FilePattern.Refusal(reason: "none of its blocks is of wells") }
            for (words, place) in wells.choices {
                let axes = wells.axes
                for (name, index) in try wells.pattern(with: words).planes(axes) {
                    do throws(IDRError) {
                        try builder.add(PlanePlace(file: name, page: nil), at: index, row: place.row, column: place.column)
                    } catch {
                        throw FilePattern.Refusal(reason: error.reason ?? error.problem)
                    }
                }
            }
        } catch {
            throw PlateIndexFormats.error(files.name, error.reason)
        }
        return try builder.finished()
    }

    /// The first line of a pattern file that is not empty.
    static func text(of path: String, in files: IndexFiles) async throws -> String {
        guard let bytes = try await files.bytes(of: path, limit: 1 << 22) else {
            throw IDRError(.missing, "there is no file \(path)", fix: "put it beside the plate's index")
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.lazy.map { String($0.drop { $0.isWhitespace || $0 == "\u{FEFF}" }) }.first { !$0.isEmpty } ?? ""
    }
}

/// The blocks of a pattern that are of wells, and the rest.
private struct PatternWells {
    let pattern: FilePattern
    /// The words of the blocks of wells, and the well they mean.
    let choices: [(words: [Int: String], well: WellName)]

    init?(_ pattern: FilePattern) {
        self.pattern = pattern
        for (block, words) in pattern.blocks.enumerated() {
            let wells = words.map { WellName($0) }
            if words.count > 1 || pattern.word(before: block) == "well", wells.allSatisfy({ $0 != nil }) {
                choices = zip(words, wells).compactMap { word, well in well.map { ([block: word], $0) } }
                return
            }
            if let rows = Self.rows(words), block + 1 < pattern.blocks.count, let columns = Self.numbers(pattern.blocks[block + 1]) {
                let next = pattern.blocks[block + 1]
                choices = rows.indices.flatMap { row in
                    columns.indices.map { ([block: words[row], block + 1: next[$0]], WellName(row: rows[row], column: columns[$0] - 1)) }
                }
                return
            }
            if pattern.word(before: block) == "well", let numbers = Self.numbers(words) {
                let columns = (numbers.max() ?? 0) > 96 ? 24 : 12
                choices = zip(words, numbers).compactMap { word, number in
                    (try? WellName(number: number, columns: columns)).map { ([block: word], $0) }
                }
                return
            }
        }
        return nil
    }

    /// From 0, where all are letters of rows.
    private static func rows(_ words: [String]) -> [Int]? {
        let rows = words.compactMap { word in word.allSatisfy { ("A"..."Z").contains($0) } ? WellName(word + "1")?.row : nil }
        return rows.count == words.count ? rows : nil
    }

    private static func numbers(_ words: [String]) -> [Int]? {
        let numbers = words.compactMap { Int($0) }.filter { $0 > 0 && $0 <= 1 << 12 }
        return numbers.count == words.count ? numbers : nil
    }

    /// The pattern with its blocks of wells filled in.
    func pattern(with words: [Int: String]) -> FilePattern { pattern.filled(words) }

    /// Of the blocks that are left.
    var axes: [FilePattern.Axis] { choices.first.map { pattern.filled($0.words).axes } ?? [] }
}

extension FilePattern {
    /// The same with some of its blocks as text.
    fileprivate func filled(_ words: [Int: String]) -> FilePattern {
        var (texts, blocks): ([String], [[String]]) = ([self.texts[0]], [])
        for (number, block) in self.blocks.enumerated() {
            if let word = words[number] {
                texts[texts.count - 1] += word + self.texts[number + 1]
            } else {
                blocks.append(block)
                texts.append(self.texts[number + 1])
            }
        }
        return FilePattern(texts: texts, blocks: blocks)
    }

    private init(texts: [String], blocks: [[String]]) { (self.texts, self.blocks) = (texts, blocks) }
}
