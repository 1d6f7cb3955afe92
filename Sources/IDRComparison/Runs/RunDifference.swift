package import IDRPlan
package import IDRRecord

/// What two runs have otherwise, what comes of it, and why.
package struct RunDifference: Codable, Sendable, Hashable {
    /// A batch that only one of the runs has, or neither.
    package struct Absence: Codable, Sendable, Hashable {
        package var batch: Int
        /// Why it is not there; nil where it is.
        package var a: String?
        package var b: String?
    }

    /// How many images there are.
    package struct Images: Codable, Sendable, Hashable {
        /// In both, and of these with other rows in the tables.
        package var common = 0
        package var differing = 0
        package var onlyInA = 0
        package var onlyInB = 0
    }

    package var format = 1
    /// Digests of the records, where they have manifests.
    package var a: Digest?
    package var b: Digest?
    /// What the runs were given otherwise.
    package var setup: [SetupDifference] = []
    /// Batches that are not complete in one of them.
    package var absences: [Absence] = []
    package var images = Images()
    /// The earliest stage first.
    package var findings: [DifferenceFinding] = []
    /// Of all batches that differ; nil where none does.
    package var difference: TableDifference?
    package var notes: [String] = []

    /// Whether an image, cell or number is in one run and not in the other. Other packing of the same content does not count.
    package var outputsDiffer: Bool

    /// Of `idrscript diff`: 0 where no output differs, 1 where outputs differ.
    package var exitCode: Int32 { outputsDiffer ? 1 : 0 }

    /// How much is read.
    package enum Depth: Sendable {
        /// Fingerprints, and the tables of the first batches that differ, up to 64 MiB of them.
        case usual
        /// The tables of every batch that differs.
        case tables
    }

    /// Compares two records. Nothing but their folders is read.
    /// - Throws: where one of them cannot be read.
    package static func between(_ a: RecordFolder, _ b: RecordFolder, depth: Depth = .usual) async throws -> RunDifference {
        try await RunComparison(a, b).result(depth)
    }

    init(outputsDiffer: Bool) { self.outputsDiffer = outputsDiffer }

    /// The kinds of cause that were found, the earliest stage's first, each once.
    package var causes: [Cause.Kind] {
        var kinds: [Cause.Kind] = []
        for cause in findings.flatMap(\.causes) where !kinds.contains(cause.kind) { kinds.append(cause.kind) }
        return kinds
    }
}
