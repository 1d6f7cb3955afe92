import Foundation
import IDRNotebook
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Scripts in cells: what they give out is in the report, with the cell that gave it.
@Suite(.serialized) struct NotebookScriptTests {
    private static let script = """
        // %% [markdown]
        // # Small screen

        // %% Profile
        import IDRKit
        let cells = try await screen("idr0013A", mirror: "mirror").controls().frame(2).correct().segment(diameter: 27).profile().run(batchSize: 2)
        print("cells:", cells.cellCount)
        func later() { print("from later") }

        // %% Wells
        let wells = try await cells.aggregated(by: .well)
        show(wells, title: "One a well")
        show(cells.cellCount, "nuclei")
        print()
        later()

        // %% Figures
        show(wells.plateMap())
        show(wells.distribution(of: "none such"))
        show(try await cells.image(of: "A2").outlinesOverImage())
        show(try await cells.image(of: "A2").correction())
        show(try await cells.image(of: "A2").gallery())
        show(markdown: "**done** <script>alert(1)</script>")
        """

    private func notebook(_ folder: ScriptFolder, _ run: String = "out") throws -> Notebook {
        let path = folder.scratch("\(run)/\(RecordLayout.notebook)")
        return try CanonicalJSON.decode(Notebook.self, from: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
    }

    @Test func whatCellsGiveOutIsInTheReport() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        let result = try await folder.idrscript("run", "script.swift", "--output", "out")
        #expect(result.status == 0 && result.output.contains("cells: ") && result.output.contains("4 rows × "), "\(result.errors) \(result.output)")
        let notebook = try notebook(folder)
        #expect(notebook.state == .finished && notebook.title == "Small screen" && notebook.others.isEmpty && notebook.warnings.isEmpty)
        #expect(notebook.entries.map(\.cell.title) == [nil, "Profile", "Wells", "Figures"])
        let profile = notebook.entries[1].outputs
        guard case .run(let run)? = profile.first, case .text(let printed)? = profile.last else { throw IDRError(.missing, "\(profile)") }
        #expect(run.batches.map(\.number) == [0, 1] && run.facts.contains { $0.name == "record, SHA-256" && $0.value.count == 64 })
        // Where it stands, not where it is called.
        #expect(printed.hasPrefix("cells: ") && printed.hasSuffix("\nfrom later\n"))
        guard case .table(let table)? = notebook.entries[2].outputs.first else { throw IDRError(.missing, "\(notebook.entries[2].outputs)") }
        #expect(table.rowCount == 4 && table.rows.count == 4 && table.title == "One a well")
        #expect(notebook.entries[2].outputs.count == 3 && notebook.entries[2].outputs.last == .text("\n"))
        let pictures = notebook.entries[3].outputs.compactMap { if case .figure(let picture) = $0 { picture } else { nil } }
        #expect(pictures.count == 5 && pictures[1].alt.contains("Nothing to show: the profiles have no feature none such."), "\(pictures.map(\.alt))")
        let page = String(decoding: try folder.scratch.bytes("out/report.html"), as: UTF8.self)
        #expect(page == ReportPage(notebook).html && !page.contains("<script"))
        // The record is whole, with the report beside it.
        #expect(try await folder.idrscript("verify", "out").status == 0)
        let again = try await folder.idrscript("run", "script.swift", "--output", "out")
        #expect(again.status == 0 && again.output == result.output)
        #expect(try self.notebook(folder).entries.map(\.outputs) == notebook.entries.map(\.outputs))
        try await commandsReadIt(folder, notebook)
    }

    private func commandsReadIt(_ folder: ScriptFolder, _ notebook: Notebook) async throws {
        let exported = try await folder.idrscript("export", "out", "--ipynb", "-o", "a.ipynb")
        #expect(exported.status == 0 && exported.errors.isEmpty, "\(exported.errors)")
        #expect(try Data(folder.scratch.bytes("a.ipynb")) == JupyterNotebook(notebook).json())
        let imported = try await folder.idrscript("import", "a.ipynb", "-o", "back.swift")
        #expect(imported.status == 0, "\(imported.errors)")
        #expect(try folder.scratch.bytes("back.swift") == Array((Self.script + "\n").utf8))
        let again = try await folder.idrscript("import", "a.ipynb", "-o", "back.swift")
        #expect(again.status == 1 && again.errors.contains("there is a file of this name"), "\(again.errors)")
        let listed = try await folder.idrscript("ls")
        #expect(listed.output.contains("out") && listed.output.contains("complete  2/2"), "\(listed.output)")
        let json = try await folder.idrscript("ls", "--json")
        #expect(((try? JSONSerialization.jsonObject(with: Data(json.output.utf8))) as? [[String: Any]])?.first?["state"] as? String == "complete")
        let report = try await folder.idrscript("open", "out", "--print")
        #expect(report.output.hasSuffix("/out/report.html\n") && report.status == 0)
        let none = try await folder.idrscript("open", "mirror")
        #expect(none.status == 1 && none.errors.contains("there is no report"), "\(none.errors)")
    }

    @Test func errorsBelongToTheirCell() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script + "\n// %% Wrong\nlet wells = try await cells.aggregated(by: \"Metadata_Nothing\")\n")
        let result = try await folder.idrscript("run", "script.swift", "--output", "out")
        #expect(result.status == 1 && result.errors.contains("script.swift:6") && result.errors.contains("Metadata_Nothing"), "\(result.errors)")
        let notebook = try notebook(folder)
        #expect(notebook.state == .failed && notebook.entries.last?.cell.title == "Wrong")
        guard case .error(let text)? = notebook.entries.last?.outputs.last else { throw IDRError(.missing, "\(notebook)") }
        #expect(text.contains("script.swift:6"))
    }

    @Test func failedBatchesAreInTheReport() async throws {
        let folder = try await ScriptFolder()
        try Data("no movie".utf8).write(to: URL(fileURLWithPath: folder.mirror.movie("A3")))
        try folder.write(ScriptFolder.script)
        let result = try await folder.idrscript("run", "script.swift", "--output", "out")
        #expect(result.status == 3)
        let outputs = try notebook(folder).entries.flatMap(\.outputs)
        guard case .run(let run)? = outputs.first else { throw IDRError(.missing, "\(outputs)") }
        #expect(run.batches.filter { $0.failure != nil }.map(\.number) == [1])
        let listed = try await folder.idrscript("ls", ".")
        #expect(listed.output.contains("failed  "), "\(listed.output)")
    }

    @Test func aNewScriptRuns() async throws {
        let folder = try await ScriptFolder()
        let new = try await folder.idrscript("new", "mine", "--mirror", "mirror", "--frame", "2")
        #expect(new.status == 0, "\(new.errors)")
        let result = try await folder.idrscript("run", "mine.swift", "--output", "out")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try notebook(folder).entries.allSatisfy { $0.cell.kind == .markdown || !$0.outputs.isEmpty })
        let again = try await folder.idrscript("new", "mine")
        #expect(again.status == 1 && again.errors.contains("there is a file of this name"))
        let wrong = try await folder.idrscript("new", "other", "--screen", "x\")")
        #expect(wrong.status == 64 && !folder.scratch.contents.contains("other.swift"))
    }

    /// As a person sees it; the pictures stay for who wants to look.
    @Test(.enabled(if: Chromium.isAvailable && TestPython.isAvailable, "needs chromium (apt-get install chromium) and make test-tools"))
    func browsersShowIt() async throws {
        let folder = try await ScriptFolder()
        try folder.write(Self.script)
        let result = try await folder.idrscript("run", "script.swift", "--output", "out")
        #expect(result.status == 0, "\(result.errors)")
        for scheme in Chromium.Scheme.allCases {
            let shot = try await Chromium.screenshot(of: folder.scratch("out/report.html"), scheme, name: "report")
            #expect(shot.complaints.isEmpty, "\(shot.complaints)")
            // Dark on light, or light on dark: the corner has the page's own colour.
            #expect(shot.png.count > 20_000)
            #expect(scheme == .light ? shot.corner > 200 : (0..<60).contains(shot.corner), "\(scheme) \(shot.corner)")
        }
    }
}
