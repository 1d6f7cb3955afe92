import Foundation
import IDRComparison
import IDRNotebook
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// What a person and a program read of a verdict.
struct CompareVerdictTests {
    private func verdict(_ rerun: SmallRun, notes: [String] = []) async throws -> Verdict {
        let runs = try await ComparedRuns(rerun)
        let batches = [try runs.compare(), BatchComparison(batch: 1, declared: .bit, unverifiable: "batch 1 was not run")]
        return Verdict(
            record: Digest(filledWith: 0xaa), rerun: nil, judgedAt: Date(timeIntervalSince1970: 1_767_225_600.4), declared: .bit,
            agreement: runs.record.run.agreement, batches: batches, setup: ["library libonnxruntime.so.1: aaa, not bbb"], notes: notes)
    }

    @Test func theTableOnTheTerminal() async throws {
        var rerun = SmallRun()
        rerun.wells[0][0].features[2] = 0.1
        let text = try await verdict(rerun).text
        #expect(
            text == """
                UNVERIFIABLE: not everything could be compared; MISSED: the record declares BIT

                batch  verdict       declared    images  nuclei  differ  parts at  largest difference
                1      UNVERIFIABLE  BIT MISSED  -       -       -       -         -
                0      STATISTICAL   BIT MISSED  2       5       1       profile   0.1 (feature)

                batch 1
                  batch 1 was not run

                batch 0
                  not BIT: batch_0.csv.gz has other bytes
                  not CANONICAL: other content in batch_0.csv.gz
                  not TOLERANCE: 1 of 20 values of class feature differ by more than allowed
                  1 of 2 images and 1 of 5 nuclei differ
                  1 of 4 features differ
                  feature: 1 of 20 values differ, by 0.1 at most (relative 0), 1 beyond the tolerance
                  worst images: SAMPLE_01_1_18 (100 tolerances)
                  worst nuclei: SAMPLE_01_1_18#1 (100 tolerances)
                  worst features: net_2 (100 tolerances)
                  0 of 2 images with other counts, 0 with other profiles, smallest cosine of mean profiles 0.9999

                this machine is not the record's:
                  library libonnxruntime.so.1: aaa, not bbb

                """, "\(text)")
    }

    @Test func verdictsReadBack() async throws {
        var rerun = SmallRun()
        rerun.wells[0][0].features[0] = .nan
        rerun.wells[1].removeLast()
        let verdict = try await verdict(rerun)
        let bytes = try CanonicalJSON.encode(verdict)
        #expect(try CanonicalJSON.decode(Verdict.self, from: Data(bytes), path: "verdict.json") == verdict)
    }

    @Test func everythingOnThePageIsEscaped() async throws {
        let hostile = #"<script>alert("x")</script>' & <img src=x onerror=y>"# + "\u{1b}[31m"
        var (record, rerun) = (SmallRun(), SmallRun())
        record.sample.plate = "P<script>"
        rerun.sample.plate = "P<script>"
        record.model = "<b onclick='x'>"
        rerun.model = record.model
        rerun.wells[0][0].features[2] = 0.1
        let runs = try await ComparedRuns(record, rerun)
        let page = Verdict(
            record: nil, rerun: nil, judgedAt: Date(), declared: .bit, agreement: runs.record.run.agreement,
            batches: [try runs.compare(), BatchComparison(batch: 1, declared: .bit, unverifiable: hostile)], setup: [hostile], notes: [hostile]
        ).page
        #expect(page.contains("P&lt;script&gt;_1_18#1") && page.contains("&lt;b onclick=&#39;x&#39;&gt;_2"))
        #expect(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; &amp; &lt;img src=x onerror=y&gt;"))
        for wrong in ["<script", "<img", "<b ", "\u{1b}", "http:", "https:", "src=\"", "href"] { #expect(!page.contains(wrong), "\(wrong)") }
        // Failures come first.
        let places = [page.range(of: ">UNVERIFIABLE</td>"), page.range(of: ">STATISTICAL</td>")].compactMap { $0?.lowerBound }
        #expect(places.count == 2 && places[0] < places[1])
    }

    @Test func aWeakerClassDoesNotHideAMissedOne() async throws {
        let runs = try await ComparedRuns(SmallRun())
        func verdict(_ declared: AgreementClass, _ batches: [BatchComparison]) -> Verdict {
            Verdict(
                record: nil, rerun: nil, judgedAt: Date(), declared: declared, agreement: runs.record.run.agreement, batches: batches, setup: [])
        }
        #expect(verdict(.bit, [try runs.compare()]).isDeclaredMet)
        #expect(verdict(.tolerance, [try runs.compare(.tolerance)]).headline == "BIT: every output has the same bytes; the record declares TOLERANCE")
        #expect(!verdict(.bit, []).isDeclaredMet && verdict(.bit, []).reached == .unverifiable)
    }

    @Test func whatARecordDeclares() throws {
        let models = SampleRecord.models
        let lock = SampleRecord.environment.lock(models: models)
        var other = SampleRecord.environment
        other.libraries[1].sha256 = Digest(filledWith: 0x00)
        #expect(AgreementClass.declared(lock, lock, sameInstructionSets: true) == .bit)
        #expect(AgreementClass.declared(lock, lock, sameInstructionSets: false) == .tolerance)
        #expect(AgreementClass.declared(lock, other.lock(models: models), sameInstructionSets: true) == .tolerance)
    }
}
