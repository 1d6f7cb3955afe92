import IDRFiles
import IDRPlan

/// Images beside each other in one group, as bioformats2raw writes them where it does not lay out a plate (layout 3): groups "0", "1", ..., and
/// `OME/METADATA.ome.xml`, which describes them in this order and may say of which wells they are.
enum OMESeries {
    /// Groups of the images of each well, by field.
    /// - Throws: ``IDRError`` where the document is missing, or names no wells or several plates.
    static func wells(in store: any ObjectStore, root: String) async throws -> [WellName: [String]] {
        let key = ZarrPath.key(root, "OME/METADATA.ome.xml")
        guard let bytes = try await store.bytes(of: key, .all, limit: OMEParser.limit) else {
            throw refusal(store.name(of: key), "its images lie beside each other, and there is no METADATA.ome.xml that says of which wells they are")
        }
        let document = try OMEParser.document(bytes, called: store.name(of: key))
        let plates = document.plates.filter { !$0.wells.isEmpty }
        guard plates.count == 1, let plate = plates.first else {
            throw refusal(store.name(of: key), plates.isEmpty ? "its document names no wells" : "its document describes \(plates.count) plates")
        }
        let numbers = Dictionary(document.images.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var wells: [WellName: [String]] = [:]
        for well in plate.wells where well.row < 64 && well.column < 96 {
            let fields = well.samples.sorted { $0.index < $1.index }.compactMap { $0.image.flatMap { numbers[$0] } }
            guard !fields.isEmpty else { continue }
            wells[WellName(row: well.row, column: well.column)] = fields.map { ZarrPath.key(root, String($0)) }
        }
        guard !wells.isEmpty else { throw refusal(store.name(of: key), "its document names no images of wells") }
        return wells
    }

    private static func refusal(_ name: String, _ reason: String) -> IDRError {
        IDRError(.invalidInput, "the group is not a plate", at: [name], because: reason)
    }
}
