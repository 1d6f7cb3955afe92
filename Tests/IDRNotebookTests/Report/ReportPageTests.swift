import Foundation
import IDRNotebook
import IDRPlan
import TestSupport
import Testing

/// The page of a notebook: well-formed, nothing of it can act, as small as it may be.
struct ReportPageTests {
    static let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&\u{1b}[2J"

    static func notebook(_ outputs: [CellOutput], source: String = "// %% [markdown]\n// # A & B\n// text\n\n// %% Cell\nprint(1)\n") -> Notebook {
        let events = outputs.map { Notebook.Event(line: 6, output: $0, seconds: 1) }
        return Notebook(
            name: "s.swift", source: source, events: events, startedAt: Date(timeIntervalSince1970: 1_767_225_600), seconds: 61, state: .finished)
    }

    static let everything: [CellOutput] = [
        .text(hostile), .markdown("[\(hostile)](javascript:alert(3)) \(hostile)\n\n```\n\(hostile)\n```\n"), .warning(hostile), .error(hostile),
        .number(name: hostile, value: hostile, unit: hostile),
        .table(
            TableExcerpt(
                title: hostile, columns: [.init(name: hostile, type: "text"), .init(name: "n", type: "number")], rows: [[hostile, "1"]], rowCount: 1,
                columnCount: 2)),
        .figure(Picture(alt: hostile, form: .png([1, 2, 3], width: 1, height: 1))),
        .run(
            RunSummary(
                name: hostile, facts: [.init(name: hostile, value: hostile)],
                batches: [
                    .init(number: 0, images: 1, cells: 2, seconds: 3, failure: nil),
                    .init(number: 1, images: 0, cells: 0, seconds: 0, failure: hostile),
                ], warnings: [hostile], verdict: .init(headline: hostile, record: Digest(filledWith: 0xaa), text: hostile))),
    ]

    @Test func namesCannotActInThePage() {
        let page = ReportPage(
            Self.notebook(Self.everything, source: "// %% [markdown]\n// # \(Self.hostile)\n// text\n\n// %% \(Self.hostile)\nprint(1)\n")
        ).html
        for tag in ["<script", "<img src=x", "href=\"javascript", "onerror=alert(2)>", "\u{1b}"] { #expect(!page.contains(tag), "\(tag)") }
        #expect(page.contains("default-src 'none'") && page.contains("&lt;script&gt;"))
    }

    @Test func thePageIsWellFormed() {
        let page = ReportPage(Self.notebook(Self.everything)).html
        #expect(PageXML.problem(in: page) == nil)
        #expect(page.contains("1 min 1 s") && page.contains("2026-01-01 00:00:00 UTC") && page.contains("<h1>A &amp; B</h1>"))
    }

    @Test func aVerdictIsShownWithTheRunThatItIsOf() throws {
        let runs = ["run", "other"].map { CellOutput.run(RunSummary(name: $0, facts: [], batches: [], warnings: [])) }
        var notebook = Self.notebook(runs)
        notebook.add(.init(headline: "BIT: every output has the same bytes", record: Digest(filledWith: 0x0a), text: "batch 0 BIT"), toRun: "run")
        let page = ReportPage(notebook).html
        let (headline, other) = (try #require(page.range(of: "BIT: every output")), try #require(page.range(of: "Run other")))
        #expect(headline.lowerBound < other.lowerBound && page.contains("of the record 0a0a") && page.contains("batch 0 BIT"))
        #expect(page.ranges(of: "BIT: every output").count == 1)
    }

    @Test func failuresComeFirst() throws {
        let page = ReportPage(Self.notebook(Self.everything)).html
        let alert = try #require(page.range(of: "role=\"alert\""))
        let cell = try #require(page.range(of: "id=\"cell-1\""))
        #expect(alert.lowerBound < cell.lowerBound && page.contains("href=\"#cell-2\""))
        let failed = try #require(page.range(of: "class=\"missed\""))
        #expect(page[failed.upperBound...].contains("complete"), "the failed batch is above the others")
    }

    @Test func aScreenOfManyBatchesIsASmallPage() throws {
        let batches = (0..<675).map { RunSummary.Batch(number: $0, images: 10, cells: 3310, seconds: 40, failure: $0 % 7 == 0 ? Self.hostile : nil) }
        let page = ReportPage(Self.notebook([.run(RunSummary(name: "run", facts: [], batches: batches, warnings: []))])).html
        #expect(page.utf8.count < 500_000 && page.contains("Batches: 675, failed: 97"))
    }

    @Test func emptyTablesAndNoCellsAreShown() {
        let table = TableExcerpt(title: nil, columns: [], rows: [], rowCount: 0, columnCount: 0)
        #expect(ReportPage(Self.notebook([.table(table)])).html.contains("an empty table") && table.text == "an empty table\n")
        #expect(ReportPage(Self.notebook([.text("x")], source: "")).html.contains("Not from a cell"))
    }

    @Test func aNotebookComesBackFromItsFile() throws {
        let notebook = Self.notebook(Self.everything + [.figure(Picture(alt: "a", form: .svg("<svg/>")))])
        #expect(try JSONDecoder().decode(Notebook.self, from: JSONEncoder().encode(notebook)) == notebook)
    }

    @Test func captionsCountInThousands() {
        let table = TableExcerpt(title: nil, columns: [.init(name: "a", type: "text")], rows: [["x"]], rowCount: 1_234_567, columnCount: 1289)
        #expect(table.caption == "1,234,567 rows × 1,289 columns; shown: 1 × 1")
        #expect(TableExcerpt.text(0.123456, digits: 3) == "0.123" && TableExcerpt.text(.nan, digits: 3) == "NaN")
    }
}
