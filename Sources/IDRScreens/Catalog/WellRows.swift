import IDRFiles
import IDRPlan

/// Which rows of an annotation table are of which well, and which of them have no image.
struct WellRows: Sendable {
    /// A well: a place on a plate.
    struct Well: Sendable {
        let plate: Int
        let name: String
        /// nil where the table names it otherwise.
        let place: WellName?
        /// Of the table, in its order.
        var rows: [Int]
        /// The number that the table gives it.
        var number: Int?
    }

    /// In the table's order.
    let plates: [String]
    /// In the order of their first rows, without those that have no image.
    let wells: [Well]
    /// Rows that say that there is no image: how many say it in which words, the most frequent first.
    let withoutImage: [(words: String, rows: Int)]
    /// Rows that name no well.
    let unnamed: Int
    /// Columns of each of ``plates``: of the smallest usual plate that has all its wells.
    let columns: [Int]

    init(_ annotation: CSVTable) throws(IDRError) {
        let columns = try annotation.values(of: [ScreenColumn.plate, ScreenColumn.well])
        let numbers = annotation.index(of: ScreenColumn.number) == nil ? nil : try annotation.values(of: ScreenColumn.number)
        let missing = try MissingImages(annotation)
        var (plates, wells, unnamed): ([String], [Well], Int) = ([], [], 0)
        var plateNumbers: [String: Int] = [:]
        var known: [Key: Int] = [:]
        var extents: [String: Extent] = [:]
        for row in 0..<annotation.count {
            let name = columns[1][row].trimmed
            // A well without an image still says how large its plate is.
            if let place = WellName(name) { extents[columns[0][row], default: Extent()].include(place) }
            guard missing.reason[row] == nil else { continue }
            let (place, number) = (WellName(name), numbers.flatMap { Int($0[row]) }.flatMap { $0 > 0 ? $0 : nil })
            guard place != nil || (number != nil && !name.isEmpty) else {
                unnamed += 1
                continue
            }
            let plate = plateNumbers[columns[0][row]] ?? plates.count
            if plate == plates.count {
                plates.append(columns[0][row])
                plateNumbers[columns[0][row]] = plate
            }
            let key = Key(plate: plate, place: place, name: place == nil ? name : "")
            if let well = known[key] {
                wells[well].rows.append(row)
            } else {
                known[key] = wells.count
                wells.append(Well(plate: plate, name: name, place: place, rows: [row], number: number))
            }
        }
        (self.plates, self.wells, self.unnamed) = (plates, wells, unnamed)
        withoutImage = missing.counts
        self.columns = plates.map { extents[$0, default: Extent()].columns }
    }

    private struct Key: Hashable {
        let plate: Int
        let place: WellName?
        let name: String
    }

    /// The rows and columns up to a plate's last wells.
    private struct Extent {
        private var (rows, last) = (0, 0)

        /// Rows and columns of the plates that are sold.
        private static let usual = [(2, 3), (3, 4), (4, 6), (6, 8), (8, 12), (16, 24), (32, 48)]

        mutating func include(_ place: WellName) { (rows, last) = (max(rows, place.row + 1), max(last, place.column + 1)) }

        /// Of the smallest usual plate that holds them.
        var columns: Int { Self.usual.first { rows <= $0.0 && last <= $0.1 }?.1 ?? last }
    }
}

/// What rows of a table say of their image being missing. That a well is empty, or has no annotation, says nothing of its image.
private struct MissingImages {
    /// The words of each row that say so.
    let reason: [String?]
    let counts: [(words: String, rows: Int)]

    init(_ annotation: CSVTable) throws(IDRError) {
        var (reason, counts): ([String?], [String: Int]) = (Array(repeating: nil, count: annotation.count), [:])
        let spoken = annotation.columns.filter(Self.speaksOfImages)
        // A table writes the same few words again and again.
        var known: [String: Bool] = [:]
        for values in try annotation.values(of: spoken) {
            for (row, text) in values.enumerated() where !text.isEmpty && reason[row] == nil {
                let says = known[text] ?? Self.says(text)
                known[text] = says
                guard says else { continue }
                reason[row] = text
                counts[text, default: 0] += 1
            }
        }
        self.reason = reason
        self.counts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    private static func speaksOfImages(_ column: String) -> Bool {
        let column = column.lowercased()
        return ["comment", "issue", "image", "quality", "note", "remark", "status", "control type"].contains { column.contains($0) }
            && !column.contains("file") && !column.contains("path")
    }

    /// "no image", "images missing for well", "image not available", "plate missing", "unimaged", ...
    private static func says(_ text: String) -> Bool {
        let words = text.lowercased().split { !$0.isLetter }.map(String.init)
        // Some fields, channels or frames that are missing leave an image.
        guard
            !words.contains(where: {
                ["some", "field", "fields", "channel", "channels", "site", "sites", "frame", "frames", "slice", "slices"].contains($0)
            })
        else { return false }
        let isImage = { (word: String) in ["image", "images", "imaged", "imaging", "picture", "pictures"].contains(word) }
        for (index, word) in words.enumerated() {
            let (before, after) = (words[..<index].suffix(1).first ?? "", words[(index + 1)...].prefix(4))
            if word == "unimaged" || (word == "imaged" && ["not", "never"].contains(before)) { return true }
            if word == "plate", after.first == "missing" || before == "missing" { return true }
            guard isImage(word), word != "imaging", word != "imaged" else { continue }
            if ["no", "without", "missing", "lacks"].contains(before) {
                return after.first.map { !["processing", "analysis", "correction"].contains($0) } ?? true
            }
            let rest = after.drop { ["is", "are", "was", "were", "data", "file", "files"].contains($0) }
            if let first = rest.first, ["missing", "unavailable", "lost"].contains(first) { return true }
            if rest.first == "not", let second = rest.dropFirst().first,
                ["available", "found", "acquired", "taken", "provided", "submitted"].contains(second)
            {
                return true
            }
        }
        return false
    }
}
