import IDRPlan

/// A page that stands alone and can be read with a keyboard, on paper, and in the dark.
package struct HTMLPage {
    private let title: String
    private let style: String
    private var body: [String] = []

    /// - Parameter style: rules besides those that all pages have.
    package init(title: String, style: String = "") { (self.title, self.style) = (title, style) }

    /// Adds what is HTML already.
    package mutating func add(_ html: String) { body.append(html) }

    package mutating func addHeading(_ text: String) { add("<h2>\(MarkupText.escaped(text))</h2>") }

    mutating func addList(_ items: [String]) {
        if items.isEmpty { return }
        add("<ul>" + items.map { "<li>\(MarkupText.escaped($0))</li>" }.joined() + "</ul>")
    }

    package mutating func addFacts(_ facts: [(name: String, value: String)]) {
        add("<dl>" + facts.map { "<dt>\(MarkupText.escaped($0.name))</dt><dd>\(MarkupText.escaped($0.value))</dd>" }.joined() + "</dl>")
    }

    /// - Parameters:
    ///   - classes: of the rows; empty, or one a row.
    ///   - numeric: which columns are numbers; empty: none.
    ///   - types: what stands below the columns' names; empty: nothing.
    package mutating func addTable(
        _ header: [String], _ rows: [[String]], classes: [String] = [], numeric: [Bool] = [], types: [String] = []
    ) {
        let marks = header.indices.map { $0 < numeric.count && numeric[$0] ? " class=\"numeric\"" : "" }
        let head = header.indices.map { column in
            let type = column < types.count ? "<br><small>\(MarkupText.escaped(types[column]))</small>" : ""
            return "<th scope=\"col\"\(marks[column])>\(MarkupText.escaped(header[column]))\(type)</th>"
        }.joined()
        var lines = ["<div class=\"wide\" tabindex=\"0\"><table><thead><tr>\(head)</tr></thead><tbody>"]
        for (index, row) in rows.enumerated() {
            let style = index < classes.count && !classes[index].isEmpty ? " class=\"\(MarkupText.escaped(classes[index]))\"" : ""
            lines.append("<tr\(style)>" + zip(row, marks).map { "<td\($1)>\(MarkupText.escaped($0))</td>" }.joined() + "</tr>")
        }
        add(lines.joined(separator: "\n") + "</tbody></table></div>")
    }

    /// What was added, without the page around it.
    package var fragment: String { body.joined(separator: "\n") }

    package var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <title>\(MarkupText.escaped(title))</title>
        <style>\(Self.common)\(style.isEmpty ? "" : "\n" + style)</style>
        </head>
        <body>
        <main>
        <h1>\(MarkupText.escaped(title))</h1>
        \(body.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    private static let common = """
        :root { color-scheme: light dark; --line: #bbb; --weak: #555; --bad: #a3170a; --good: #14602c; --shade: #f3f3f3 }
        @media (prefers-color-scheme: dark) { :root { --line: #555; --weak: #aaa; --bad: #ff8a7a; --good: #7fd69a; --shade: #222 } }
        body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 }
        main { max-width: 72rem; margin: 0 auto; padding: 1rem }
        h1 { font-size: 1.4rem; overflow-wrap: anywhere } h2 { font-size: 1.1rem; margin-top: 2rem }
        .verdict { padding: .75rem 1rem; border-left: .5rem solid var(--bad); background: var(--shade) }
        .verdict.bit, .verdict.canonical { border-color: var(--good) }
        .verdict.tolerance, .verdict.statistical { border-color: #b58900 }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem } dt { color: var(--weak) } dd { margin: 0; overflow-wrap: anywhere }
        .wide { overflow-x: auto; margin: .75rem 0 }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums }
        th, td { border-bottom: 1px solid var(--line); padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top }
        tr.missed td { color: var(--bad); font-weight: 600 }
        details { margin: .75rem 0; border-top: 1px solid var(--line); padding-top: .5rem } summary { cursor: pointer; font-weight: 600 }
        :focus-visible { outline: 2px solid currentColor; outline-offset: 2px }
        @media print { main { max-width: none } details::details-content { content-visibility: visible; block-size: auto } tr { break-inside: avoid } }
        """
}
