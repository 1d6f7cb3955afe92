package import Foundation

/// A script that was run, cell by cell, with what each gave out: `notebook.json` beside a run's report.
package struct Notebook: Codable, Sendable, Hashable {
    package struct Entry: Codable, Sendable, Hashable {
        package var cell: ScriptCells.Cell
        package var outputs: [CellOutput]
        /// From the end of what came before to the cell's last output; nil for a cell that gave out nothing.
        package var seconds: Double?
    }

    package var format = 1
    /// The script's file name.
    package var name: String
    package var entries: [Entry]
    /// What no line of the script gave out.
    package var others: [CellOutput]
    /// About the script's cells.
    package var warnings: [String]
    package var startedAt: Date
    package var seconds: Double
    /// Whether the script has ended, and how.
    package var state: State

    package enum State: String, Codable, Sendable {
        case running, finished, failed
        /// By Ctrl-C or a request to end.
        case stopped
    }

    /// Something that was given out, by the line that did.
    package struct Event: Sendable {
        /// 1-based; nil where no line of the script is known.
        package var line: Int?
        package var output: CellOutput
        /// Since the start of the script.
        package var seconds: Double

        package init(line: Int?, output: CellOutput, seconds: Double) {
            self.line = line
            self.output = output
            self.seconds = seconds
        }
    }

    /// Gives each cell of `source` what its lines gave out. Texts that follow one another are one.
    package init(name: String, source: String, events: [Event], startedAt: Date, seconds: Double, state: State) {
        let script = ScriptCells(source)
        self.name = name
        self.startedAt = startedAt
        self.seconds = seconds
        self.state = state
        warnings = script.warnings
        entries = script.cells.map { Entry(cell: $0, outputs: [], seconds: nil) }
        others = []
        var last = 0.0
        for event in events {
            guard let cell = event.line.flatMap(script.cell(at:)) else {
                Self.add(event.output, to: &others)
                last = event.seconds
                continue
            }
            Self.add(event.output, to: &entries[cell].outputs)
            entries[cell].seconds = (entries[cell].seconds ?? 0) + max(0, event.seconds - last)
            last = event.seconds
        }
    }

    private static func add(_ output: CellOutput, to outputs: inout [CellOutput]) {
        if case .text(let text) = output, case .text(let before)? = outputs.last {
            outputs[outputs.count - 1] = .text(before + text)
        } else {
            outputs.append(output)
        }
    }

    /// The heading that the script's prose begins with; its name where there is none.
    package var title: String { heading ?? name }

    var heading: String? {
        guard let first = entries.first?.cell, first.kind == .markdown, first.source.hasPrefix("# ") else { return nil }
        return first.source.prefix { $0 != "\n" }.dropFirst(2).description
    }
}
