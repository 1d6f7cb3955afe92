import IDRPlan

/// `experiment_descriptor.xml`: plates of Olympus' Scan^R.
///
/// The descriptor holds values as LabView writes them, elements with `Name` and `Val`: the plate's `Rows` and `Columns` behind its "format typedef",
/// channels as clusters of `name` and `idle` (0 where they were taken), and pairs of number and name in a "well selection table". The images lie in
/// `data` or beside it, with their places in their names: `...--W00001--A1--P00001--Z00000--T00000--DAPI.tif`, wells counted from 1 along the rows,
/// positions from 1, slices and times from 0. Where no size is given, the wells' names count. Which files there are says which wells have images.
/// No real file was at hand.
package struct ScanRIndex: PlateIndexFormat {
    package init() {}

    package let name = "ScanR"

    package func recognises(fileName: String) -> Bool { fileName.lowercased() == "experiment_descriptor.xml" }

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        let root: XMLTree
        let bytes = try await files.bytes()
        do throws(XMLRefusal) { root = try XMLTree.document(bytes) } catch { throw PlateIndexFormats.error(files.name, error.reason) }
        let layout = try ScanRLayout(root, called: files.name)
        var images: [(path: String, name: ScanRName)] = files.files.compactMap { file in ScanRName(file).map { (file, $0) } }
        for folder in files.folders where folder.lowercased() == "data" {
            for file in try await files.contents(of: folder).files { if let name = ScanRName(file) { images.append(("\(folder)/\(file)", name)) } }
        }
        // What the descriptor does not name comes behind.
        let described = layout.channels
        let channels = described + Set(images.map(\.name.channel)).subtracting(described).sorted()
        let numbers = Dictionary(channels.enumerated().map { ($1, $0 + 1) }) { first, _ in first }
        let ranks = PlaneRanks(images.map(\.name.index))
        var builder = PlateIndexBuilder(files.name, rows: layout.size?.rows, columns: layout.size?.columns, channelNames: channels)
        for image in images {
            guard let well = layout.well(image.name.well, label: image.name.label) else {
                throw builder.failure("\(image.path) is of well \(image.name.well), and \(layout.reason)")
            }
            var index = ranks[image.name.index]
            index.channel = numbers[image.name.channel] ?? 1
            try builder.add(PlanePlace(file: image.path), at: index, row: well.row, column: well.column)
        }
        return try builder.finished()
    }
}

/// What a descriptor says of its plate.
private struct ScanRLayout {
    /// nil where it says none.
    let size: (rows: Int, columns: Int)?
    /// Names of the channels that were taken, in its order.
    let channels: [String]
    /// Of the wells that were chosen, by number.
    private let labels: [Int: WellName]

    init(_ root: XMLTree, called file: String) throws(IDRError) {
        let values = Self.values(root)
        let plate = values.drop { $0.name != "format typedef" }
        var sides: [Int] = []
        for (name, most) in [("rows", 64), ("columns", 96)] {
            let found =
                plate.first { $0.name.lowercased() == name && $0.value != nil } ?? values.first { $0.name.lowercased() == name && $0.value != nil }
            guard let text = found?.value else { continue }
            guard let number = Double(text).flatMap({ Int(exactly: $0.rounded()) }), (1...most).contains(number) else {
                throw PlateIndexFormats.error(file, "\(name) is \(text.prefix(40).debugDescription), and must be a number from 1 to \(most)")
            }
            sides.append(number)
        }
        size = sides.count == 2 ? (sides[0], sides[1]) : nil
        channels = Self.channels(root)
        var (labels, number): ([Int: WellName], Int?) = ([:], nil)
        for case (let name, let value?) in values where name.hasPrefix("well selection table") {
            if let next = Int(value) { number = next } else if let known = number, let well = WellName(value) { labels[known] = well }
        }
        self.labels = labels
    }

    /// The well with that number.
    /// - Parameter label: what stands behind the number in the file's name.
    func well(_ number: Int, label: String) -> WellName? {
        guard let size else { return labels[number] ?? WellName(label) }
        return (try? WellName(number: number, columns: size.columns)).flatMap { $0.row < size.rows ? $0 : nil }
    }

    /// Why there is no such well.
    var reason: String { size.map { "the plate has \($0.rows * $0.columns)" } ?? "neither a plate's size nor a name says where that is" }

    /// All names with their values, in the document's order.
    private static func values(_ tree: XMLTree) -> [(name: String, value: String?)] {
        var values: [(name: String, value: String?)] = []
        collect(tree, &values)
        return values
    }

    private static func collect(_ tree: XMLTree, _ values: inout [(name: String, value: String?)]) {
        if let name = tree["Name"]?.text { values.append((name, tree["Val"]?.text)) }
        for child in tree.children { collect(child, &values) }
    }

    /// Each name once. The one that the focus is found with is no channel.
    private static func channels(_ tree: XMLTree) -> [String] {
        var (found, known): ([String], Set<String>) = ([], ["", "Autofocus"])
        func look(_ tree: XMLTree) {
            let own = Dictionary(tree.children.map { ($0["Name"]?.text ?? "", $0["Val"]?.text ?? "") }) { first, _ in first }
            if own["idle"] == "0", let name = own["name"], known.insert(name).inserted { found.append(name) }
            for child in tree.children { look(child) }
        }
        look(tree)
        return found
    }
}

/// What the name of an image of Scan^R says; nil for other files.
private struct ScanRName {
    let well: Int
    /// What stands between the well's number and the position's.
    let label: String
    let channel: String
    /// As the numbers stand in the name.
    let index: PlaneIndex

    init?(_ file: String) {
        guard let dot = file.lastIndex(of: "."), ["tif", "tiff"].contains(file[file.index(after: dot)...].lowercased()) else { return nil }
        let parts = file[..<dot].components(by: "--")
        func number(_ letter: Character) -> (value: Int, place: Int)? {
            for (place, part) in parts.enumerated() where part.first == letter && part.count >= 5 {
                if let value = Int(part.dropFirst()), part.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }) { return (value, place) }
            }
            return nil
        }
        guard let well = number("W"), let position = number("P"), let slice = number("Z"), let time = number("T"), time.place < parts.count - 1 else {
            return nil
        }
        self.well = well.value
        label = well.place + 1 < position.place ? String(parts[well.place + 1]) : ""
        channel = parts[(time.place + 1)...].joined(separator: "--")
        index = PlaneIndex(field: position.value, frame: time.value, channel: 1, z: slice.value)
    }
}

extension Substring {
    /// The parts between `separator`, empty ones too.
    fileprivate func components(by separator: String) -> [Substring] {
        var (parts, rest) = ([Substring](), self)
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
