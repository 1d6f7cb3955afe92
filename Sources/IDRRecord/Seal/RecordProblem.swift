import IDRFiles

/// Something that is wrong with a file of a record. Texts of the record are shown on terminals: control characters are replaced.
package struct RecordProblem: Codable, Sendable, Hashable, CustomStringConvertible {
    /// Relative to the record's folder.
    package var file: String
    package var problem: String

    init(file: String, problem: String) {
        self.file = ArchiveName.printable(file)
        self.problem = ArchiveName.printable(problem)
    }

    package var description: String { "\(file): \(problem)" }
}
