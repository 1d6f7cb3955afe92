/// A line that begins a cell: `// %% Title`, `// %% [markdown]`, `// %% Title [markdown]`.
struct CellMarker: Hashable {
    var kind: ScriptCells.Cell.Kind
    var title: String?

    enum Finding: Hashable {
        case none
        case marker(CellMarker)
        /// Nearly a marker: what is wrong with it.
        case malformed(String)
    }

    /// What `line` is; a marker begins at the line's first column.
    static func find(in line: String) -> Finding {
        guard let match = line.wholeMatch(of: /(\s*)\/\/(\s*)(%%+)(.*)/) else {
            return line.contains(/^\s*\/\/\s*%\s+\[?markdown/.ignoresCase()) ? .malformed("a cell begins with // %%, two percent signs") : .none
        }
        guard match.1.isEmpty else { return .malformed("a cell's marker begins at the first column") }
        guard match.3 == "%%" else { return .malformed("a cell begins with // %%, two percent signs") }
        var rest = match.4.trimming()
        // `// %%50` is prose of some kind.
        guard match.4.isEmpty || match.4.first?.isWhitespace == true || match.4.first == "[" else {
            return .malformed("a space belongs between // %% and the cell's title")
        }
        var kind = ScriptCells.Cell.Kind.code
        if let tag = rest.firstMatch(of: /\[([A-Za-z]+)\]/) {
            switch tag.1.lowercased() {
            case "markdown", "md": kind = .markdown
            case "code": break
            default: return .malformed("a cell is code or [markdown], not [\(tag.1)]")
            }
            rest.removeSubrange(tag.range)
            rest = rest.trimming()
        } else if rest.hasPrefix("[") {
            return .malformed("a cell of prose begins with // %% [markdown]")
        }
        return .marker(CellMarker(kind: kind, title: rest.isEmpty ? nil : rest))
    }

    /// A line of prose without its slashes; nil for a line that is neither a comment nor blank.
    static func prose(of line: String) -> String? {
        let text = line.trimming()
        guard text.hasPrefix("//") else { return text.isEmpty ? "" : nil }
        let rest = text.dropFirst(2)
        return String(rest.first == " " ? rest.dropFirst() : rest)
    }

    /// Whether a text of several lines begins or ends here: what looks like a marker in it is none.
    static func togglesText(_ line: String) -> Bool {
        !line.trimming().hasPrefix("//") && (line.components(separatedBy: "\"\"\"") - 1) % 2 == 1
    }
}

extension StringProtocol {
    fileprivate func trimming() -> String {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
        return String(self[start..<end])
    }

    /// How many parts `separator` makes of the text.
    fileprivate func components(separatedBy separator: String) -> Int { ranges(of: separator).count + 1 }
}
