package import IDRPlan

/// A form of file that a batch's table is written in.
///
/// A new one is a file that conforms, and its entry in ``TableFormats/all``.
package protocol TableFormat: Sendable {
    /// How the names of its files end, with the dot.
    var ending: String { get }

    /// Writes `table` to `path`; the file appears when it is complete. The same table and identity give the same bytes.
    /// - Parameter identity: what tells this table from others, for formats that have a place for it.
    /// - Returns: SHA-256 of the table's CSV text, lower-case hexadecimal, where writing comes by it; nil otherwise.
    /// - Throws: ``IDRError`` where the file cannot be written.
    func write(_ table: ProfileTable, to path: String, identity: [String: String]) async throws -> Digest?
}

/// The formats that every batch's table is written in.
package enum TableFormats {
    /// In the order in which they are written.
    package static let all: [any TableFormat] = [CSVTableFormat(), AnnDataTableFormat()]

    /// Writes `table` in every format, as `<stem><ending>` in `folder`.
    /// - Returns: names of the files, in the order of ``all``, and SHA-256 of what each of them holds: the table's CSV text.
    package static func write(
        _ table: ProfileTable, as stem: String, in folder: String, identity: [String: String]
    ) async throws -> (names: [String], content: Digest) {
        var names: [String] = []
        var content: Digest?
        for format in all {
            let name = stem + format.ending
            let written = try await format.write(table, to: "\(folder)/\(name)", identity: identity)
            content = content ?? written
            names.append(name)
        }
        guard let content else { throw IDRError(.system, "the table \(stem) was written in no format that gives its text") }
        return (names, content)
    }
}

/// The text that IDR_stream writes, see ``ProfileTable/writeCSV(to:)``. It has no place for an identity.
package struct CSVTableFormat: TableFormat {
    package let ending = ".csv.gz"

    package init() {}

    package func write(_ table: ProfileTable, to path: String, identity: [String: String]) throws(IDRError) -> Digest? {
        try table.writeCSV(to: path)
    }
}

/// See ``AnnDataFile``.
package struct AnnDataTableFormat: TableFormat {
    package let ending = ".h5ad"

    package init() {}

    package func write(_ table: ProfileTable, to path: String, identity: [String: String]) async throws -> Digest? {
        try await AnnDataFile.write(table, to: path, identity: identity)
        return nil
    }
}
