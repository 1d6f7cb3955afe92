/// A script as cells, in the percent format that Jupytext, VS Code and Spyder know: `// %% Title` begins a cell of code,
/// `// %% [markdown]` one of prose in comments. What stands before the first marker is a cell too.
package struct ScriptCells: Sendable, Hashable {
    package struct Cell: Codable, Sendable, Hashable {
        package enum Kind: String, Codable, Sendable { case code, markdown }

        package var kind: Kind
        package var title: String?
        /// The first line below the marker and the number of lines, counted from 1 in the script.
        package var firstLine: Int
        package var lineCount: Int
        /// Code as it stands, or prose without the comments' slashes.
        package var source: String
    }

    package private(set) var cells: [Cell] = []
    /// Lines that look like a marker and are none, and other things that a reader of the report may miss.
    package private(set) var warnings: [String] = []

    package init(_ script: String) {
        // CR and LF are one character to Swift.
        let lines = script.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var open = OpenCell(marker: CellMarker(kind: .code, title: nil), line: 1)
        var isInText = false
        for (index, line) in lines.enumerated() {
            switch isInText ? .none : CellMarker.find(in: line) {
            case .marker(let marker):
                close(open)
                open = OpenCell(marker: marker, line: index + 2)
            case .malformed(let reason):
                warnings.append("line \(index + 1): \(reason)")
                open.lines.append(line)
            case .none:
                // Prose ends where code begins, or the code would be lost.
                if open.marker.kind == .markdown, CellMarker.prose(of: line) == nil {
                    warnings.append("line \(index + 1): code in a Markdown cell; begin a cell for it with // %%")
                    close(open)
                    open = OpenCell(marker: CellMarker(kind: .code, title: nil), line: index + 1)
                }
                open.lines.append(line)
            }
            if open.marker.kind == .code, CellMarker.togglesText(line) { isInText.toggle() }
        }
        close(open)
    }

    /// The cell that holds a line of the script; nil for markers and blank lines between cells.
    package func cell(at line: Int) -> Int? {
        cells.firstIndex { $0.firstLine <= line && line < $0.firstLine + $0.lineCount }
    }

    private struct OpenCell {
        var marker: CellMarker
        /// Of its first line.
        var line: Int
        var lines: [String] = []
    }

    /// Adds a cell without the blank lines around it; one of blank lines alone is none, unless it has a title.
    private mutating func close(_ open: OpenCell) {
        let isBlank = { (line: String) in line.allSatisfy(\.isWhitespace) }
        let lines: [String] = open.marker.kind == .code ? open.lines : open.lines.map { CellMarker.prose(of: $0) ?? "" }
        let first = lines.firstIndex { !isBlank($0) }
        guard let first, let last = lines.lastIndex(where: { !isBlank($0) }) else {
            if open.marker.title != nil {
                cells.append(Cell(kind: open.marker.kind, title: open.marker.title, firstLine: open.line, lineCount: 0, source: ""))
            }
            return
        }
        cells.append(
            Cell(
                kind: open.marker.kind, title: open.marker.title, firstLine: open.line + first, lineCount: last - first + 1,
                source: lines[first...last].joined(separator: "\n")))
    }
}
