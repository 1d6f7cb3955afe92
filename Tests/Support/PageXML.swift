import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A report or verdict as an XML parser sees it.
package enum PageXML {
    /// Where the page is not well-formed; nil: nowhere.
    package static func problem(in page: String) -> String? {
        // HTML's own void elements and attributes without values are no XML.
        let text = page.replacing("<!DOCTYPE html>", with: "").replacing(/<(meta|img|hr|br)([^>]*)>/) { "<\($0.1)\($0.2)/>" }
            .replacing("<details open", with: "<details open=\"\"")
        let parser = XMLParser(data: Data(text.utf8))
        return parser.parse() ? nil : "\(String(describing: parser.parserError)) line \(parser.lineNumber)"
    }
}
