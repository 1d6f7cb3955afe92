import IDRPlan
import IDRRecord
import TestSupport

/// Records of every sort that a run may leave.
enum SampleKind: String, CaseIterable {
    case complete, partsOfFiles, noCorrection, failed, interrupted, nobody, noSource, empty, published, oddNames

    /// Makes the record in `folder`.
    /// - Returns: the folders of all its crates, the run's first.
    func crates(in folder: ScratchFolder) async throws -> [String] {
        var sample = SampleRecord()
        switch self {
        case .complete, .published: sample.source = .files
        case .partsOfFiles: sample.source = .cellH5
        case .noCorrection: sample.plan.correction = nil
        case .failed: sample.failed = [1]
        case .interrupted: sample.interrupted = [1]
        case .nobody: sample.author = nil
        case .noSource: sample.script = nil
        case .empty: sample.empty = [0, 1]
        case .oddNames: Self.rename(&sample)
        }
        try await sample.write(to: folder.path)
        if self == .published { try SampleRecord.omitBulk(folder.path) }
        let record = try RecordFolder(reading: folder.path)
        return [folder.path] + record.completeBatches.map { record.folder(of: $0) } + record.failedBatches.map { folder(RecordLayout.failure($0)) }
    }

    private static func rename(_ sample: inout SampleRecord) {
        let odd = "é\"'<script>&%20 #? 核\u{1F9EC}\\"
        sample.plate = "P/" + odd
        sample.gene = odd + "/../x"
        sample.scriptName = odd + ".swift"
        sample.warnings = [odd, "line\nfeed\u{1}"]
        sample.author = Author(name: odd, orcid: "not an address", laboratory: odd, license: "my own words, \(odd)")
        sample.environment.variables["LANG"] = odd
        sample.models[0].name = odd
    }
}
