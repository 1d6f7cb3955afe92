package import IDRPlan

/// A way in which a microscope names its files, one plane or field a file, for folders without an index. No real folder was at hand.
struct FileNaming: Sendable {
    /// For people.
    let name: String
    /// With groups called well (or row and column), field, frame, channel, z, as far as the names have them. Letter case does not count.
    private let expression: String
    /// Whether a file is one plane; else its pages are what it says itself.
    private let isOfPlanes: Bool

    private static let guid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

    /// All kinds, the most particular first. A kind is another row here.
    static let all: [FileNaming] = [
        FileNaming(
            name: "Harmony",
            expression: #"r(?<row>\d{2,3})c(?<column>\d{2,3})f(?<field>\d{2,})p(?<z>\d{2,})"#
                + #"-ch(?<channel>\d+)sk(?<frame>\d+)fk\d+fl\d+\.tiff?"#, isOfPlanes: true),
        FileNaming(
            name: "CellVoyager",
            expression: #"(?:.*_)?(?<well>[a-z]{1,2}\d{2,3})_t(?<frame>\d{4})f(?<field>\d{3,4})l\d{2}a\d{2}"#
                + #"z(?<z>\d{2,3})c(?<channel>\d{2})\.tiff?"#, isOfPlanes: true),
        FileNaming(
            name: "Scan^R",
            expression: #".*w\d{5}--(?<well>[a-z]{1,2}\d{1,2})--p(?<field>\d{5})--z(?<z>\d{5})--t(?<frame>\d{5})"#
                + #"--(?<channel>.+)\.tiff?"#, isOfPlanes: true),
        FileNaming(
            name: "IN Cell",
            expression: #"(?<row>[a-z]{1,2}) - (?<column>\d{1,2})\(fld (?<field>\d+)(?: wv (?<channel>[^()]*?))?"#
                + #"(?: z (?<z>\d+))?(?: time (?<frame>\d+)[^()]*)?\)\.tiff?"#, isOfPlanes: true),
        FileNaming(
            name: "ImageXpress",
            expression: #"(?:.*_)?(?<well>[a-z]{1,2}\d{2})(?:_s(?<field>\d+))?"#
                + "(?:_w(?<channel>[0-9])(?:\(guid))?|\(guid))" + #"\.tiff?"#, isOfPlanes: true),
        FileNaming(
            name: "well and field", expression: #"(?<well>[a-z]{1,2}\d{2})_(?:s|f)?(?<field>\d{1,3})\.(?:ome\.)?tiff?"#, isOfPlanes: false),
        FileNaming(name: "well", expression: #"(?<well>[a-z]{1,2}\d{2})\.(?:ome\.)?tiff?"#, isOfPlanes: false),
    ]

    /// What a name says.
    private struct Fields {
        var well: WellName
        var numbers: [PlaneAxis: Int] = [:]
        /// A channel that has a name and no number.
        var channel: String?
    }

    /// The plate whose files these are; nil where fewer than half of the TIFF files are named in this way.
    func index(_ files: [String], called folder: String) throws(IDRError) -> PlateIndex? {
        let images = files.filter { Self.isImage($0.lowercased()) }
        // Not worth the look at all of them where the first have other names.
        guard let regex = try? Regex(expression).ignoresCase() else { return nil }
        guard images.prefix(16).contains(where: { fields($0, regex) != nil }) else { return nil }
        let named = images.compactMap { name in fields(name, regex).map { (name: name, fields: $0) } }
        guard named.count * 2 > images.count else { return nil }
        let channels = Set(named.compactMap(\.fields.channel)).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: channels.enumerated().map { ($0.element, $0.offset) })
        let indices = named.map { _, fields in
            PlaneIndex(
                field: fields.numbers[.field] ?? 0, frame: fields.numbers[.frame] ?? 0,
                channel: fields.channel.flatMap { numbers[$0] } ?? fields.numbers[.channel] ?? 0, z: fields.numbers[.z] ?? 0)
        }
        let ranks = PlaneRanks(indices)
        var builder = PlateIndexBuilder(folder, channelNames: channels.map { $0 })
        for ((name, fields), index) in zip(named, indices) {
            let place = try PlanePlace(file: name, page: isOfPlanes ? 1 : nil)
            try builder.add(place, at: ranks[index], row: fields.well.row, column: fields.well.column)
        }
        if named.count < images.count {
            let others = images.count - named.count
            builder.note("\(others) of \(images.count) TIFF files are not named as \(self.name) names its files, and are not used")
        }
        return try builder.finished()
    }

    /// Small copies of images, as ImageXpress makes them, are none.
    private static func isImage(_ name: String) -> Bool {
        (name.hasSuffix(".tif") || name.hasSuffix(".tiff")) && !name.contains("_thumb")
    }

    private func fields(_ name: String, _ regex: Regex<AnyRegexOutput>) -> Fields? {
        guard let match = try? regex.wholeMatch(in: name) else { return nil }
        let group = { (key: String) in match[key]?.substring.map(String.init) }
        let text = group("well") ?? (group("row") ?? "") + (group("column") ?? "")
        let digits = (group("row").flatMap { Int($0) }, group("column").flatMap { Int($0) })
        let well: WellName? =
            if let row = digits.0, let column = digits.1 {
                (1...64).contains(row) && (1...96).contains(column) ? WellName(row: row - 1, column: column - 1) : nil
            } else { WellName(text) }
        guard let well else { return nil }
        var fields = Fields(well: well)
        for axis in PlaneAxis.allCases {
            guard let text = group(axis.rawValue) else { continue }
            if let number = Int(text), text.count <= 9 {
                fields.numbers[axis] = number
            } else if axis == .channel {
                fields.channel = text
            } else {
                return nil
            }
        }
        return fields
    }
}

extension PlateIndexFormats {
    /// The plate whose files lie in a folder without an index, by their names.
    /// - Parameters:
    ///   - files: names of the files in the folder, sorted.
    ///   - folder: for errors.
    /// - Throws: ``IDRError`` that names the format where the files are of one that is not read, or shows some names where nothing fits them.
    package static func named(_ files: [String], called folder: String) throws(IDRError) -> (name: String, index: PlateIndex) {
        for naming in FileNaming.all {
            if let index = try naming.index(files, called: folder) { return (naming.name, index) }
        }
        // Beside images lie pictures of other formats; the plate is of what there is most of.
        let unread = Dictionary(grouping: files.filter { UnreadFormat(fileName: $0) != nil }) { UnreadFormat(fileName: $0) }
        if let (format, files) = unread.max(by: { ($0.value.count, $1.value[0]) < ($1.value.count, $0.value[0]) }), let format {
            throw format.refusal("\(folder)/\(files[0])")
        }
        let shown = files.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ")
        throw IDRError(
            .invalidInput, "the plate's folder has no index that is known, and its files' names are of no known kind", at: [folder],
            because: files.isEmpty ? "there are no files in it" : "there are \(files.count) files, such as \(shown)",
            fix: "give the names' pattern in the configuration, screens > tiffPattern")
    }
}
