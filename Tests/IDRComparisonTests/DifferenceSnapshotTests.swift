import Foundation
import IDRComparison
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// The whole text of `diff`, for every cause and for the stages at which runs part.
struct DifferenceSnapshotTests {
    private static let other = Digest(filledWith: 0x00)
    private static let parts: [(stage: String, edit: @Sendable (inout ImageRecord) -> Void)] = [
        ("input", { $0.input.planes[1].sha256 = other }),
        ("correct", { $0.digests[.frames, channel: 1] = other }),
        ("segment", { $0.digests[.labels] = other }),
        ("locate", { $0.digests[.locations] = other }),
        ("crop", { $0.digests[.crops] = other }),
        ("profile", { _ in }),
    ]

    /// A second run whose first image parts at `stage`, with another feature in its table.
    private func parted(at stage: String, _ change: (inout SmallRun) -> Void = { _ in }) -> SmallRun {
        var run = SmallRun()
        run.wells[0][0].features[2] = 0.25
        for part in Self.parts where part.stage == stage { run.edit = { part.edit(&$0.images[0]) } }
        change(&run)
        return run
    }

    private func snapshot(_ name: String, from a: SmallRun = SmallRun(), _ b: SmallRun) async throws -> Snapshot {
        let runs = try await ComparedRuns(a, b)
        return Snapshot("diff/\(name)", try await RunDifference.between(runs.record, runs.rerun).text)
    }

    @Test func everyStageAndCause() async throws {
        var snapshots = [try await snapshot("none", SmallRun())]
        for part in Self.parts { snapshots.append(try await snapshot("nondeterminism-at-\(part.stage)", parted(at: part.stage))) }
        snapshots += [
            try await snapshot("input", parted(at: "input", otherFile)), try await parameter(), try await code(),
            try await snapshot("weights", parted(at: "profile") { $0.sample.models[0].sha256 = Self.other }),
            try await snapshot("library", parted(at: "segment") { $0.sample.environment.libraries[1].sha256 = Self.other }),
            try await snapshot("toolchain", parted(at: "profile") { $0.sample.environment.compilerFlags = ["-O", "-Ounchecked"] }),
            try await snapshot("hardware", parted(at: "correct") { $0.sample.environment.openBLASCore = "Prescott" }),
            try await snapshot("several-causes", parted(at: "segment", severalCauses)), try await settings(), try await otherMetadata(),
            try await fewerWells(), try await changedRecord(), try await missingBatch(hasFailed: true), try await missingBatch(hasFailed: false),
            try await proof(),
        ]
        try Snapshot.check(snapshots, whole: "diff")
    }

    private func otherFile(_ run: inout SmallRun) {
        run.edit = { record in
            record.images[0].input.planes[1].sha256 = Self.other
            record.images[0].input.files[0].sha256 = Self.other
        }
    }

    private func parameter() async throws -> Snapshot {
        var (a, b) = (SmallRun(), parted(at: "segment"))
        a.sample.script = "import IDRKit\n// one\nlet d = 27.5\nprint(d)\n"
        b.sample.script = "import IDRKit\n// one\nlet d = 30\nprint(d)\n"
        b.sample.plan.segmentation?.diameter = 30
        return try await snapshot("parameter", from: a, b)
    }

    private func code() async throws -> Snapshot { try await snapshot("code", parted(at: "correct") { $0.sample.plan.correction = nil }) }

    private func severalCauses(_ run: inout SmallRun) {
        run.sample.environment.processor = "Other"
        run.sample.environment.libraries[1].sha256 = Self.other
        run.sample.plan.segmentation?.flowThreshold = 0.4
    }

    private func settings() async throws -> Snapshot {
        var run = SmallRun()
        run.sample.environment.cores = 8
        run.sample.environment.variables["OMP_NUM_THREADS"] = "4"
        run.edit = { record in
            record.threads = 1
            record.images[1].digests[.frames, channel: 1] = Self.other
        }
        return try await snapshot("settings-without-effect", run)
    }

    private func otherMetadata() async throws -> Snapshot {
        var run = SmallRun()
        (run.gene, run.sample.gene) = ("GENE2", "GENE2")
        return try await snapshot("other-metadata", run)
    }

    private func fewerWells() async throws -> Snapshot {
        var run = SmallRun()
        run.sample.wellsPerBatch = 1
        run.wells.removeLast()
        run.sample.plan.selection = [.controls(nil, words: nil), .first(1)]
        return try await snapshot("fewer-wells", run)
    }

    private func changedRecord() async throws -> Snapshot {
        let runs = try await ComparedRuns(SmallRun())
        var record = try runs.rerun.batch(0)
        record.images[0].digests[.features] = Self.other
        try AtomicFile.write(CanonicalJSON.encode(record), to: runs.scratch("rerun/batch_0/record.json"))
        return Snapshot("diff/changed-record", try await RunDifference.between(runs.record, runs.rerun).text)
    }

    private func missingBatch(hasFailed: Bool) async throws -> Snapshot {
        var other = SampleRecord()
        if hasFailed { other.failed = [1] } else { other.interrupted = [1] }
        let scratch = try ScratchFolder()
        try await SampleRecord().write(to: scratch("a"))
        try await other.write(to: scratch("b"))
        let result = try await RunDifference.between(RecordFolder(reading: scratch("a")), RecordFolder(reading: scratch("b")))
        return Snapshot("diff/\(hasFailed ? "failed" : "interrupted")-batch", result.text)
    }

    private func proof() async throws -> Snapshot {
        let runs = try await ComparedRuns(parted(at: "profile"))
        var result = try await RunDifference.between(runs.record, runs.rerun)
        try await result.prove(runs.record, runs.rerun) { _ in runs.record }
        return Snapshot("diff/nondeterminism-proved", result.text)
    }
}
