import IDRPlan

/// `.xdce`: plates of GE's InCell.
///
/// `Plate` has rows and columns, `Wavelength` elements the channels in their order, and each `Image` its file (`filename`), its well (`Row` and
/// `Column` numbers from 1) and an `Identifier` with `field_index`, `time_index`, `wave_index` and `z_index` from 0. Wells that were left out have no
/// image. No real file was at hand.
package struct InCellIndex: PlateIndexFormat {
    package init() {}

    package let name = "InCell"
    package let listsFolder = false

    package func recognises(fileName: String) -> Bool { fileName.lowercased().hasSuffix(".xdce") }

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        var reader = InCellReader()
        let bytes = try await files.bytes()
        do throws(XMLRefusal) {
            try XMLEvents.read(bytes, limit: IndexFiles.limit, to: &reader)
            guard reader.isKnown else { throw XMLRefusal(reason: "it has no ImageStack element") }
        } catch {
            throw PlateIndexFormats.error(files.name, error.reason)
        }
        let ranks = PlaneRanks(reader.images.map(\.index))
        let waves = ranks.numbers(.channel)
        let names = waves.map { reader.names[$0] }
        var builder = PlateIndexBuilder(
            files.name, rows: reader.rows, columns: reader.columns, channelNames: names.contains { $0 != nil } ? names : [])
        for image in reader.images {
            try builder.add(PlanePlace(file: image.file), at: ranks[image.index], row: image.row - 1, column: image.column - 1)
        }
        return try builder.finished()
    }
}

/// Collects the images of an `.xdce`.
private struct InCellReader: XMLHandler {
    struct Image {
        let file: String
        var row = 0
        var column = 0
        /// As the numbers stand in the file, from 0.
        var index = PlaneIndex(field: 0, frame: 0, channel: 0, z: 0)
    }

    private(set) var isKnown = false
    private(set) var rows: Int?
    private(set) var columns: Int?
    /// Of channels by their numbers from 0.
    private(set) var names: [Int: String] = [:]
    private(set) var images: [Image] = []
    private var image: Image?
    /// The channel that is described.
    private var wave: Int?
    private static let mostImages = 1 << 22

    mutating func start(_ element: XMLElementStart) throws(XMLRefusal) {
        switch element.name {
        case "ImageStack": isKnown = true
        case "Plate" where image == nil: (rows, columns) = (try element.number("rows"), try element.number("columns"))
        case "Wavelength" where image == nil: wave = try element.number("index")
        case "EmissionFilter":
            if let number = wave ?? image?.index.channel, names[number] == nil { names[number] = element["name"] }
        case "Image": image = Image(file: try element.required("filename"))
        case "Row" where image != nil: image?.row = try element.size("number")
        case "Column" where image != nil: image?.column = try element.size("number")
        case "Identifier" where image != nil:
            image?.index = PlaneIndex(
                field: try element.number("field_index") ?? 0, frame: try element.number("time_index") ?? 0,
                channel: try element.number("wave_index") ?? 0, z: try element.number("z_index") ?? 0)
        default: break
        }
    }

    mutating func end(_ name: String, text: String) throws(XMLRefusal) {
        switch name {
        case "Wavelength": wave = nil
        case "Image":
            guard let image else { return }
            self.image = nil
            guard image.row > 0, image.column > 0 else {
                throw XMLRefusal(reason: "an Image is of row \(image.row) and column \(image.column), counted from 1")
            }
            guard images.count < Self.mostImages else { throw XMLRefusal(reason: "it has more than \(Self.mostImages) images") }
            images.append(image)
        default: break
        }
    }
}
