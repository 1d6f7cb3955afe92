import IDRPlan

/// `experiment_descriptor.xml`: plates of Olympus' Scan^R.
///
/// The descriptor has the plate's `rows` and `columns` and the channels' names, as LabView writes values: an element with `Name` and `Val`. The images
/// lie in `data` or beside it, with their places in their names: `...--W00001--P00001--Z00000--T00000--DAPI.tif`, wells counted from 1 along the rows,
/// positions from 1, slices and times from 0. Which files there are says which wells have images. No real file was at hand.
package struct ScanRIndex: PlateIndexFormat {
    package init() {}

    package let name = "ScanR"

    package func recognises(fileName: String) -> Bool { fileName.lowercased() == "experiment_descriptor.xml" }

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        let root: XMLTree
        let bytes = try await files.bytes()
        do throws(XMLRefusal) { root = try XMLTree.document(bytes) } catch { throw PlateIndexFormats.error(files.name, error.reason) }
        let (rows, columns) = (try Self.number("rows", 1...64, root, files.name), try Self.number("columns", 1...96, root, files.name))
        var images: [(path: String, name: ScanRName)] = files.files.compactMap { file in ScanRName(file).map { (file, $0) } }
        for folder in files.folders where folder.lowercased() == "data" {
            for file in try await files.contents(of: folder).files { if let name = ScanRName(file) { images.append(("\(folder)/\(file)", name)) } }
        }
        // What the descriptor does not name comes behind.
        let described = Self.channels(root)
        let channels = described + Set(images.map(\.name.channel)).subtracting(described).sorted()
        let numbers = Dictionary(channels.enumerated().map { ($1, $0 + 1) }) { first, _ in first }
        let ranks = PlaneRanks(images.map(\.name.index))
        var builder = PlateIndexBuilder(files.name, rows: rows, columns: columns, channelNames: channels)
        for image in images {
            guard let well = try? WellName(number: image.name.well, columns: columns), well.row < rows else {
                throw builder.failure("\(image.path) is of well \(image.name.well), and the plate has \(rows * columns)")
            }
            var index = ranks[image.name.index]
            index.channel = numbers[image.name.channel] ?? 1
            try builder.add(PlanePlace(file: image.path), at: index, row: well.row, column: well.column)
        }
        return try builder.finished()
    }

    /// Values by name, the first of each.
    private static func number(_ name: String, _ range: ClosedRange<Int>, _ root: XMLTree, _ file: String) throws(IDRError) -> Int {
        let text = values(root).first { $0.name == name }?.value ?? ""
        guard let number = Double(text).flatMap({ Int(exactly: $0.rounded()) }), range.contains(number) else {
            throw PlateIndexFormats.error(
                file, "\(name) is \(text.prefix(40).debugDescription), and must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func values(_ tree: XMLTree) -> [(name: String, value: String)] {
        let own = tree["Name"].flatMap { name in tree["Val"].map { (name.text, $0.text) } }
        return (own.map { [$0] } ?? []) + tree.children.flatMap(values)
    }

    /// Names of the channels that were taken, in the order of the descriptor.
    private static func channels(_ tree: XMLTree) -> [String] {
        guard let array = tree.descendants("Array").first(where: { $0["Name"]?.text == "channels" }) else { return [] }
        return array.all("Cluster").compactMap { cluster in
            let values = Dictionary(values(cluster).map { ($0.name, $0.value) }) { first, _ in first }
            return values["idle"] == "1" ? nil : values["name"].flatMap { $0.isEmpty ? nil : $0 }
        }
    }
}

/// What the name of an image of Scan^R says; nil for other files.
private struct ScanRName {
    let well: Int
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
