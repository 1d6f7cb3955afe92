import Foundation
import IDRComparison
import IDRFiles
@_exported public import IDRNotebook
import IDRPlan
@_exported public import IDRTables

/// Shows the first rows of profiles: on the terminal, and in the report with the cell that shows them.
/// - Parameters:
///   - profiles: one profile a group of cells.
///   - rows: how many are shown, from the first; at most 1,000.
///   - title: what stands above.
///   - file: the script; leave it out.
///   - line: the call's line, whose cell of the report it goes to; leave it out.
public func show(_ profiles: AggregatedProfiles, rows: Int = 10, title: String? = nil, file: String = #filePath, line: Int = #line) {
    show(TableExcerpt(profiles, rows: rows, title: title), file, line)
}

/// Shows prose: headings, lists, emphasis, code and links of Markdown.
/// - Parameters:
///   - text: Markdown.
///   - file: the script; leave it out.
///   - line: the call's line, whose cell of the report it goes to; leave it out.
public func show(markdown text: String, file: String = #filePath, line: Int = #line) {
    StandardError.outliveReaders()
    Swift.print(TextTable.printable(text, keepingLines: true))
    NotebookRecorder.shared.note(.markdown(text), file: file, line: line)
}

/// Shows a number.
/// - Parameters:
///   - value: the number.
///   - name: what it is.
///   - unit: empty where it has none.
///   - file: the script; leave it out.
///   - line: the call's line, whose cell of the report it goes to; leave it out.
public func show(_ value: Int, _ name: String, unit: String = "", file: String = #filePath, line: Int = #line) {
    show(name, String(value), unit, file, line)
}

/// Shows a number.
/// - Parameters:
///   - value: the number.
///   - name: what it is.
///   - unit: empty where it has none.
///   - digits: significant digits, at most.
///   - file: the script; leave it out.
///   - line: the call's line, whose cell of the report it goes to; leave it out.
public func show(_ value: Double, _ name: String, unit: String = "", digits: Int = 4, file: String = #filePath, line: Int = #line) {
    show(name, TableExcerpt.text(value, digits: digits), unit, file, line)
}

/// Shows a figure in the report; the terminal gets its words.
/// - Parameters:
///   - figure: the picture, with words for those who cannot see it.
///   - file: the script; leave it out.
///   - line: the call's line, whose cell of the report it goes to; leave it out.
public func show(_ figure: Picture, file: String = #filePath, line: Int = #line) {
    StandardError.outliveReaders()
    Swift.print(TextTable.printable("figure: \(figure.alt)"))
    NotebookRecorder.shared.note(.figure(figure), file: file, line: line)
}

private func show(_ name: String, _ value: String, _ unit: String, _ file: String, _ line: Int) {
    StandardError.outliveReaders()
    Swift.print(TextTable.printable("\(name): \(value)\(unit.isEmpty ? "" : " " + unit)"))
    NotebookRecorder.shared.note(.number(name: name, value: value, unit: unit), file: file, line: line)
}

private func show(_ table: TableExcerpt, _ file: String, _ line: Int) {
    StandardError.outliveReaders()
    Swift.print(table.text, terminator: "")
    NotebookRecorder.shared.note(.table(table), file: file, line: line)
}
