import IDRPlan

/// The part of Markdown that prose of scripts needs, as HTML: headings, paragraphs, lists, quotes, code, emphasis, links, pictures' texts.
/// Whatever it does not know is shown as it stands; HTML in it is text.
struct MarkdownText {
    private var lines: ArraySlice<Substring>
    private var parts: [String] = []

    static func html(_ text: String) -> String {
        var reader = MarkdownText(lines: text.split(separator: "\n", omittingEmptySubsequences: false)[...])
        reader.read()
        return reader.parts.joined(separator: "\n")
    }

    private init(lines: ArraySlice<Substring>) { self.lines = lines }

    private mutating func read() {
        while let line = lines.first {
            if line.allSatisfy(\.isWhitespace) {
                lines.removeFirst()
            } else if line.hasPrefix("```") {
                readCode()
            } else if let heading = line.wholeMatch(of: /(#{1,6})\s+(.*?)\s*#*/) {
                lines.removeFirst()
                // The page's own headings are above a script's.
                let level = min(6, heading.1.count + 1)
                parts.append("<h\(level)>\(Self.inline(heading.2))</h\(level)>")
            } else if line.wholeMatch(of: /\s*([-*_])(\s*\1){2,}\s*/) != nil {
                lines.removeFirst()
                parts.append("<hr>")
            } else if Self.item(line) != nil {
                readList()
            } else if line.hasPrefix(">") {
                let quote = take { $0.hasPrefix(">") }.map { $0.dropFirst().drop { $0 == " " } }
                parts.append("<blockquote>\(Self.html(quote.joined(separator: "\n")))</blockquote>")
            } else {
                let text = take { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") && !$0.hasPrefix("```") && Self.item($0) == nil }
                // A line that only looks like one of the others is text.
                let paragraph = text.isEmpty ? [lines.removeFirst()] : text
                parts.append("<p>\(Self.inline(Substring(paragraph.joined(separator: "\n"))))</p>")
            }
        }
    }

    private mutating func take(while isPart: (Substring) -> Bool) -> [Substring] {
        let taken = lines.prefix(while: isPart)
        lines = lines.dropFirst(taken.count)
        return Array(taken)
    }

    private mutating func readCode() {
        lines.removeFirst()
        let code = take { !$0.hasPrefix("```") }
        lines = lines.dropFirst()
        parts.append("<pre><code>\(MarkupText.escaped(code.joined(separator: "\n"), keepingLines: true))</code></pre>")
    }

    private mutating func readList() {
        guard let first = lines.first.flatMap(Self.item) else { return }
        let tag = first.isNumbered ? "ol" : "ul"
        var items: [String] = []
        while let line = lines.first {
            if let item = Self.item(line), item.isNumbered == first.isNumbered {
                items.append(String(item.text))
            } else if line.hasPrefix("  "), !items.isEmpty, !line.allSatisfy(\.isWhitespace) {
                items[items.count - 1] += "\n" + line.drop { $0 == " " }
            } else {
                break
            }
            lines.removeFirst()
        }
        parts.append("<\(tag)>" + items.map { "<li>\(Self.inline(Substring($0)))</li>" }.joined() + "</\(tag)>")
    }

    private static func item(_ line: Substring) -> (isNumbered: Bool, text: Substring)? {
        if let match = line.wholeMatch(of: /\s{0,3}[-*+]\s+(.*)/) { return (false, match.1) }
        if let match = line.wholeMatch(of: /\s{0,3}\d{1,9}[.)]\s+(.*)/) { return (true, match.1) }
        return nil
    }

    /// Code, strong and emphasised text, and links within a line. Only `https:`, `http:` and places in the page are linked.
    static func inline(_ text: Substring) -> String {
        let pattern = /`([^`]+)`|\*\*(.+?)\*\*|\*([^*\s][^*]*?)\*|!?\[([^\]]*)\]\(([^)\s]+)\)/
        var result = ""
        var rest = text
        while let match = rest.firstMatch(of: pattern) {
            result += MarkupText.escaped(String(rest[..<match.range.lowerBound]), keepingLines: true)
            let (_, code, strong, emphasis, label, address) = match.output
            if let code {
                result += "<code>\(MarkupText.escaped(String(code)))</code>"
            } else if let strong {
                result += "<strong>\(inline(strong))</strong>"
            } else if let emphasis {
                result += "<em>\(inline(emphasis))</em>"
            } else if let label, let address {
                let isLink = ["https://", "http://", "#"].contains { address.hasPrefix($0) }
                result += isLink ? "<a href=\"\(MarkupText.escaped(String(address)))\">\(inline(label))</a>" : inline(label)
            }
            rest = rest[match.range.upperBound...]
        }
        return result + MarkupText.escaped(String(rest), keepingLines: true)
    }
}
