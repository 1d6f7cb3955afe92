import Foundation
import FoundationXML

/// What takes in the elements of an XML document, one after another.
package protocol XMLHandler {
    /// An element begins.
    mutating func start(_ element: XMLElementStart) throws(XMLRefusal)

    /// An element ends.
    /// - Parameter text: what stood directly in it, without blanks at its ends.
    mutating func end(_ name: String, text: String) throws(XMLRefusal)
}

/// Why a document cannot be used, as the end of a sentence: "Image has no ID".
package struct XMLRefusal: Error {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

/// Reads XML by Foundation's parser (libxml2), within limits. A document type declaration ends the reading: none of the formats read here has
/// one, and entities are what bombs and the reading of other files are made with.
package enum XMLEvents {
    /// Documents beyond this are refused where nothing else is said; the OME-XML of a plate of 1536 wells has some ten megabytes.
    package static let limit = 1 << 26

    /// Gives the elements of `bytes` to `handler`.
    /// - Throws: ``XMLRefusal``: too large, no well-formed XML, cut off, or refused by the handler.
    package static func read<Handler: XMLHandler>(
        _ bytes: some Sequence<UInt8>, limit: Int = XMLEvents.limit, to handler: inout Handler
    ) throws(XMLRefusal) {
        let raw = Array(bytes.prefix(limit + 1))
        guard raw.count <= limit else { throw XMLRefusal(reason: "it has more than \(limit) bytes") }
        let text = content(of: raw)
        guard !declaresType(text) else { throw XMLRefusal(reason: "it declares a document type, which no such file does") }
        let relay = XMLRelay(handler)
        let reason = relay.parse(withoutInstructions(text))
        handler = relay.handler
        if let reason { throw XMLRefusal(reason: reason) }
    }

    /// The text as UTF-8 without byte order mark, leading blanks and declaration: repaired, as some writers put "µ" in another encoding; the
    /// declaration of an encoding no longer holds then.
    private static func content(of raw: [UInt8]) -> [UInt8] {
        let order: [UInt8] = Array(raw.prefix(2))
        var text =
            switch order {
            case [0xFF, 0xFE]: Array(String(decoding: words(raw) { UInt16($1) << 8 | UInt16($0) }, as: UTF16.self).utf8)[...]
            case [0xFE, 0xFF]: Array(String(decoding: words(raw) { UInt16($0) << 8 | UInt16($1) }, as: UTF16.self).utf8)[...]
            default: Array(String(decoding: raw, as: UTF8.self).utf8)[...]
            }
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        text = text.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        if text.starts(with: Array("<?xml".utf8)), let end = text.firstIndex(of: UInt8(ascii: ">")) { text = text[(end + 1)...] }
        return Array(text)
    }

    private static func words(_ raw: [UInt8], _ word: (UInt8, UInt8) -> UInt16) -> [UInt16] {
        stride(from: 2, to: raw.count - 1, by: 2).map { word(raw[$0], raw[$0 + 1]) }
    }

    private static func declaresType(_ text: [UInt8]) -> Bool {
        let mark = Array("<!DOCTYPE".utf8)
        var rest = text[...]
        while let place = rest.firstIndex(of: mark[0]) {
            if rest[place...].starts(with: mark) { return true }
            rest = rest[(place + 1)...]
        }
        return false
    }

    /// A processing instruction without content ends Foundation's parser, and with it the program; none of the formats means anything by one.
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
}

/// Hands Foundation's calls on to a handler, and keeps what it says is wrong.
private final class XMLRelay<Handler: XMLHandler>: NSObject, XMLParserDelegate {
    private static var deepest: Int { 64 }
    /// Text of one element beyond this is cut off: nothing that is read here is so long.
    private static var longestText: Int { 1 << 20 }

    private(set) var handler: Handler
    /// Of the elements that are open.
    private var texts: [String] = []
    private var hasElement = false
    private var failure: String?

    init(_ handler: Handler) { self.handler = handler }

    /// Reads `data` and returns what is wrong with it.
    func parse(_ data: Data) -> String? {
        let parser = XMLParser(data: data)
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = self
        // Foundation calls a document that is cut off a success.
        let isParsed = parser.parse() && parser.parserError == nil && texts.isEmpty && hasElement
        if let failure { return failure }
        return isParsed ? nil : "it is not well-formed XML, or is cut off, near line \(parser.lineNumber)"
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
    ) {
        guard failure == nil else { return }
        texts.append("")
        hasElement = true
        if texts.count > Self.deepest { failure = "its elements are nested more than \(Self.deepest) deep" }
        do throws(XMLRefusal) {
            if failure == nil { try handler.start(XMLElementStart(name: name, depth: texts.count, attributes: attributes)) }
        } catch {
            failure = error.reason
        }
        if failure != nil { parser.abortParsing() }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard failure == nil, let text = texts.popLast() else { return }
        do throws(XMLRefusal) {
            try handler.end(name, text: text.trimmingCharacters(in: .whitespacesAndNewlines))
        } catch {
            failure = error.reason
            parser.abortParsing()
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard !texts.isEmpty, texts[texts.count - 1].utf8.count < Self.longestText else { return }
        texts[texts.count - 1] += string
    }

    func parser(_ parser: XMLParser, foundInternalEntityDeclarationWithName name: String, value: String?) {
        failure = "it declares entities"
        parser.abortParsing()
    }
}
