import IDRPlan

/// `.companion.ome`: the OME-XML of a plate whose OME-TIFFs lie beside it. No real file of a plate was at hand.
package struct CompanionOME: PlateIndexFormat {
    package init() {}

    package let name = "companion.ome"
    package let listsFolder = false

    package func recognises(fileName: String) -> Bool {
        let name = fileName.lowercased()
        return name.hasSuffix(".companion.ome") || name.hasSuffix(".companion.ome.xml")
    }

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        let document = try OMEParser.document(await files.bytes(), called: files.name)
        let plates = document.plates.filter { !$0.wells.isEmpty }
        let named = plates.count > 1 ? plates.filter { $0.name == files.plate || $0.id == files.plate } : plates
        guard let plate = named.first else {
            let reason = plates.isEmpty ? "it describes no wells" : "it describes \(plates.count) plates, and none is called \(files.plate ?? "so")"
            throw PlateIndexFormats.error(files.name, reason)
        }
        let images = OMEImages(document: document, path: files.name)
        var builder: PlateIndexBuilder?
        for well in plate.wells where !well.samples.isEmpty {
            guard well.row < 64, well.column < 96 else {
                throw PlateIndexFormats.error(files.name, "it has a well in row \(well.row) and column \(well.column), counted from 0")
            }
            let fields = try images.images(of: WellName(row: well.row, column: well.column), plate: files.plate, in: nil)
            var known = builder ?? PlateIndexBuilder(files.name, channelNames: fields.first?.channelNames ?? [])
            for (field, image) in fields.enumerated() { try Self.add(image, field: field + 1, of: well, to: &known) }
            builder = known
        }
        guard let builder else { throw PlateIndexFormats.error(files.name, "its wells have no images") }
        return try builder.finished()
    }

    private static func add(
        _ image: TIFFImage, field: Int, of well: OMEDocument.Well, to builder: inout PlateIndexBuilder
    ) throws(IDRError) {
        for frame in 1...image.frames {
            for channel in 1...image.channels {
                for z in 1...image.slices {
                    let index = PlaneIndex(field: field, frame: frame, channel: channel, z: z)
                    guard let page = image.page(index) else { continue }
                    try builder.add(PlanePlace(file: page.path, page: page.directory + 1), at: index, row: well.row, column: well.column)
                }
            }
        }
    }
}
