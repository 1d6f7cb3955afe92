package import Foundation
package import IDRPlan

/// A script made of a notebook's Markdown and Swift cells. Outputs stay behind: a run makes them.
package struct JupyterImport {
    package private(set) var script = ""
    /// Cells that were left out, and why.
    package private(set) var notes: [String] = []

    private struct File: Decodable {
        var nbformat: Int
        var cells: [Cell]
        var metadata: Metadata?

        struct Metadata: Decodable {
            var kernelspec: Kernel?
            struct Kernel: Decodable { var language: String? }
        }

        struct Cell: Decodable {
            var cell_type: String
            var source: Source
            var metadata: Facts?

            struct Facts: Decodable { var title: String? }
        }

        /// One text, or its lines.
        enum Source: Decodable {
            case text(String)

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                self = .text(try (try? value.decode(String.self)) ?? value.decode([String].self).joined())
            }
        }
    }

    /// - Throws: an ``IDRError`` where `data` is no notebook of format 4, or one of another language.
    package init(_ data: Data, name: String) throws(IDRError) {
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: data)
        } catch {
            let isText = String(validating: data, as: UTF8.self) != nil
            throw IDRError(
                .invalidInput, "the notebook cannot be read", at: [name],
                because: isText ? "it is not a Jupyter notebook of format 4" : "it is not UTF-8 text", fix: "save it anew with Jupyter")
        }
        guard file.nbformat == 4 else {
            throw IDRError(
                .invalidInput, "the notebook cannot be read", at: [name], because: "it has format \(file.nbformat), and format 4 is read",
                fix: "save it anew with Jupyter")
        }
        let language = file.metadata?.kernelspec?.language?.lowercased() ?? "swift"
        guard language == "swift" else {
            throw IDRError(
                .invalidInput, "the notebook is not made into a script", at: [name], because: "its language is \(language)",
                fix: "write its cells in Swift")
        }
        var parts: [String] = []
        for (index, cell) in file.cells.enumerated() {
            guard case .text(let source) = cell.source else { continue }
            let text = source.replacing("\r\n", with: "\n")
            switch cell.cell_type {
            case "markdown":
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "//" : "// \($0)" }
                parts.append((["// %% [markdown]"] + lines).joined(separator: "\n"))
            case "code":
                let title = (cell.metadata?.title ?? "").split { $0.isNewline }.first.map { " \($0)" } ?? ""
                parts.append("// %%\(title)\n\(text)")
            default: notes.append("cell \(index + 1) is left out: it is of type \(cell.cell_type)")
            }
        }
        let all = parts.joined(separator: "\n\n") + "\n"
        script = all.contains("import IDRKit") ? all : "import IDRKit\n\n" + all
    }
}
