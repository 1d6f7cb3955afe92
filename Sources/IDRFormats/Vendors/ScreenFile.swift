package import IDRPlan

/// `.screen`: a plate whose images are files of any kind, as the IDR writes it for studies without an index of their own.
///
/// An INI file: `[Plate]` with Name, Rows, Columns and Fields, and a table `[Well n]` for each well with Row and Column from 0, `Field_n` from 0
/// (a path, or a pattern of paths, see ``FilePattern``; a well or field without one has no image), and optionally `AxisTypes` (a letter for each
/// block of the pattern), `ChannelNames` (with commas between) and `Dimensions`. Tried with the real files of nine studies.
package struct ScreenFile: PlateIndexFormat {
    package init() {}

    package let name = "screen file"
    package let listsFolder = false

    package func recognises(fileName: String) -> Bool { fileName.lowercased().hasSuffix(".screen") }

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        let plate = try ScreenFilePlate(await files.bytes(), called: files.name)
        var builder = PlateIndexBuilder(
            files.name, rows: plate.rows, columns: plate.columns, channelNames: plate.wells.lazy.compactMap(\.channelNames).first ?? [])
        for well in plate.wells {
            for (field, path) in well.fields {
                let planes = try await planes(path, of: well, in: files)
                for (file, index) in planes {
                    var index = index
                    index.field = field + 1
                    // What a file says of its own pages counts.
                    try builder.add(PlanePlace(file: file, page: nil), at: index, row: well.row, column: well.column)
                }
            }
        }
        return try builder.finished()
    }

    /// The files that a field's text names, with what they are of.
    private func planes(
        _ path: String, of well: ScreenFilePlate.Well, in files: IndexFiles
    ) async throws -> [(name: String, index: PlaneIndex)] {
        var text = path
        if path.lowercased().hasSuffix(".pattern") {
            // Its names are of the files beside it.
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            text = try await PatternFile.text(of: path, in: files)
            if !text.hasPrefix("/") { text = folder + text }
        }
        do throws(FilePattern.Refusal) {
            let pattern = try FilePattern(text)
            return try pattern.planes(axes(well, pattern))
        } catch {
            throw PlateIndexFormats.error(files.name, "well \(well.name), \"\(text.prefix(120))\": \(error.reason)")
        }
    }

    private func axes(_ well: ScreenFilePlate.Well, _ pattern: FilePattern) throws(FilePattern.Refusal) -> [FilePattern.Axis] {
        guard let letters = well.axes else { return pattern.axes }
        let axes = letters.compactMap(FilePattern.axis)
        guard axes.count == letters.count, axes.count == pattern.blocks.count else {
            throw FilePattern.Refusal(reason: "AxisTypes is \(letters.prefix(40).debugDescription), and it has \(pattern.blocks.count) blocks")
        }
        return axes
    }
}

/// What a `.screen` file says, with the paths as they stand there.
package struct ScreenFilePlate: Sendable, Equatable {
    package let name: String?
    package let rows: Int
    package let columns: Int
    package let fields: Int
    /// In the file's order.
    package let wells: [Well]

    package struct Well: Sendable, Equatable {
        /// From 0.
        package let row: Int
        package let column: Int
        /// By the field's number from 0; none where the well has no image.
        package let fields: [(number: Int, path: String)]
        let axes: String?
        package let channelNames: [String]?

        var name: WellName { WellName(row: row, column: column) }

        package static func == (a: Well, b: Well) -> Bool {
            a.row == b.row && a.column == b.column && a.axes == b.axes && a.channelNames == b.channelNames
                && a.fields.elementsEqual(b.fields) { $0 == $1 }
        }
    }

    private static let mostFields = 1 << 14

    /// - Throws: ``IDRError`` where there is no plate, or a number is none.
    package init(_ bytes: [UInt8], called file: String) throws(IDRError) {
        let tables = try INITables(bytes, called: file)
        guard let plate = tables["Plate"] else { throw PlateIndexFormats.error(file, "it has no table [Plate]") }
        name = plate["Name"]
        rows = try Self.number("Rows", of: "Plate", plate, 1...64, file)
        columns = try Self.number("Columns", of: "Plate", plate, 1...96, file)
        fields = try Self.number("Fields", of: "Plate", plate, 0...Self.mostFields, file)
        var wells: [Well] = []
        for (table, values) in tables.tables where table.hasPrefix("Well ") {
            let row = try Self.number("Row", of: table, values, 0...rows - 1, file)
            let column = try Self.number("Column", of: table, values, 0...columns - 1, file)
            var named: [(number: Int, path: String)] = []
            for (key, path) in values where key.hasPrefix("Field_") && !path.isEmpty {
                guard let number = Int(key.dropFirst("Field_".count)), (0..<fields).contains(number) else {
                    throw PlateIndexFormats.error(file, "[\(table)] has \(key.prefix(40)), and the plate has \(fields) fields")
                }
                named.append((number, path))
            }
            wells.append(
                Well(
                    row: row, column: column, fields: named.sorted { $0.number < $1.number }, axes: values["AxisTypes"],
                    channelNames: values["ChannelNames"]?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
        }
        self.wells = wells
    }

    private static func number(
        _ key: String, of table: String, _ values: [String: String], _ range: ClosedRange<Int>, _ file: String
    ) throws(IDRError) -> Int {
        guard let number = values[key].flatMap({ Int($0) }), range.contains(number) else {
            let shown = values[key]?.prefix(40).debugDescription ?? "missing"
            throw PlateIndexFormats.error(
                file, "\(key) of [\(table)] is \(shown), and must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
