import Foundation
import IDRNotebook

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What an XML parser finds in a figure.
final class PictureXML: NSObject, XMLParserDelegate {
    private(set) var elements: [String] = []
    private(set) var attributes: [[String: String]] = []
    private(set) var texts: [String] = []
    private(set) var isWellFormed = false
    private var open: [Int] = []

    /// Of an SVG; nothing of another form.
    init(_ picture: Picture) {
        super.init()
        guard case .svg(let text) = picture.form else { return }
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        isWellFormed = parser.parse()
    }

    func count(_ element: String) -> Int { elements.count { $0 == element } }

    /// Places and sizes that are no numbers, which browsers leave out without a word.
    var badNumbers: [String] {
        let numbers = attributes.flatMap { $0.filter { !["href", "class", "xmlns"].contains($0.key) }.values }
        return numbers.filter { $0.contains(/nan|inf/.ignoresCase()) }
    }

    /// Whether some text contains `words`.
    func says(_ words: String) -> Bool { texts.joined(separator: " ").contains(words) }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes found: [String: String] = [:]
    ) {
        open.append(elements.count)
        elements.append(name)
        attributes.append(found)
        texts.append("")
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if let element = open.last { texts[element] += string }
    }
}
