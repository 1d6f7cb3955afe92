import IDRFiles
import IDRFormats
import IDRPlan
import IDRTransfer

/// Wells whose planes lie in TIFF files on a server where the plate's index says.
struct PlateIndexImages: ImageSource {
    let kind: PixelSource
    let name: String
    let plates: PlateIndices
    let files: ServedFiles
    let cache: FileCache

    var isOff: Bool { files.files.isOff }

    func open(_ well: WellAddress, for choose: @escaping ImageReader.Choice, tally: TransferTally) async throws -> OpenedImages {
        let (plate, indexed) = try await plates.well(well, tally: tally)
        let company = FileCompany(cache: cache, key: "files \(name) \(plates.screen.study) \(well.plate) \(well.well) \(well.number)")
        let planes = try await FetchedTIFFs(indexed, company) { [files] path in
            let file = try await files.file(path, tally: tally) { place in _ = try TIFFFile(reading: place).plane(page: 1) }
            guard let file else {
                throw IDRError(.missing, "the server has no file that the plate's index names", at: [path], fix: "leave the well out")
            }
            return file
        } isCurrent: { [files] file in
            try await files.files.isCurrent(file, tally: tally)
        }
        return OpenedImages(
            planes: planes, location: "\(name)/\(plate.folder)", kind: kind, notes: plate.index.notes, files: { try planes.read() + plate.read })
    }
}
