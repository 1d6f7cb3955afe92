import IDRPlan

/// Reads OME-XML.
struct OMEParser: XMLHandler {
    static let limit = XMLEvents.limit

    private(set) var document = OMEDocument()
    private var isOME = false

    /// The document in `xml`.
    /// - Parameter what: what errors call it.
    static func document(_ xml: some Sequence<UInt8>, called what: String) throws(IDRError) -> OMEDocument {
        var parser = OMEParser()
        do throws(XMLRefusal) {
            try XMLEvents.read(xml, limit: limit, to: &parser)
            guard parser.isOME else { throw XMLRefusal(reason: "it has no OME element") }
        } catch {
            throw OMEParser.error(what, error.reason)
        }
        return parser.document
    }

    static func error(_ what: String, _ reason: String) -> IDRError {
        IDRError(.invalidInput, "the OME-XML of \(what) cannot be used", because: reason, fix: "fetch the file again, or correct its OME-XML")
    }

    mutating func end(_ name: String, text: String) {
        if name == "UUID" { edit { $0.blocks.edit { $0.uuid = text } } }
    }

    mutating func start(_ element: XMLElementStart) throws(XMLRefusal) {
        if element.depth == 1, element.name != "OME" {
            throw XMLRefusal(reason: "its first element is \(element.name.prefix(40).debugDescription) and not OME")
        }
        switch element.name {
        case "OME":
            isOME = true
            document.uuid = element["UUID"]
        case "BinaryOnly": document.metadataFile = try element.required("MetadataFile")
        case "Image": document.images.append(OMEDocument.Image(id: element["ID"] ?? "", name: element["Name"] ?? ""))
        case "Pixels":
            let pixels = try OMEDocument.Pixels(element)
            document.images.edit { $0.pixels = pixels }
        case "Channel":
            let samples = try element.number("SamplesPerPixel") ?? 1
            edit {
                $0.channelNames.append(element["Name"])
                $0.samples = max($0.samples, samples)
            }
        case "TiffData":
            let block = try OMEDocument.Block(element)
            edit { $0.blocks.append(block) }
        case "UUID": edit { $0.blocks.edit { $0.fileName = element["FileName"] } }
        case "Plate": document.plates.append(OMEDocument.Plate(id: element["ID"] ?? "", name: element["Name"] ?? ""))
        case "Well":
            let well = OMEDocument.Well(row: try element.size("Row"), column: try element.size("Column"))
            document.plates.edit { $0.wells.append(well) }
        case "WellSample":
            let index = try element.number("Index")
            document.plates.edit { $0.wells.edit { $0.samples.append((index ?? $0.samples.count, nil)) } }
        case "ImageRef":
            let image = try element.required("ID")
            document.plates.edit { $0.wells.edit { $0.samples.edit { $0.image = $0.image ?? image } } }
        default: break
        }
    }

    private mutating func edit(_ body: (inout OMEDocument.Pixels) -> Void) {
        document.images.edit { image in
            guard var pixels = image.pixels else { return }
            // Not held twice while it grows.
            image.pixels = nil
            body(&pixels)
            image.pixels = pixels
        }
    }
}

extension Array {
    /// Changes the last element, where there is one.
    fileprivate mutating func edit(_ body: (inout Element) -> Void) {
        if !isEmpty { body(&self[count - 1]) }
    }
}

extension OMEDocument.Pixels {
    init(_ element: XMLElementStart) throws(XMLRefusal) {
        self.init(
            order: try element.required("DimensionOrder"),
            // Documents before 2013 called it PixelType.
            type: try element.required(element["Type"] == nil ? "PixelType" : "Type"),
            width: try element.size("SizeX"), height: try element.size("SizeY"),
            slices: try element.size("SizeZ"), channels: try element.size("SizeC"), frames: try element.size("SizeT"))
    }
}

extension OMEDocument.Block {
    init(_ element: XMLElementStart) throws(XMLRefusal) {
        self.init(
            directory: try element.number("IFD"), slice: try element.number("FirstZ") ?? 0,
            channel: try element.number("FirstC") ?? 0, frame: try element.number("FirstT") ?? 0, count: try element.number("PlaneCount"))
    }
}
