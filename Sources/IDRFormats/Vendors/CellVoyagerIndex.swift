import IDRPlan

/// `.wpi`, `MeasurementData.mlf` and `MeasurementDetail.mrf`: plates of Yokogawa's CellVoyager (CV7000, CV8000).
///
/// The `.wpi` has the plate's size, the `.mlf` a `MeasurementRecord` for each plane, with its file as text and its place as attributes counted from 1
/// (`Row`, `Column`, `FieldIndex`, `TimePoint`, `ZIndex`, `Ch`). The `.mrf` names the settings (`.mes`), which have the channels' names and often do not
/// lie beside it. Records of type `ERR` are of images that failed. Where
/// several timelines or actions made planes of the same place, they are times and channels of their own. No real file was at hand.
package struct CellVoyagerIndex: PlateIndexFormat {
    package init() {}

    package let name = "Yokogawa"

    private static let records = "measurementdata.mlf"
    private static let endings = [".wpi", ".mlf", ".mrf"]

    package func recognises(fileName: String) -> Bool { Self.endings.contains { fileName.lowercased().hasSuffix($0) } }

    package func choose(among names: [String]) -> String? {
        // The three files of a plate lie together.
        for ending in Self.endings {
            let found = names.filter { $0.lowercased().hasSuffix(ending) }
            if !found.isEmpty { return found.count == 1 ? found[0] : nil }
        }
        return nil
    }

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        func beside(_ ending: String) -> String? {
            files.name.lowercased().hasSuffix(ending) ? files.name : files.files.first { $0.lowercased().hasSuffix(ending) }
        }
        let data = files.files.first { $0.lowercased() == Self.records } ?? beside(".mlf") ?? "MeasurementData.mlf"
        guard let bytes = try await files.bytes(of: data) else {
            throw IDRError(
                .missing, "the plate's index \(files.name) has no \(data) beside it", because: "that lists its images", fix: "fetch it too")
        }
        let detail = try await Self.root(of: beside(".mrf"), files)
        let plate = try await Self.root(of: beside(".wpi"), files)
        func size(_ name: String, _ other: String) -> Int? {
            (plate?.attributes[name] ?? detail?.attributes[other]).flatMap { Int($0) }
        }
        var reader = CellVoyagerReader()
        do throws(XMLRefusal) { try XMLEvents.read(bytes, limit: IndexFiles.limit, to: &reader) } catch {
            throw PlateIndexFormats.error(data, error.reason)
        }
        let size = (size("Rows", "RowCount"), size("Columns", "ColumnCount"))
        return try Self.index(reader, files.name, size, try await channels(detail, files))
    }

    /// Names of channels by number, where there are settings and they have any.
    private func channels(_ detail: XMLTree?, _ files: IndexFiles) async throws -> [Int: String] {
        let name = (detail?.attributes["MeasurementSettingFileName"]).map(OMEImages.lastPart)?.lowercased()
        guard let settings = try await Self.root(of: files.files.first { $0.lowercased() == name }, files) else { return [:] }
        var names: [Int: String] = [:]
        for channel in settings.descendants("Channel") {
            guard let number = channel.attributes["Ch"].flatMap({ Int($0) }), names[number] == nil else { continue }
            var words: [String] = []
            for word in ["Target", "Fluorophore"].compactMap({ channel.attributes[$0]?.trimmed }) where !word.isEmpty && !words.contains(word) {
                words.append(word)
            }
            if !words.isEmpty { names[number] = words.joined(separator: " ") }
        }
        return names
    }

    /// What one of the small files says; nil where it is not there.
    private static func root(of file: String?, _ files: IndexFiles) async throws -> XMLTree? {
        guard let file, let bytes = try await files.bytes(of: file) else { return nil }
        do throws(XMLRefusal) { return try XMLTree.document(bytes) } catch { throw PlateIndexFormats.error(file, error.reason) }
    }

    private static func index(
        _ reader: CellVoyagerReader, _ file: String, _ size: (rows: Int?, columns: Int?), _ names: [Int: String]
    ) throws(IDRError) -> PlateIndex {
        // The same channel of several actions is several, where they made planes of the same places; times of several timelines follow each other.
        let isByAction = isOfSeveralActions(reader.records)
        let channels = reader.records.map { Pair($0.index.channel, isByAction ? $0.action : 0) }
        let times = reader.records.map { Pair($0.timeline, $0.index.frame) }
        let (ofChannel, ofTime, ranks) = (Self.ranks(channels), Self.ranks(times), PlaneRanks(reader.records.map(\.index)))
        let ordered = ofChannel.sorted { $0.value < $1.value }.map { names[$0.key.first] }
        var builder = PlateIndexBuilder(file, rows: size.rows, columns: size.columns, channelNames: ordered.contains { $0 != nil } ? ordered : [])
        for (number, record) in reader.records.enumerated() {
            var index = ranks[record.index]
            index.channel = ofChannel[channels[number]] ?? 1
            index.frame = ofTime[times[number]] ?? 1
            try builder.add(PlanePlace(file: record.file), at: index, row: record.row - 1, column: record.column - 1)
        }
        if reader.failed > 0 { builder.note("\(reader.failed.counted("image", "images")) of \(file) failed when they were taken") }
        return try builder.finished()
    }

    /// Whether two records are of one place, channel and time, and of different actions.
    private static func isOfSeveralActions(_ records: [CellVoyagerReader.Record]) -> Bool {
        var actions: [CellVoyagerReader.Place: Int] = [:]
        for record in records {
            let place = CellVoyagerReader.Place(row: record.row, column: record.column, timeline: record.timeline, index: record.index)
            if let known = actions[place], known != record.action { return true }
            actions[place] = record.action
        }
        return false
    }

    private struct Pair: Hashable, Comparable {
        let first: Int
        let second: Int

        init(_ first: Int, _ second: Int) { (self.first, self.second) = (first, second) }

        static func < (one: Pair, other: Pair) -> Bool { (one.first, one.second) < (other.first, other.second) }
    }

    private static func ranks(_ pairs: [Pair]) -> [Pair: Int] {
        Dictionary(uniqueKeysWithValues: Set(pairs).sorted().enumerated().map { ($0.element, $0.offset + 1) })
    }
}

/// Collects the records of a `MeasurementData.mlf`.
private struct CellVoyagerReader: XMLHandler {
    struct Record {
        var file = ""
        let row: Int
        let column: Int
        let timeline: Int
        let action: Int
        /// As the numbers stand in the file.
        let index: PlaneIndex
    }

    /// Where a record's plane is, apart from the action that made it.
    struct Place: Hashable {
        let row: Int
        let column: Int
        let timeline: Int
        let index: PlaneIndex
    }

    private(set) var records: [Record] = []
    private(set) var failed = 0
    private var open: Record?
    private static let mostRecords = 1 << 22

    mutating func start(_ element: XMLElementStart) throws(XMLRefusal) {
        guard element.name == "MeasurementRecord" else { return }
        guard element["Type"] != "ERR" else {
            failed += 1
            return
        }
        let index = PlaneIndex(
            field: try element.size("FieldIndex"), frame: try element.number("TimePoint") ?? 1, channel: try element.size("Ch"),
            z: try element.number("ZIndex") ?? 1)
        guard PlaneAxis.allCases.allSatisfy({ index[$0] >= 1 }) else { throw XMLRefusal(reason: "a record is of \(index), counted from 1") }
        open = Record(
            row: try element.size("Row"), column: try element.size("Column"), timeline: try element.number("TimelineIndex") ?? 1,
            action: try element.number("ActionIndex") ?? 1, index: index)
    }

    mutating func end(_ name: String, text: String) throws(XMLRefusal) {
        guard name == "MeasurementRecord", var record = open else { return }
        open = nil
        guard !text.isEmpty else { return }
        guard records.count < Self.mostRecords else { throw XMLRefusal(reason: "it has more than \(Self.mostRecords) records") }
        record.file = text
        records.append(record)
    }
}
