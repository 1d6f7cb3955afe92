package import Foundation

/// A Jupyter notebook (nbformat 4.5) of an executed script: prose, code, and what each cell gave out.
package struct JupyterNotebook {
    private let notebook: Notebook

    package init(_ notebook: Notebook) { self.notebook = notebook }

    /// The notebook's file; the same notebook gives the same bytes.
    package func json() throws -> Data {
        let object: [String: Any] = [
            "nbformat": 4, "nbformat_minor": 5,
            "metadata": [
                "kernelspec": ["name": "swift", "display_name": "Swift", "language": "swift"], "language_info": ["name": "swift"],
                "idrkit": ["script": notebook.name, "state": notebook.state.rawValue],
            ], "cells": cells,
        ]
        var data = try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        data.append(10)
        return data
    }

    private var cells: [[String: Any]] {
        var executed = 0
        var cells: [[String: Any]] = notebook.entries.enumerated().flatMap { index, entry -> [[String: Any]] in
            let cell = entry.cell
            let id = "cell-\(index + 1)"
            switch cell.kind {
            case .markdown: return [["cell_type": "markdown", "id": id, "metadata": [String: Any](), "source": cell.source]]
            case .code:
                executed += 1
                return [code(id, count: executed, cell.title, cell.source, entry.outputs)]
            }
        }
        // Outputs of no cell have one of their own, at the end.
        if !notebook.others.isEmpty { cells.append(code("cell-others", count: executed + 1, nil, "", notebook.others)) }
        return cells
    }

    /// The title is a comment, so that importing the notebook gives the marker back.
    private func code(_ id: String, count: Int, _ title: String?, _ source: String, _ outputs: [CellOutput]) -> [String: Any] {
        let metadata: [String: Any] = title.map { ["title": $0] } ?? [:]
        return [
            "cell_type": "code", "id": id, "metadata": metadata, "execution_count": count, "source": source,
            "outputs": outputs.map { Self.output($0, count: count) },
        ]
    }

    private static func output(_ output: CellOutput, count: Int) -> [String: Any] {
        switch output {
        case .text(let text): return ["output_type": "stream", "name": "stdout", "text": text]
        case .warning(let text): return ["output_type": "stream", "name": "stderr", "text": "warning: \(text)\n"]
        case .error(let text):
            let lines = text.split(separator: "\n").map(String.init)
            return ["output_type": "error", "ename": "IDRError", "evalue": lines.first ?? "", "traceback": lines]
        default:
            return ["output_type": "display_data", "metadata": [String: Any](), "data": data(of: output)]
        }
    }

    /// A form for browsers, and words for where there is none.
    private static func data(of output: CellOutput) -> [String: Any] {
        switch output {
        // As HTML: converters pass on what tags Markdown has, and a gene's name could run code.
        case .markdown(let text): return ["text/html": ReportPage.fragment(output), "text/plain": text]
        case .figure(let picture):
            switch picture.form {
            case .svg(let svg): return ["image/svg+xml": svg, "text/plain": picture.alt]
            case .png(let bytes, _, _): return ["image/png": Data(bytes).base64EncodedString(), "text/plain": picture.alt]
            }
        case .table(let table): return ["text/html": ReportPage.fragment(output), "text/plain": table.text]
        case .number(let name, let value, let unit): return ["text/plain": "\(name): \(value)\(unit.isEmpty ? "" : " " + unit)"]
        case .run(let run): return ["text/html": ReportPage.fragment(output), "text/plain": run.text]
        case .text(let text), .warning(let text), .error(let text): return ["text/plain": text]
        }
    }
}

extension RunSummary {
    /// For where HTML is not shown.
    var text: String {
        (["run \(name)"] + (verdict.map { ["reproduction: " + $0.headline] } ?? []) + facts.map { "\($0.name): \($0.value)" }
            + batches.filter { $0.failure != nil }.map { "batch \($0.number) failed: \($0.failure ?? "")" })
            .joined(separator: "\n")
    }
}
