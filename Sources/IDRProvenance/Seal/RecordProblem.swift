import IDRData

/// Something that is wrong with a file of a record. Texts of the record are shown on terminals: control characters are replaced.
public struct RecordProblem: Codable, Sendable, Hashable, CustomStringConvertible {
    /// Relative to the record's folder.
    public var file: String
    public var problem: String

    init(file: String, problem: String) {
        self.file = ArchiveName.printable(file)
        self.problem = ArchiveName.printable(problem)
    }

    public var description: String { "\(file): \(problem)" }
}
