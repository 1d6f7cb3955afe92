import Foundation
import IDRNotebook
import Testing

/// The percent format, as people write it.
struct ScriptCellsTests {
    private static let script = """
        import IDRKit

        // %% [markdown]
        // # Title
        //
        // Some *prose*.

        // %% Profile every well
        let a = 1
        print(a)

        // %%
        print("last")

        """

    @Test func cellsHaveKindsTitlesAndLines() {
        let cells = ScriptCells(Self.script).cells
        #expect(cells.map(\.kind) == [.code, .markdown, .code, .code])
        #expect(cells.map(\.title) == [nil, nil, "Profile every well", nil])
        #expect(cells[1].source == "# Title\n\nSome *prose*." && cells[2].source == "let a = 1\nprint(a)")
        #expect(cells.map(\.firstLine) == [1, 4, 9, 13] && cells.map(\.lineCount) == [1, 3, 2, 1])
    }

    @Test func everyLineOfACellBelongsToIt() {
        let script = ScriptCells(Self.script)
        let lines = (1...14).map { script.cell(at: $0) }
        #expect(lines == [0, nil, nil, 1, 1, 1, nil, nil, 2, 2, nil, nil, 3, nil])
        #expect(script.cell(at: 0) == nil && script.cell(at: 1000) == nil && script.cell(at: -1) == nil)
    }

    @Test(arguments: [
        ("//%% Title", ScriptCells.Cell.Kind.code, "Title" as String?), ("// %% Title [markdown]", .markdown, "Title"),
        ("// %%[markdown]", .markdown, nil),
        ("// %% [md]", .markdown, nil), ("// %% [code] x", .code, "x"), ("// %%\tTabbed ", .code, "Tabbed"), ("// %% Title\r", .code, "Title"),
    ])
    func markersAreKnown(line: String, kind: ScriptCells.Cell.Kind, title: String?) {
        let script = ScriptCells("print(0)\n\(line)\n// text\n")
        #expect(script.cells.count == 2 && script.cells.last?.kind == kind && script.cells.last?.title == title && script.warnings.isEmpty)
    }

    @Test(arguments: [
        ("  // %% Indented", "first column"), ("// %%% Sub", "two percent"), ("// %%Title", "a space"), ("// %% [raw]", "not [raw]"),
        ("// %% [mark down]", "[markdown]"), ("// % [markdown]", "two percent"),
    ])
    func whatIsNearlyAMarkerIsSaid(line: String, reason: String) {
        let script = ScriptCells("print(0)\n\(line)\nprint(1)\n")
        #expect(script.cells.count == 1 && script.warnings.count == 1)
        #expect(script.warnings.first?.hasPrefix("line 2: ") == true && script.warnings.first?.contains(reason) == true, "\(script.warnings)")
    }

    @Test func codeEndsProse() {
        let script = ScriptCells("// %% [markdown]\n// text\nprint(1)\n// a comment\n")
        #expect(script.cells.map(\.kind) == [.markdown, .code] && script.cells[1].source == "print(1)\n// a comment")
        #expect(script.warnings.count == 1 && script.cell(at: 3) == 1)
    }

    @Test func textsOfSeveralLinesHoldNoMarkers() {
        let script = ScriptCells("let a = \"\"\"\n// %% no marker\n\"\"\"\n// %% Marker\nprint(1)\n")
        #expect(script.cells.count == 2 && script.cells[0].lineCount == 3 && script.cells[1].title == "Marker")
    }

    @Test(arguments: ["", "\n\n", "// %%", "// %% [markdown]\n\n"]) func emptyCellsAreNone(source: String) {
        #expect(ScriptCells(source).cells.isEmpty)
    }

    @Test func outputsGoToTheCellOfTheirLine() {
        func event(_ line: Int?, _ text: String, _ seconds: Double) -> Notebook.Event {
            Notebook.Event(line: line, output: .text(text), seconds: seconds)
        }
        let events = [event(10, "a", 1), event(10, "b", 1.5), event(13, "c", 3), event(nil, "d", 4), event(9, "e", 5), event(2, "f", 5)]
        let notebook = Notebook(name: "s.swift", source: Self.script, events: events, startedAt: .now, seconds: 5, state: .finished)
        #expect(notebook.entries.map(\.outputs) == [[], [], [.text("abe")], [.text("c")]] && notebook.others == [.text("df")])
        #expect(notebook.entries.map(\.seconds) == [nil, nil, 2.5, 1.5] && notebook.title == "s.swift")
    }
}
