import IDRFiles
import IDRPlan

/// The images of an OME-XML document, with the pages of the files that lie beside it.
struct OMEImages {
    let document: OMEDocument
    /// The file that holds the document.
    let path: String
    /// The same, where it is a TIFF; nil for a companion.
    private let container: TIFFFile?
    /// Whether all TiffData elements are of the same file.
    private let namesOneFile: Bool
    private let byID: [String: OMEDocument.Image]
    /// No image, and no document, may name more planes than this.
    private static let mostPlanes = 1 << 22

    init(document: OMEDocument, path: String, container: TIFFFile? = nil) {
        (self.document, self.path, self.container) = (document, path, container)
        let blocks = document.images.lazy.compactMap(\.pixels).flatMap(\.blocks)
        let first = blocks.first
        byID = Dictionary(document.images.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        namesOneFile = blocks.allSatisfy { $0.uuid == first?.uuid && $0.fileName == first?.fileName }
    }

    private var folder: String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }

    /// The images of `well`, by field, where the document knows wells; else all.
    /// - Parameter here: the file whose planes are meant; nil for those of all files.
    func images(of well: WellName?, plate: String?, in here: String?) throws(IDRError) -> [TIFFImage] {
        let chosen = try chosen(well, plate)
        var images: [TIFFImage] = []
        var planes = 0
        for image in chosen {
            let made = try made(image)
            planes += made.pages.count
            guard planes <= OMEImages.mostPlanes else { throw failure("it names more than \(OMEImages.mostPlanes) planes") }
            images.append(made)
        }
        if let here {
            images = images.filter { image in image.pages.contains { $0.map { image.files[$0.file] == here } ?? false } }
        }
        guard !images.isEmpty else { throw failure(here.map { "it names no planes of \($0)" } ?? "it describes no images") }
        return images
    }

    private func chosen(_ well: WellName?, _ plate: String?) throws(IDRError) -> [OMEDocument.Image] {
        guard let well, document.plates.contains(where: { !$0.wells.isEmpty }) else { return document.images }
        var plates = document.plates
        if plates.count > 1 { plates = plates.filter { $0.name == plate || $0.id == plate } }
        let samples = plates.first?.wells.first { $0.row == well.row && $0.column == well.column }?.samples ?? []
        var images = samples.sorted { $0.index < $1.index }.compactMap { $0.image.flatMap { byID[$0] } }
        if images.isEmpty, !samples.isEmpty, samples.allSatisfy({ $0.image == nil }) { images = unnamed(of: well, in: plates[0]) }
        guard !images.isEmpty else {
            throw IDRError(
                .missing, "there are no images of well \(well) in the OME-XML of \(path)", because: "it has \(document.images.count) images",
                fix: "check the well and the plate")
        }
        return images
    }

    /// The images of a well whose fields name none: the only one that there is, or those at the fields' places among all of the plate's.
    private func unnamed(of well: WellName, in plate: OMEDocument.Plate) -> [OMEDocument.Image] {
        if document.images.count == 1 { return document.images }
        var rest = document.images[...]
        guard plate.wells.allSatisfy({ $0.samples.allSatisfy { $0.image == nil } }), plate.wells.reduce(0, { $0 + $1.samples.count }) == rest.count
        else { return [] }
        for other in plate.wells {
            let own = rest.prefix(other.samples.count)
            if other.row == well.row, other.column == well.column { return Array(own) }
            rest = rest.dropFirst(own.count)
        }
        return []
    }

    private func made(_ image: OMEDocument.Image) throws(IDRError) -> TIFFImage {
        let name = image.name.isEmpty ? image.id : image.name
        guard let pixels = image.pixels else { throw failure("image \"\(name)\" has no Pixels") }
        guard pixels.samples == 1 else { throw failure("image \"\(name)\" has \(pixels.samples) values a pixel, as colour images have") }
        let sizes = [pixels.width, pixels.height, pixels.slices, pixels.channels, pixels.frames]
        // Sizes have 31 bits, so that two of them never overflow.
        let planes = pixels.slices * pixels.channels
        guard !sizes.contains(0), planes <= OMEImages.mostPlanes, planes * pixels.frames <= OMEImages.mostPlanes else {
            throw failure("image \"\(name)\" has \(sizes.map(String.init).joined(separator: " x ")) pixels in x, y, z, channels and frames")
        }
        var places = try OMEPlaces(pixels, of: self)
        for block in OMEPlaces.counted(pixels) { try places.take(block) }
        if pixels.blocks.isEmpty { try places.take(OMEDocument.Block(slice: 0, channel: 0, frame: 0)) }
        // What a page is says the page itself.
        let ofPage = storedHere(places)
        guard let type = ofPage ?? OMEImages.types[pixels.type] else {
            throw failure("image \"\(name)\" has pixels of type \(pixels.type.prefix(40)), which is not read")
        }
        return TIFFImage(
            name: name, frames: pixels.frames, channels: pixels.channels, slices: pixels.slices, height: pixels.height, width: pixels.width,
            stored: type, isTypeOfPage: ofPage != nil, channelNames: pixels.names, files: places.files, pages: places.pages)
    }

    /// The number type of an image's first page in the file that holds the document.
    private func storedHere(_ places: OMEPlaces) -> StoredType? {
        guard let container else { return nil }
        let page = places.pages.lazy.compactMap(\.self).first {
            places.files[$0.file] == path && container.directories.indices.contains($0.directory)
        }
        return page.flatMap { try? container.directories[$0.directory].stored }
    }

    private static let types: [String: StoredType] = [
        "uint8": .uint8, "uint16": .uint16, "uint32": .uint32, "int8": .int8, "int16": .int16, "int32": .int32, "float": .float32,
        "double": .float64,
    ]

    func failure(_ reason: String) -> IDRError { OMEParser.error(path, reason) }

    /// The path of the file of a TiffData element: beside this one, and nowhere else.
    func file(of block: OMEDocument.Block) throws(IDRError) -> String {
        // A file that was renamed still knows itself: by its identity, or because its document knows of no other file.
        if let uuid = block.uuid, uuid == document.uuid { return path }
        guard let name = block.fileName else {
            if block.uuid?.isEmpty == false, !namesOneFile || document.uuid != nil {
                throw failure("a TiffData element names the file \(block.uuid ?? "") without a FileName")
            }
            return path
        }
        if namesOneFile, container != nil, document.uuid == nil || block.uuid?.isEmpty != false { return path }
        return folder + (try PathPart.checked(Self.lastPart(of: name), called: "the FileName in the OME-XML"))
    }

    /// The name of a file without the folder that it was written in, which is nothing to us.
    static func lastPart(of name: String) -> String { name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? name }
}

extension OMEDocument.Pixels {
    /// One name per channel.
    fileprivate var names: [String] {
        (0..<channels).map { number in
            let name = number < channelNames.count ? channelNames[number] : nil
            return name.flatMap { $0.isEmpty ? nil : $0 } ?? "channel \(number + 1)"
        }
    }
}
