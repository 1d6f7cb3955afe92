import Foundation
import IDRImaging
import IDRNotebook
import IDRPlan
import IDRTables
import TestSupport
import Testing

/// Reports of what is hardly worth one: markers that are none, runs without nuclei, tables that are too long, names that are HTML, no room.
@Suite(.serialized) struct PoorReportTests {
    private func notebook(_ folder: ScriptFolder) throws -> Notebook {
        try #require(try Notebook(of: folder.scratch("out")))
    }

    private func page(_ folder: ScriptFolder) throws -> String { String(decoding: try folder.scratch.bytes("out/report.html"), as: UTF8.self) }

    private func pictures(_ notebook: Notebook) -> [Picture] {
        notebook.entries.flatMap(\.outputs).compactMap { if case .figure(let picture) = $0 { picture } else { nil } }
    }

    @Test func markersThatAreNoneAreSaidWithTheirLines() async throws {
        let folder = try await ScriptFolder()
        let lines = [
            "//%% x", "import IDRKit", "// % [markdown]", " // %% indented", "// %% [maths]", "// %% [markdown]", "// # Prose", "print(\"in prose\")",
            "let cells = \(ScriptFolder.pipeline)", "print(cells.cellCount)",
        ]
        try folder.write(lines.joined(separator: "\n") + "\n")
        let result = try await folder.idrscript("run", "script.swift", "--output", "out", "--batches", "0")
        #expect(result.status == 0 && result.output.hasPrefix("in prose\n"), "\(result.errors)")
        let warnings = try notebook(folder).warnings
        #expect(warnings.map { $0.prefix { $0 != ":" } } == ["line 3", "line 4", "line 5", "line 8"])
        let page = try page(folder)
        for warning in warnings {
            #expect(page.contains("<p class=\"warning\">\(MarkupText.escaped(warning))</p>"))
            #expect(result.errors.ranges(of: "warning: script.swift, \(warning)\n").count == 1, "\(result.errors)")
        }
        #expect(try notebook(folder).entries.map(\.cell.title) == ["x", nil, nil], "what is no marker begins no cell")
    }

    @Test func aRunWithoutNucleiHasFiguresThatSaySo() async throws {
        let folder = try await ScriptFolder()
        for well in ScriptFolder.wells {
            // Dim noise, in which nothing is a nucleus.
            let planes = (0..<4).map { frame in
                let pixels = (0..<96 * 96).map { (pixel: Int) -> UInt8 in UInt8(10 + (pixel * 7 + frame * 3) % 5) }
                return Plane(height: 96, width: 96, pixels: pixels)
            }
            try await folder.mirror.writeMovie(well, planes: planes)
        }
        try folder.write(
            """
            import IDRKit
            let cells = \(ScriptFolder.pipeline)
            let wells = try await cells.aggregated(by: .well)
            show(wells)
            show(wells.plateMap())
            show(wells.plateMap(of: "efficientnet-lite0_0"))
            show(wells.plateMap(by: .controlType))
            show(wells.distribution(of: .cells))
            show(wells.heatMap())
            show(wells.pca())
            let image = try await cells.image(of: "A2")
            show(image.gallery())
            show(image.outlinesOverImage())
            show(image.correction())
            show(cells.timings())
            """)
        let result = try await folder.idrscript("run", "script.swift", "--output", "out")
        #expect(result.status == 0 && result.output.contains("4 rows × 1,285 columns"), "\(result.output)\(result.errors)")
        let pictures = try pictures(notebook(folder))
        #expect(pictures.count == 10)
        // That there are none is shown; what describes them is not there.
        for position in [1, 4, 5] { #expect(pictures[position].alt.hasSuffix("Nothing to show: there are no nuclei."), "\(pictures[position].alt)") }
        for position in [0, 2, 3] { #expect(!pictures[position].alt.contains("Nothing to show"), "\(pictures[position].alt)") }
        let words = ["there are no crops", "No objects in 96 x 96 pixels", "96 x 96 pixels", "In total "]
        for (picture, words) in zip(pictures.dropFirst(6), words) { #expect(picture.alt.contains(words), "\(picture.alt)") }
        let page = try page(folder)
        #expect(page.contains("P_1/A2 frame 2: no nuclei were found") && PageXML.problem(in: page) == nil)
        #expect(page.firstMatch(of: /="[^"]*\b(nan|inf)\b/.ignoresCase()) == nil, "no place on the page is no number")
    }

    @Test func aTableOfAMillionRowsIsAShortOneInTheReport() async throws {
        let folder = try await ScriptFolder()
        try folder.write(
            """
            import IDRKit
            let count = 1_000_000
            let genes = try AggregatedProfiles(
                strata: [.init(name: "Metadata_Gene", values: (0..<count).map { "gene \\($0)" })], featureNames: ["area"], by: .mean
            ) { _ in [Double](repeating: 1, count: count) }
            show(genes)
            show(genes, rows: .max)
            show(genes.distribution(of: "area", by: .gene))
            _ = \(ScriptFolder.pipeline)
            """)
        let result = try await folder.idrscript("run", "script.swift", "--output", "out", "--batches", "0")
        #expect(result.status == 0, "\(result.errors)")
        for words in ["1,000,000 rows × 3 columns; shown: 10 × 3\n", "1,000,000 rows × 3 columns; shown: 1,000 × 3\n"] {
            #expect(result.output.contains(words))
        }
        let page = try page(folder)
        #expect(page.contains("1,000,000 rows × 3 columns; shown: 10 × 3") && page.contains("Left out: the 999,976 smallest groups."))
        #expect(try page.utf8.count < 300_000 && folder.scratch.bytes("out/notebook.json").count < 300_000)
    }

    // MARK: - Names that are HTML

    /// Genes and controls as nobody should write them: tags, the end of an attribute, and what steers a terminal.
    private func hostileFolder() async throws -> ScriptFolder {
        let folder = try await ScriptFolder()
        let tag = "<script>document.title='gone'</script>"
        try folder.mirror.writeAnnotation([
            "Plate,Well Number,Well,Original Gene Target,Control Type", "P_1,2,A2,\(tag),negative control",
            "P_1,3,A3,\"\"\"><img src=x onerror=document.title='gone'>\",positive control", "P_1,26,B2,KIF11,negative control</svg>\(tag)",
            "P_1,27,B3,\u{1b}[2J,positive control",
        ])
        try folder.write(
            """
            import IDRKit
            let cells = \(ScriptFolder.pipeline)
            let wells = try await cells.aggregated(by: .well.and(.gene))
            show(wells, title: wells.metadata[2].values.joined())
            show(wells.plateMap(by: .gene))
            show(wells.plateMap(by: .controlType))
            show(wells.distribution(of: .cells, by: .gene))
            show(wells.distribution(of: .cells))
            show(wells.heatMap(by: .gene))
            show(wells.pca(by: .gene))
            show(try await cells.aggregated(by: .well).pca(by: .gene))
            for gene in wells.metadata[2].values {
                show(markdown: "**\\(gene)**")
                show(1, gene)
            }
            """)
        let result = try await folder.idrscript("run", "script.swift", "--output", "out")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("document.title") && !result.output.contains("\u{1b}"), "\(result.output)")
        return folder
    }

    @Test func namesOfTheStudyAreTextInTheReportAndInNotebooks() async throws {
        let folder = try await hostileFolder()
        let page = try page(folder)
        #expect(PageXML.problem(in: page) == nil)
        #expect(
            page.contains("&lt;script&gt;document.title") && !page.contains("<script") && !page.contains("<img src=x") && !page.contains("\u{1b}"))
        let shown = try pictures(notebook(folder))
        #expect(shown.last?.alt.contains("the profiles have no column Metadata_Gene; there are: Metadata_Plate, Metadata_Well, ") == true)
        #expect(!shown.dropLast().contains { $0.alt.contains("Nothing to show") })

        #expect(try await folder.idrscript("export", "out", "--ipynb", "-o", "a.ipynb").status == 0)
        let file = try JSONSerialization.jsonObject(with: Data(folder.scratch.bytes("a.ipynb"))) as? [String: Any]
        let outputs = (file?["cells"] as? [[String: Any]] ?? []).flatMap { $0["outputs"] as? [[String: Any]] ?? [] }
        let forms = outputs.flatMap { Array($0["data"] as? [String: Any] ?? [:]) }.filter { $0.key != "text/plain" }
        #expect(forms.count > 10 && Set(forms.map(\.key)) == ["text/html", "image/svg+xml"], "\(forms.map(\.key))")
        for case (let kind, let text as String) in forms { #expect(!text.contains("<script") && !text.contains("<img"), "\(kind): \(text)") }
    }

    @Test(.enabled(if: Chromium.isAvailable, "needs chromium (apt-get install chromium)"))
    func namesOfTheStudyDoNothingInABrowser() async throws {
        let folder = try await hostileFolder()
        let (html, complaints) = try await Chromium.document(of: folder.scratch("out/report.html"))
        #expect(html.contains("<title>script.swift</title>") && !html.contains("<script") && !html.contains("onerror=\""))
        #expect(complaints.isEmpty, "\(complaints)")
        // A page that does not escape them is found out.
        try folder.write("<title>script.swift</title><img src=x onerror=\"document.title='gone'\">", to: "raw.html")
        #expect(try await Chromium.document(of: folder.scratch("raw.html")).html.contains("<title>gone</title>"))
    }

    // MARK: - No room

    /// A limit of the file size stands for a full disk, as in ``InterruptionTests``: `notebook.json` is below it, the report above.
    @Test func aReportThatFindsNoRoomLeavesAWholeRecordAndNoOlderReport() async throws {
        let folder = try await ScriptFolder()
        try folder.write(ScriptFolder.script + "\nprint(String(repeating: \"\\\"\", count: 1_500_000))\n")
        #expect(try await folder.idrscript("run", "script.swift", "--output", "out", "--batches", "0").status == 0)
        #expect(try folder.scratch.bytes("out/report.html").count > 6 << 20 && folder.scratch.bytes("out/notebook.json").count < 4 << 20)

        let limited = "trap '' XFSZ; ulimit -f \(4 << 10); exec \"$0\" run script.swift --output out --batches 0"
        let result = try await BuiltProgram.run(
            "/bin/bash", ["-c", limited, BuiltProgram.folder.appending(path: "idrscript").path], in: folder.scratch.path, environment: folder.settings
        )
        #expect(result.status == 0 && result.output.hasPrefix("cells: "), "\(result.errors)")
        #expect(result.errors.ranges(of: "warning: there is no report of this run; its record is whole").count == 1, "\(result.errors)")
        #expect(result.errors.contains("/out/report.html cannot be written: File too large"), "\(result.errors)")
        let left = folder.scratch.files(below: "out")
        #expect(!left.contains { $0.contains("report") || $0.contains("notebook") || $0.contains("partial") }, "\(left)")
        #expect(try await folder.idrscript("verify", "out").status == 0)
        let opened = try await folder.idrscript("open", "out")
        #expect(opened.status == 1 && opened.errors.contains("could not be written"), "\(opened.errors)")

        let again = try await folder.idrscript("run", "script.swift", "--output", "out", "--batches", "0")
        #expect(again.status == 0 && again.errors.contains("skipping") && !again.errors.contains("warning"), "\(again.errors)")
        #expect(try notebook(folder).state == .finished)
    }
}
