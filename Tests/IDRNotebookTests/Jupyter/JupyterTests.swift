import Foundation
import IDRNotebook
import IDRPlan
import TestSupport
import Testing

/// Notebooks out and in.
struct JupyterTests {
    private static let source = """
        // %% [markdown]
        // # Title
        //
        // Prose.

        // %% Cell
        print(1)

        // %%
        print(2)

        """

    @Test(.enabled(if: TestPython.isAvailable, "\(TestPython.reason)"))
    func jupytersOwnPackagesTakeIt() throws {
        let scratch = try ScratchFolder()
        let notebook = ReportPageTests.notebook(
            ReportPageTests.everything + [.figure(Picture(alt: "chart", form: .svg("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")))])
        try JupyterNotebook(notebook).json().write(to: URL(fileURLWithPath: scratch("a.ipynb")))
        let program = """
            import sys, nbformat
            from nbconvert import HTMLExporter
            notebook = nbformat.read(sys.argv[1], as_version=4)
            nbformat.validate(notebook)
            body, _ = HTMLExporter().from_notebook_node(notebook)
            kinds = [output["output_type"] for cell in notebook.cells for output in cell.get("outputs", [])]
            print(len(notebook.cells), notebook.nbformat, notebook.nbformat_minor, ",".join(kinds), "A &amp; B" in body, "<script>alert" in body)
            """
        let said = try TestPython.output(of: program, scratch("a.ipynb")).split(separator: "\n").last
        #expect(
            said == "2 4 5 stream,display_data,stream,error,display_data,display_data,display_data,display_data,display_data True False",
            "\(said ?? "")")
        #expect(try JupyterNotebook(notebook).json() == JupyterNotebook(notebook).json())
    }

    @Test func aScriptComesBack() throws {
        let notebook = Notebook(name: "s.swift", source: Self.source, events: [], startedAt: .now, seconds: 0, state: .finished)
        let back = try JupyterImport(JupyterNotebook(notebook).json(), name: "s.ipynb")
        #expect(back.script == "import IDRKit\n\n" + Self.source && back.notes.isEmpty)
        #expect(ScriptCells(back.script).cells.dropFirst().map(\.source) == ScriptCells(Self.source).cells.map(\.source))
    }

    @Test func otherNotebooksAreReadOrRefused() throws {
        func read(_ json: String) throws -> JupyterImport { try JupyterImport(Data(json.utf8), name: "n.ipynb") }
        let lines =
            #"{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["import IDRKit\n", "print(1)"]}, {"cell_type": "raw", "source": "x"}]}"#
        #expect(try read(lines).script == "// %%\nimport IDRKit\nprint(1)\n" && read(lines).notes == ["cell 2 is left out: it is of type raw"])
        let python = #"{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"language": "python"}}}"#
        #expect(throws: IDRError.self) { try read(python) }
        for wrong in ["", "[]", "{}", #"{"nbformat": 3, "cells": []}"#, #"{"nbformat": 4, "cells": [{"cell_type": "code"}]}"#] {
            let error = #expect(throws: IDRError.self) { try read(wrong) }
            #expect(error?.subject == ["n.ipynb"])
        }
        let latin = Data(#"{"nbformat": 4, "cells": [{"cell_type": "code", "source": "// Gr"#.utf8) + [0xF6] + Data(#""}]}"#.utf8)
        let error = #expect(throws: IDRError.self) { try JupyterImport(latin, name: "n.ipynb") }
        #expect(error?.reason == "it is not UTF-8 text" && error?.advice != nil)
        // A title cannot become code.
        let title = #"{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "metadata": {"title": "a\nexit(1)"}}]}"#
        #expect(try read(title).script.contains("// %% a\n1\n"))
    }
}
