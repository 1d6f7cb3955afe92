import Foundation
import FoundationXML
import IDRPlan

/// Reads OME-XML by Foundation's parser (libxml2). A document type declaration ends the reading: OME-XML has none, and entities are what
/// bombs and the reading of other files are made with.
final class OMEParser: NSObject, XMLParserDelegate {
    /// Documents beyond this are refused; the metadata of a plate of 1536 wells have some ten megabytes.
    static let limit = 1 << 26
    private static let deepest = 64

    private var document = OMEDocument()
    private var depth = 0
    private var isOME = false
    private var failure: String?
    /// The text of a UUID element while inside one.
    private var text: String?

    /// The document in `xml`.
    /// - Parameter what: what errors call it.
    static func document(_ xml: some Sequence<UInt8>, called what: String) throws(IDRError) -> OMEDocument {
        // Repaired, as some writers put "µ" in another encoding; the declaration of an encoding no longer holds then.
        var text = String(decoding: Array(xml.prefix(limit + 1)), as: UTF8.self)[...]
        var reason: String?
        if text.utf8.count > limit { reason = "it has more than \(limit) bytes" }
        if text.unicodeScalars.first == "\u{FEFF}" { text = Substring(text.unicodeScalars.dropFirst()) }
        text = text.drop { $0.isWhitespace }
        if text.hasPrefix("<?xml"), let end = text.range(of: "?>") { text = text[end.upperBound...] }
        if text.range(of: "<!DOCTYPE") != nil { reason = "it declares a document type, which OME-XML does not" }

        let delegate = OMEParser()
        if reason == nil { reason = delegate.parse(withoutInstructions(Array(text.utf8))) }
        if let reason {
            throw OMEParser.error(what, reason)
        }
        return delegate.document
    }

    /// A processing instruction without content ends Foundation's parser, and with it the program; OME-XML means nothing by any of them.
    private static func withoutInstructions(_ text: [UInt8]) -> Data {
        var kept: [UInt8] = []
        kept.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            guard text[place] == UInt8(ascii: "<"), place + 1 < text.count, text[place + 1] == UInt8(ascii: "?") else {
                kept.append(text[place])
                place += 1
                continue
            }
            var end = place + 2
            while end < text.count, text[end] != UInt8(ascii: ">") || text[end - 1] != UInt8(ascii: "?") || end < place + 3 { end += 1 }
            // Not nothing: what stands before and behind it must not become one.
            kept.append(UInt8(ascii: " "))
            place = end + 1
        }
        return Data(kept)
    }

    static func error(_ what: String, _ reason: String) -> IDRError {
        IDRError(.invalidInput, "the OME-XML of \(what) cannot be used", because: reason, fix: "fetch the file again, or correct its OME-XML")
    }

    /// Reads `data` and returns what is wrong with it.
    private func parse(_ data: Data) -> String? {
        let parser = XMLParser(data: data)
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = self
        // Foundation calls a document that is cut off a success.
        let isParsed = parser.parse() && parser.parserError == nil && depth == 0
        if let failure { return failure }
        guard isParsed else { return "it is not well-formed XML, or is cut off, near line \(parser.lineNumber)" }
        return isOME ? nil : "it has no OME element"
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
    ) {
        depth += 1
        if depth == 1, name != "OME" { failure = "its first element is \(name.prefix(40).debugDescription) and not OME" }
        if depth > OMEParser.deepest { failure = "its elements are nested more than \(OMEParser.deepest) deep" }
        do throws(Refusal) {
            if failure == nil { try start(name, OMEElementAttributes(element: name, values: attributes)) }
        } catch {
            failure = error.reason
        }
        if failure != nil { parser.abortParsing() }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        depth -= 1
        guard name == "UUID", let text else { return }
        edit { $0.blocks.edit { $0.uuid = text.trimmingCharacters(in: .whitespacesAndNewlines) } }
        self.text = nil
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if let text, text.utf8.count < 200 { self.text = text + string }
    }

    func parser(_ parser: XMLParser, foundInternalEntityDeclarationWithName name: String, value: String?) {
        failure = "it declares entities"
        parser.abortParsing()
    }

    private func start(_ name: String, _ attributes: OMEElementAttributes) throws(Refusal) {
        switch name {
        case "OME":
            isOME = true
            document.uuid = attributes["UUID"]
        case "BinaryOnly": document.metadataFile = try attributes.required("MetadataFile")
        case "Image": document.images.append(OMEDocument.Image(id: attributes["ID"] ?? "", name: attributes["Name"] ?? ""))
        case "Pixels":
            let pixels = try OMEDocument.Pixels(attributes)
            document.images.edit { $0.pixels = pixels }
        case "Channel":
            let samples = try attributes.number("SamplesPerPixel") ?? 1
            edit {
                $0.channelNames.append(attributes["Name"])
                $0.samples = max($0.samples, samples)
            }
        case "TiffData":
            let block = try OMEDocument.Block(attributes)
            edit { $0.blocks.append(block) }
        case "UUID":
            text = ""
            edit { $0.blocks.edit { $0.fileName = attributes["FileName"] } }
        case "Plate": document.plates.append(OMEDocument.Plate(id: attributes["ID"] ?? "", name: attributes["Name"] ?? ""))
        case "Well":
            let well = OMEDocument.Well(row: try attributes.size("Row"), column: try attributes.size("Column"))
            document.plates.edit { $0.wells.append(well) }
        case "WellSample":
            let index = try attributes.number("Index")
            document.plates.edit { $0.wells.edit { $0.samples.append((index ?? $0.samples.count, nil)) } }
        case "ImageRef":
            let image = try attributes.required("ID")
            document.plates.edit { $0.wells.edit { $0.samples.edit { $0.image = $0.image ?? image } } }
        default: break
        }
    }

    private func edit(_ body: (inout OMEDocument.Pixels) -> Void) {
        document.images.edit { image in
            guard var pixels = image.pixels else { return }
            // Not held twice while it grows.
            image.pixels = nil
            body(&pixels)
            image.pixels = pixels
        }
    }

    struct Refusal: Error {
        let reason: String
    }
}

extension Array {
    /// Changes the last element, where there is one.
    fileprivate mutating func edit(_ body: (inout Element) -> Void) {
        if !isEmpty { body(&self[count - 1]) }
    }
}
