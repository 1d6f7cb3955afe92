import Foundation
import IDRFiles
import IDRNotebook

/// Prints as Swift's own `print` does, and the report shows it with the cell that printed.
///
/// Scripts get it by importing IDRKit. One value of type `Any` alone, and functions that take `print` as a value, still get Swift's own:
/// what these print is on the terminal only.
public func print<each Item>(
    _ items: repeat each Item, separator: String = " ", terminator: String = "\n", file: String = #filePath, line: Int = #line
) {
    var texts: [String] = []
    for item in repeat each items { texts.append(String(describing: item)) }
    let text = texts.joined(separator: separator) + terminator
    StandardError.outliveReaders()
    Swift.print(text, terminator: "")
    NotebookRecorder.shared.note(.text(text), file: file, line: line)
}

/// Prints an empty line.
public func print(file: String = #filePath, line: Int = #line) {
    StandardError.outliveReaders()
    Swift.print()
    NotebookRecorder.shared.note(.text("\n"), file: file, line: line)
}
