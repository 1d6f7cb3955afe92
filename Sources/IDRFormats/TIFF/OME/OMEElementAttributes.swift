/// The attributes of an element of OME-XML.
struct OMEElementAttributes {
    let element: String
    let values: [String: String]

    subscript(_ name: String) -> String? { values[name] }

    func required(_ name: String) throws(OMEParser.Refusal) -> String {
        guard let value = values[name] else { throw OMEParser.Refusal(reason: "\(element) has no \(name)") }
        return value
    }

    /// A whole number from 0; nil where the attribute is not there.
    func number(_ name: String) throws(OMEParser.Refusal) -> Int? {
        guard let text = values[name] else { return nil }
        guard let value = Int(text), value >= 0, value <= Int(Int32.max) else {
            let shown = text.prefix(40).debugDescription
            throw OMEParser.Refusal(reason: "\(name) of \(element) is \(shown) and not a whole number from 0 to \(Int32.max)")
        }
        return value
    }

    /// A whole number that must be there.
    func size(_ name: String) throws(OMEParser.Refusal) -> Int {
        guard let value = try number(name) else { throw OMEParser.Refusal(reason: "\(element) has no \(name)") }
        return value
    }
}

extension OMEDocument.Pixels {
    init(_ attributes: OMEElementAttributes) throws(OMEParser.Refusal) {
        self.init(
            order: try attributes.required("DimensionOrder"),
            // Documents before 2013 called it PixelType.
            type: try attributes.required(attributes["Type"] == nil ? "PixelType" : "Type"),
            width: try attributes.size("SizeX"), height: try attributes.size("SizeY"),
            slices: try attributes.size("SizeZ"), channels: try attributes.size("SizeC"), frames: try attributes.size("SizeT"))
    }
}

extension OMEDocument.Block {
    init(_ attributes: OMEElementAttributes) throws(OMEParser.Refusal) {
        self.init(
            directory: try attributes.number("IFD"), slice: try attributes.number("FirstZ") ?? 0,
            channel: try attributes.number("FirstC") ?? 0, frame: try attributes.number("FirstT") ?? 0, count: try attributes.number("PlaneCount"))
    }
}
