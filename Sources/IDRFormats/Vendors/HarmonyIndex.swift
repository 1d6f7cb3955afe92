import IDRPlan

/// `Index.idx.xml`, `Index.ref.xml` and `Index.xml`: plates of PerkinElmer's Operetta and Opera Phenix as Harmony (V1 to V7) exports them.
///
/// Every plane is an `Image` element with its file (`URL`), `Row` and `Col` from 1, `FieldID`, `PlaneID` and `ChannelID` from 1, `TimepointID` from
/// 0. The numbers of fields, planes, times and channels are replaced by their ranks, as Bio-Formats does: a measurement may have left some out.
/// Channels have their names in the images or, from V7 on, in `Map` entries. Images without a file were not recorded. No real file was at hand.
package struct HarmonyIndex: PlateIndexFormat {
    package init() {}

    package let name = "Harmony"
    package let listsFolder = false

    /// The best first.
    private static let names = ["index.idx.xml", "index.ref.xml", "index.xml"]

    package func recognises(fileName: String) -> Bool { Self.names.contains(fileName.lowercased()) }

    package func choose(among names: [String]) -> String? {
        Self.names.lazy.compactMap { known in names.first { $0.lowercased() == known } }.first
    }

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        let document = try EvaluationInput(await files.bytes(), called: files.name)
        let images = document.images
        let ranks = PlaneRanks(images.map(\.index))
        var builder = PlateIndexBuilder(
            files.name, rows: document.rows, columns: document.columns, channelNames: ranks.numbers(.channel).map { document.channelNames[$0] })
        for image in images {
            // Some name the place where the instrument wrote it.
            let file = image.url.contains("://") ? OMEImages.lastPart(of: image.url) : image.url
            try builder.add(PlanePlace(file: file), at: ranks[image.index], row: image.row - 1, column: image.column - 1)
        }
        if document.unrecorded > 0 { builder.note("\(document.unrecorded) planes that \(files.name) lists were not recorded") }
        return try builder.finished()
    }
}

/// Numbers of fields, times, channels and slices that may have gaps, as ranks from 1.
struct PlaneRanks {
    private var known: [PlaneAxis: [Int]] = [:]
    private var ranks: [PlaneAxis: [Int: Int]] = [:]

    init(_ indices: [PlaneIndex]) {
        for axis in PlaneAxis.allCases {
            let numbers = Set(indices.map { $0[axis] }).sorted()
            known[axis] = numbers
            ranks[axis] = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($0.element, $0.offset + 1) })
        }
    }

    /// The numbers along an axis as they stand in the file, sorted.
    func numbers(_ axis: PlaneAxis) -> [Int] { known[axis] ?? [] }

    /// Where `index` is among all.
    subscript(index: PlaneIndex) -> PlaneIndex {
        var ranked = index
        for axis in PlaneAxis.allCases { ranked[axis] = ranks[axis]?[index[axis]] ?? 1 }
        return ranked
    }
}
