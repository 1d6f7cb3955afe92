import IDRPlan

/// `.HTD`: plates of Molecular Devices' ImageXpress, as MetaXpress writes them.
///
/// The file has a line a value: `"XWells", 12`, `"NWavelengths", 3`, `"WaveName1", "DAPI"`. The images lie beside it, or in folders `TimePoint_1` and
/// `ZStep_1` (from 1), as `<plate>_A01_s1_w1<GUID>.tif`: the site is left out where there is one, the wave where there is one, and the identifier by
/// some versions; some end in the time (`_t2`). `_thumb` files are previews. Which files there are says which wells have images. Sites have their ranks as fields, for some may
/// have been left out. No real file was at hand.
package struct MetaXpressIndex: PlateIndexFormat {
    package init() {}

    package let name = "MetaXpress"

    package func recognises(fileName: String) -> Bool { fileName.lowercased().hasSuffix(".htd") }

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        let settings = try MetaXpressSettings(await files.bytes(limit: 1 << 24), called: files.name)
        let stem = files.name.dropLast(4).lowercased()
        var images = try await images(in: files)
        // Other plates may lie in the same folder.
        if images.contains(where: { $0.name.plate == stem }) { images.removeAll { $0.name.plate != stem } }
        let all = images.count
        images.removeAll { $0.name.well.row >= settings.rows || $0.name.well.column >= settings.columns }
        let ranks = PlaneRanks(images.map(\.index))
        var builder = PlateIndexBuilder(files.name, rows: settings.rows, columns: settings.columns, channelNames: settings.waves)
        for image in images {
            var index = image.index
            index.field = ranks[index].field
            try builder.add(PlanePlace(file: image.path), at: index, row: image.name.well.row, column: image.name.well.column)
        }
        if images.count < all { builder.note("\((all - images.count).counted("file is", "files are")) named by wells that the plate does not have") }
        return try builder.finished()
    }

    private struct Image {
        let path: String
        let name: MetaXpressName
        let index: PlaneIndex
    }

    /// Numbers of times and slices are in folders' names, or there is one of each.
    private func images(in files: IndexFiles) async throws -> [Image] {
        func images(_ names: [String], in folder: String, frame: Int, z: Int) -> [Image] {
            names.compactMap { file in
                MetaXpressName(file).map { name in
                    Image(
                        path: folder + file, name: name,
                        index: PlaneIndex(field: name.site ?? 1, frame: name.time ?? frame, channel: name.wave ?? 1, z: z))
                }
            }
        }
        var found = images(files.files, in: "", frame: 1, z: 1)
        func slices(_ folders: [String], in path: String, frame: Int) async throws {
            for folder in folders {
                guard let z = Self.number(of: folder, behind: "zstep_") else { continue }
                found += images(try await files.contents(of: path + folder).files, in: "\(path)\(folder)/", frame: frame, z: z)
            }
        }
        try await slices(files.folders, in: "", frame: 1)
        for folder in files.folders {
            guard let frame = Self.number(of: folder, behind: "timepoint_") else { continue }
            let inner = try await files.contents(of: folder)
            found += images(inner.files, in: "\(folder)/", frame: frame, z: 1)
            try await slices(inner.folders, in: "\(folder)/", frame: frame)
        }
        return found
    }

    private static func number(of folder: String, behind beginning: String) -> Int? {
        let name = folder.lowercased()
        guard name.hasPrefix(beginning), let number = Int(name.dropFirst(beginning.count)), (1...1 << 20).contains(number) else { return nil }
        return number
    }
}

/// What an `.HTD` says of its plate.
private struct MetaXpressSettings {
    let rows: Int
    let columns: Int
    let waves: [String?]

    init(_ bytes: [UInt8], called file: String) throws(IDRError) {
        var values: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let comma = line.firstIndex(of: ",") else { continue }
            values[Self.unquoted(line[..<comma]).lowercased()] = Self.unquoted(line[line.index(after: comma)...])
        }
        func number(_ key: String, _ range: ClosedRange<Int>, otherwise: Int? = nil) throws(IDRError) -> Int {
            guard let text = values[key.lowercased()] else {
                if let otherwise { return otherwise }
                throw PlateIndexFormats.error(file, "it has no \(key)")
            }
            guard let number = Int(text), range.contains(number) else {
                throw PlateIndexFormats.error(
                    file, "\(key) is \(text.prefix(40).debugDescription), and must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        rows = try number("YWells", 1...64)
        columns = try number("XWells", 1...96)
        _ = try number("TimePoints", 1...1 << 20, otherwise: 1)
        let count = try number("NWavelengths", 1...1000, otherwise: 1)
        waves = (1...count).map { values["wavename\($0)"].flatMap { $0.isEmpty ? nil : $0 } }
    }

    private static func unquoted(_ text: Substring) -> String {
        let text = text.trimmed
        return text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
    }
}

/// What the name of an image of MetaXpress says; nil for previews and other files.
struct MetaXpressName {
    /// In lower case.
    let plate: String
    let well: WellName
    let site: Int?
    let wave: Int?
    let time: Int?

    init?(_ file: String) {
        var name = file.lowercased()[...]
        guard let dot = name.lastIndex(of: "."), ["tif", "tiff"].contains(name[name.index(after: dot)...]) else { return nil }
        name = name[..<dot]
        if Self.isIdentifier(name.suffix(36)) { name = name.dropLast(36) }
        guard !name.hasSuffix("_thumb") else { return nil }
        // What ends like a time may be a well in row T.
        let whole = name
        let time = Self.take("_t", from: &name)
        if time != nil, Self.well(name) == nil { name = whole }
        self.time = name.endIndex == whole.endIndex ? nil : time
        wave = Self.take("_w", from: &name)
        site = Self.take("_s", from: &name)
        guard let well = Self.well(name), let mark = name.lastIndex(of: "_") else { return nil }
        self.well = well
        plate = String(name[..<mark])
    }

    /// The well that a name without its ending is of.
    private static func well(_ name: Substring) -> WellName? {
        var name = name
        _ = take("_w", from: &name)
        _ = take("_s", from: &name)
        return name.lastIndex(of: "_").flatMap { WellName(String(name[name.index(after: $0)...])) }
    }

    /// The number behind `mark` at the end.
    private static func take(_ mark: String, from name: inout Substring) -> Int? {
        let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
        guard (1...6).contains(digits), name.dropLast(digits).hasSuffix(mark), let number = Int(name.suffix(digits)), number > 0 else { return nil }
        name = name.dropLast(digits + mark.count)
        return number
    }

    /// "8e215662-2cf7-4739-93f3-dbd0c40b78db".
    private static func isIdentifier(_ text: Substring) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }
}
