import Foundation
import IDRComparison
import IDRFiles
import IDRPlan

/// A notebook as one page that needs nothing else: prose, code, outputs where they were made, the runs' facts, failures first.
package struct ReportPage {
    private var page: HTMLPage

    package init(_ notebook: Notebook) {
        page = HTMLPage(title: notebook.title, style: Self.style)
        addState(of: notebook)
        for (number, entry) in notebook.entries.enumerated() {
            var entry = entry
            // The page's own heading already.
            if number == 0, notebook.heading != nil { entry.cell.source = String(entry.cell.source.drop { $0 != "\n" }) }
            add(entry, number: number + 1)
        }
        if !notebook.others.isEmpty {
            page.addHeading("Not from a cell")
            for output in notebook.others { add(output) }
        }
    }

    package var html: String { page.text }

    /// One output as a piece of HTML.
    static func fragment(_ output: CellOutput) -> String {
        var page = ReportPage()
        page.add(output)
        return page.page.fragment
    }

    private init() { page = HTMLPage(title: "") }

    private mutating func addState(of notebook: Notebook) {
        let failures = notebook.entries.enumerated().flatMap { number, entry in
            entry.outputs.compactMap { output in if case .error(let text) = output { (number + 1, text) } else { nil } }
        }
        let state =
            switch notebook.state {
            case .finished: "finished"
            case .running: "running"
            case .failed: "ended with an error"
            case .stopped: "was stopped"
            }
        page.add(
            "<p class=\"state \(notebook.state.rawValue)\">\(MarkupText.escaped(notebook.name)) \(state), "
                + "\(PeopleText.time(notebook.startedAt)) UTC, \(PeopleText.duration(notebook.seconds))</p>")
        for (cell, text) in failures {
            page.add(
                "<p class=\"problem\" role=\"alert\"><a href=\"#cell-\(cell)\">Cell \(cell)</a>: \(MarkupText.escaped(Self.firstLine(text)))</p>")
        }
        for case .error(let text) in notebook.others {
            page.add("<p class=\"problem\" role=\"alert\">\(MarkupText.escaped(Self.firstLine(text)))</p>")
        }
        for warning in notebook.warnings { page.add("<p class=\"warning\">\(MarkupText.escaped(warning))</p>") }
    }

    private mutating func add(_ entry: Notebook.Entry, number: Int) {
        let cell = entry.cell
        page.add("<section id=\"cell-\(number)\" class=\"cell\">")
        if cell.kind == .markdown {
            page.add(MarkdownText.html(cell.source))
        } else {
            let time = entry.seconds.map { "<span class=\"time\">\(PeopleText.duration($0))</span>" } ?? ""
            if let title = cell.title { page.add("<h2>\(MarkupText.escaped(title))\(time)</h2>") }
            if !cell.source.isEmpty {
                page.add(
                    "<details open class=\"code\"><summary>\(cell.title == nil ? "Code" + time : "Code")</summary>"
                        + "<pre tabindex=\"0\"><code>\(MarkupText.escaped(cell.source, keepingLines: true))</code></pre></details>")
            }
        }
        for output in entry.outputs { add(output) }
        page.add("</section>")
    }

    private mutating func add(_ output: CellOutput) {
        switch output {
        case .text(let text): page.add("<pre class=\"output\" tabindex=\"0\">\(MarkupText.escaped(text, keepingLines: true))</pre>")
        case .markdown(let text): page.add(MarkdownText.html(text))
        case .table(let table): add(table)
        case .figure(let picture): page.add("<figure>\(picture.html)<figcaption>\(MarkupText.escaped(picture.caption))</figcaption></figure>")
        case .number(let name, let value, let unit):
            page.add(
                "<p class=\"number\"><span>\(MarkupText.escaped(name))</span> <strong>\(MarkupText.escaped(value))</strong> \(MarkupText.escaped(unit))</p>"
            )
        case .run(let run): add(run)
        case .warning(let text): page.add("<p class=\"warning\">\(MarkupText.escaped(text, keepingLines: true))</p>")
        case .error(let text): page.add("<pre class=\"problem\">\(MarkupText.escaped(text, keepingLines: true))</pre>")
        }
    }

    private mutating func add(_ table: TableExcerpt) {
        if let title = table.title { page.add("<h3>\(MarkupText.escaped(title))</h3>") }
        guard !table.columns.isEmpty else { return page.add("<p class=\"caption\">an empty table</p>") }
        page.addTable(table.columns.map(\.name), table.rows, numeric: table.columns.map { $0.type == "number" }, types: table.columns.map(\.type))
        page.add("<p class=\"caption\">\(MarkupText.escaped(table.caption))</p>")
    }

    private mutating func add(_ run: RunSummary) {
        page.add("<h3>\(run.name == "run" ? "Run" : "Run \(MarkupText.escaped(run.name))")</h3>")
        if let verdict = run.verdict {
            page.add(
                "<p class=\"state\"><strong>Reproduction</strong> of the record \(MarkupText.escaped(verdict.record?.hex ?? "without a manifest")). "
                    + "It ended with this run: what the script does with its results is no part of a record.</p>")
            page.add("<details open><summary>\(MarkupText.escaped(verdict.headline))</summary>")
            page.add("<pre class=\"output\" tabindex=\"0\">\(MarkupText.escaped(verdict.text, keepingLines: true))</pre></details>")
        }
        page.addFacts(run.facts.map { ($0.name, $0.value) })
        for warning in run.warnings { page.add("<p class=\"warning\">\(MarkupText.escaped(warning))</p>") }
        let ordered = run.batches.sorted { ($0.failure == nil ? 1 : 0, $0.number) < ($1.failure == nil ? 1 : 0, $1.number) }
        let failed = ordered.prefix { $0.failure != nil }.count
        page.add(
            "<details\(run.batches.count <= 20 || failed > 0 ? " open" : "")><summary>Batches: \(run.batches.count), failed: \(failed)</summary>")
        page.addTable(
            ["batch", "images", "nuclei", "seconds", "state"],
            ordered.map {
                [
                    String($0.number), String($0.images), String($0.cells), PeopleText.decimal($0.seconds, 1),
                    $0.failure ?? "complete" + ($0.lacks.map { ": \($0)" } ?? ""),
                ]
            },
            classes: ordered.map { $0.failure == nil && $0.lacks == nil ? "" : "missed" }, numeric: [true, true, true, true, false])
        page.add("</details>")
    }

    private static func firstLine(_ text: String) -> String { String(text.split(separator: "\n").first ?? "") }

    private static let style = """
        .state { padding: .5rem 1rem; border-left: .5rem solid var(--good); background: var(--shade) }
        .state.failed { border-color: var(--bad) } .state.running, .state.stopped { border-color: #b58900 }
        .problem { color: var(--bad); white-space: pre-wrap } .warning { padding-left: .75rem; border-left: .25rem solid #b58900 }
        .cell { margin: 1.5rem 0 } th small { font-weight: 400; color: var(--weak) } .time, .caption { color: var(--weak); font-size: .85rem; font-weight: 400 } .time { margin-left: .75rem }
        pre { overflow-x: auto; padding: .75rem; background: var(--shade); font: .875rem/1.45 ui-monospace, monospace; margin: .5rem 0 }
        pre.output { background: none; border-left: .25rem solid var(--line) }
        details.code { border: 0; padding: 0; margin: .5rem 0 } details.code > summary { font-size: .85rem; font-weight: 400; color: var(--weak) }
        figure { margin: 1rem 0 } figure img, figure svg { max-width: 100%; height: auto } figcaption { color: var(--weak); font-size: .9rem }
        .number strong { font-size: 1.4rem; font-variant-numeric: tabular-nums } td.numeric, th.numeric { text-align: right }
        h3 { font-size: 1rem } blockquote { margin-left: 0; padding-left: 1rem; border-left: .25rem solid var(--line) }
        @media print { .cell { break-inside: auto } figure, pre { break-inside: avoid } pre { white-space: pre-wrap } }
        """
}
