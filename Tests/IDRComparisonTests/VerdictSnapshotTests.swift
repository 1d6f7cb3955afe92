import Foundation
import IDRComparison
import IDRNotebook
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// The whole text of every kind of verdict, and of a verdict's page.
struct VerdictSnapshotTests {
    private func verdict(
        _ batches: [BatchComparison], declared: AgreementClass = .bit, setup: [String] = [], notes: [String] = []
    ) -> Verdict {
        Verdict(
            record: Digest(filledWith: 0xaa), rerun: Digest(filledWith: 0xbb), judgedAt: SampleRecord.began, declared: declared,
            agreement: Agreement(), batches: batches, setup: setup, notes: notes)
    }

    /// A rerun of the small run, compared under `declared`.
    private func compared(_ declared: AgreementClass = .bit, _ change: (inout SmallRun) -> Void = { _ in }) async throws -> BatchComparison {
        var rerun = SmallRun()
        change(&rerun)
        return try await ComparedRuns(rerun).compare(declared)
    }

    private func packedOtherwise(_ run: inout SmallRun) { run.edit = { $0.outputs[0].file.sha256 = Digest(filledWith: 0x99) } }

    private func divergent(_ run: inout SmallRun) {
        run.wells[1][0].features = [4, 1, 1, -4]
        run.wells[0] += (4...6).map { SmallRun.Cell(label: $0, x: 200, y: 9, features: [0.5, 2, 0, -2]) }
    }

    @Test func everyClass() async throws {
        var (record, rerun) = (SmallRun(), SmallRun())
        (record.hasTables, rerun.hasTables) = (false, false)
        rerun.wells[0][0].features[2] = 0.1
        let fingerprints = try await ComparedRuns(record, rerun).compare(.tolerance)
        let verdicts: [(String, Verdict)] = try await [
            ("bit", verdict([compared()])),
            ("canonical", verdict([compared(.bit, packedOtherwise)])),
            ("tolerance", verdict([compared(.tolerance) { $0.wells[0][0].features[2] = 0.001 }], declared: .tolerance)),
            ("tolerance-missed", verdict([compared { $0.wells[1][0].x += 0.01 }])),
            ("statistical", verdict([compared(.tolerance) { $0.wells[0][0].features[2] = 0.1 }], declared: .tolerance)),
            ("statistical-fingerprints", verdict([fingerprints], declared: .tolerance)),
            ("statistical-order", verdict([compared { $0.wells[0].swapAt(0, 1) }])),
            ("statistical-undefined", verdict([compared { $0.wells[0][1].features = [.nan, .nan, .nan, .nan] }])),
            ("diverged", verdict([compared(.bit, divergent)])),
            ("diverged-columns", verdict([compared { $0.model = "other" }])),
            ("unverifiable", verdict([BatchComparison(batch: 0, declared: .bit, unverifiable: "batch 0 was not run")])),
            ("no-batch", verdict([])),
        ]
        try Snapshot.check(verdicts.map { Snapshot("verdict/\($0)", $1.text) } + [try await severalBatches.snapshot], whole: "verdict")
    }

    /// The failures first, whatever their number; what is other on this machine; notes.
    private var severalBatches: (snapshot: Snapshot, page: Snapshot) {
        get async throws {
            var batches = [try await compared(), try await compared(.bit, packedOtherwise), try await compared(.bit, divergent)]
            for index in batches.indices { batches[index].batch = index }
            batches.append(BatchComparison(batch: 3, declared: .bit, unverifiable: "the model size.npy (segmentation-size) is not here"))
            let whole = verdict(
                batches, setup: ["library libonnxruntime.so.1: aaa, not bbb", "instruction sets: avx2, not avx512f"],
                notes: ["the cache of stages was not used"])
            return (Snapshot("verdict/several-batches", whole.text), Snapshot("verdict-page/several-batches", whole.page))
        }
    }

    @Test func thePage() async throws { try Snapshot.check([try await severalBatches.page], whole: "verdict-page") }
}
