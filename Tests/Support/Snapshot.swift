import Foundation

/// A text that a person reads, and the committed one that it must equal: `Tests/Fixtures/snapshots/NAME.txt`.
///
/// Where a text changes on purpose: run the tests once with `IDRKIT_WRITE_SNAPSHOTS=1`, read what git then shows, and say in the commit why. Such
/// a run fails where it wrote anything, so that it cannot be taken for one that compared.
package struct Snapshot: Sendable {
    /// The file below the folder of snapshots, without its ending.
    package let name: String
    package let text: String

    package init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }

    static let folder = ExampleFrames.checkout.appending(path: "Tests/Fixtures/snapshots")
    static var isWriting: Bool { ProcessInfo.processInfo.environment["IDRKIT_WRITE_SNAPSHOTS"] == "1" }

    private var file: URL { Self.folder.appending(path: name + ".txt") }

    /// Compares the text with the committed one.
    /// - Throws: a ``Difference`` where they are not the same, or where the text was written instead.
    package func check() throws { try Self.check([self]) }

    /// Compares all of the texts, so that one run tells every difference.
    /// - Parameter whole: a folder of snapshots in which there are no others than these, or nil.
    package static func check(_ snapshots: [Snapshot], whole folder: String? = nil) throws {
        var problems = try snapshots.compactMap { try $0.problem() }
        if let folder { problems += try strangers(in: folder, besides: snapshots) }
        if !problems.isEmpty { throw Difference(problems: problems) }
    }

    private func problem() throws -> String? {
        let committed = try? String(contentsOf: file, encoding: .utf8)
        if committed == text { return nil }
        guard Self.isWriting else {
            guard let committed else { return "\(name): there is no such snapshot; the text is\n\(text)" }
            return "\(name): the text is not the committed one (- committed, + now)\n" + LineByLine(committed, text).changes
        }
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return "\(name): written; read what git shows and run the tests again without IDRKIT_WRITE_SNAPSHOTS"
    }

    /// What nothing says any more: a command that is gone should not leave the text of its help behind.
    private static func strangers(in folder: String, besides snapshots: [Snapshot]) throws -> [String] {
        let known = Set(snapshots.map(\.name))
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: folder).path)) ?? []
        return try files.sorted().filter { $0.hasSuffix(".txt") }.map { "\(folder)/\($0.dropLast(4))" }.filter { !known.contains($0) }.map { name in
            guard isWriting else { return "\(name): nothing has this text any more; remove the snapshot" }
            try FileManager.default.removeItem(at: Self.folder.appending(path: name + ".txt"))
            return "\(name): removed"
        }
    }

    /// Every text of a check that is not as it was committed.
    package struct Difference: Error, CustomStringConvertible {
        let problems: [String]

        package var description: String { "\n" + problems.joined(separator: "\n\n") + "\n" }
    }
}

/// Two texts beside each other.
private struct LineByLine {
    private struct Line {
        var mark: Character
        var text: Substring
    }

    private var lines: [Line] = []
    /// How many unchanged lines are shown around a change.
    private static let around = 2

    init(_ old: String, _ new: String) {
        let (old, new) = (old.split(separator: "\n", omittingEmptySubsequences: false), new.split(separator: "\n", omittingEmptySubsequences: false))
        var (removed, added) = (Set<Int>(), Set<Int>())
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if removed.contains(i) {
                lines.append(Line(mark: "-", text: old[i]))
                i += 1
            } else if added.contains(j) {
                lines.append(Line(mark: "+", text: new[j]))
                j += 1
            } else {
                lines.append(Line(mark: " ", text: new[j]))
                (i, j) = (i + 1, j + 1)
            }
        }
    }

    /// The lines that changed, with a few around them; spaces at the end of a line are shown.
    var changes: String {
        let changed = lines.indices.filter { lines[$0].mark != " " }
        var (shown, last) = ([String](), -1)
        for index in lines.indices where changed.contains(where: { abs($0 - index) <= Self.around }) {
            if index > last + 1 { shown.append("  ...") }
            let line = lines[index]
            let spaces = line.mark == " " ? 0 : line.text.reversed().prefix { $0 == " " }.count
            shown.append("\(line.mark) \(line.text.dropLast(spaces))" + String(repeating: "\u{b7}", count: spaces))
            last = index
        }
        return shown.joined(separator: "\n")
    }
}
