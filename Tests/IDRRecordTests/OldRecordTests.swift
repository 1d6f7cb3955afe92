import Foundation
import IDRComparison
import IDRCrate
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Records of former releases stay readable, for ever. Where one of these tests fails, the reader is to be mended, never the record.
struct OldRecordTests {
    @Test func everyKindIsThere() {
        let kinds = OldRecord.all.filter { $0.release == "0.1.0-format3" }.map(\.kind).sorted()
        #expect(kinds == ["bundled.zip", "compat", "complete", "failed", "published", "signed", "two-channel"])
    }

    @Test(arguments: OldRecord.folders) func itIsFoundWhole(_ old: OldRecord) throws {
        let result = RecordVerification(of: old.path, digest: old.digest.hex, allowedSigners: old.allowedSigners)
        #expect(result.problems == [] && result.digest == old.digest, "\(result)")
        #expect(try result.script == SHA256.digest(ofFile: "\(old.path)/script.swift"))
        #expect(result.signature == (old.kind == "signed" ? OldRecord.signer : nil))
        let notes = result.notes.filter { $0 != "it is not signed" }
        switch old.kind {
        case "failed": #expect(notes.count == 1 && notes[0].hasPrefix("batch 1 failed: ") && notes[0].hasSuffix(" is truncated"), "\(notes)")
        case "published": #expect(notes == ["4 bulk outputs are left out; their digests are there"])
        default: #expect(notes == [])
        }
    }

    @Test(arguments: OldRecord.folders) func aChangedByteIsFound(_ old: OldRecord) throws {
        let scratch = try ScratchFolder()
        try FileManager.default.copyItem(atPath: old.path, toPath: scratch("record"))
        let name = "batch_0/record.json"
        var bytes = try scratch.bytes("record/\(name)")
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: scratch("record/\(name)")))
        let files = Set(RecordVerification(of: scratch("record")).problems.map(\.file))
        #expect(files.contains(name), "\(files)")
    }

    /// Every file of a record that has a form is read in it.
    @Test(arguments: OldRecord.folders) func itsFilesAreRead(_ old: OldRecord) throws {
        let record = try RecordFolder(reading: old.path)
        // The identity is that of the bytes as they are, not of what is made of them.
        #expect(try record.run.run == SHA256.digest(ofFile: "\(old.path)/plan.json"))
        #expect(try record.lock().idrkit.version == "0.1.0")
        #expect(record.journal.map(\.event).first == .sessionBegan && record.journal.map(\.event).last == .sessionEnded)
        #expect(try record.manifest().omitted.isEmpty == (old.kind != "published"))
        #expect(record.failedBatches == (old.kind == "failed" ? [1] : []))
        #expect(record.completeBatches.count + record.failedBatches.count == record.run.batches)
        for number in record.completeBatches {
            let batch = try record.batch(number)
            let cells = batch.images.map(\.cells)
            #expect(batch.run == record.run.run && batch.failure == nil && cells.allSatisfy { $0 > 20 }, "\(cells)")
            #expect(try record.environment(of: number).idrkit.commit?.count == 40)
            #expect(try record.fingerprint(of: number).cells.count == cells.reduce(0, +))
            #expect(batch.outputs.map(\.name) == ["batch_\(number).csv.gz", "batch_\(number).h5ad"])
        }
        for number in record.failedBatches {
            let failure = try #require(try record.failure(number).failure)
            #expect(failure.code == .invalidInput && failure.problem.hasSuffix("is truncated"), "\(failure)")
            #expect(failure.subject.contains("well B2"))
        }
        let shared = try record.sharedValues().values
        #expect(shared.allSatisfy { $0.planes.count >= 3 && $0.plate == "EXAMPLE_01" })
    }

    @Test(arguments: OldRecord.folders) func itIsWhatItsScriptAskedFor(_ old: OldRecord) throws {
        let record = try RecordFolder(reading: old.path)
        let (plan, images) = (record.plan.plan, try record.completeBatches.flatMap { try record.batch($0).images })
        switch old.kind {
        case "compat":
            #expect(plan.correction?.behaviour == .compat && plan.segmentation?.behaviour == .compat && plan.profiling?.outlines == true)
            #expect(images.allSatisfy { $0.segmentation.diameterSource == "image" })
            #expect(Set(images.map { $0.channels[0].correction?.flatfieldPenalty }).count == 1)
        case "two-channel":
            #expect(plan.profiling?.channels == ["H2B-GFP", "synthetic"] && plan.segmentation?.channel == "H2B-GFP")
            #expect(images.map(\.channels.count) == [2] && images[0].digests.all(of: .frames).count == 2)
        case "signed":
            #expect(plan.correction == nil && plan.frames == [1, 3] && plan.segmentation?.diameter == 26.5 && images.map(\.frame) == [1, 3])
            #expect(record.run.author?.name == "Josiah Carberry" && record.run.script.arguments == ["A3"])
        case "failed": #expect(plan.selection == [.wells(["A3", "B2"])] && images.map(\.well) == ["A3"])
        default: #expect(images.map(\.well) == ["A2", "A3"] && images.allSatisfy { $0.segmentation.diameterSource == "plate" })
        }
    }

    @Test(arguments: OldRecord.folders) func itDiffersInNothingFromItself(_ old: OldRecord) async throws {
        let record = try RecordFolder(reading: old.path)
        let difference = try await RunDifference.between(record, record, depth: .tables)
        #expect(!difference.outputsDiffer && difference.findings.isEmpty && difference.setup.isEmpty, "\(difference.text)")
        #expect(difference.images.common > 0 && difference.a == old.digest)
    }

    @Test(arguments: OldRecord.of("complete")) func recordsAreCompared(_ old: OldRecord) async throws {
        func difference(_ kind: String) async throws -> RunDifference {
            let other = try #require(old.other(kind))
            return try await RunDifference.between(RecordFolder(reading: old.path), RecordFolder(reading: other.path), depth: .tables)
        }
        let published = try await difference("published")
        #expect(!published.outputsDiffer && published.images.common == 2, "\(published.text)")
        let compat = try await difference("compat")
        #expect(compat.outputsDiffer && compat.images.common == 2 && compat.causes.first == .parameter, "\(compat.text)")
        // The second movie has the first one's penalties; of the first one only the centres are others.
        #expect(compat.findings.map(\.stage) == [.correct, .locate] && compat.findings.map(\.images) == [1, 1], "\(compat.text)")
        let failed = try await difference("failed")
        #expect(failed.absences.map(\.batch) == [1] && failed.images.onlyInA > 0, "\(failed.text)")
        for kind in ["two-channel", "signed"] { #expect(try await difference(kind).outputsDiffer, "\(kind)") }
    }

    @Test(arguments: OldRecord.all.filter(\.isBundle)) func aBundleIsUnpacked(_ old: OldRecord) async throws {
        let scratch = try ScratchFolder()
        #expect(try SHA256.digest(ofFile: old.path) == old.digest)
        let published = try #require(old.other("published"))
        let complete = try #require(old.other("complete"))
        let record = try UnpackedRecord.unpack(old.path, to: scratch("out"))
        #expect(record.digest == published.digest && record.origin == complete.digest && record.batches == 2 && record.omitted == 4)
        for name in scratch.files(below: "out") {
            #expect(try SHA256.digest(ofFile: scratch("out/\(name)")).hex == SHA256.digest(ofFile: "\(published.path)/\(name)").hex, "\(name)")
        }
        let problems = try await RecordOpening.open(old.path) { RecordVerification(of: $0).problems }
        #expect(problems == [])
    }

    @Test(arguments: OldRecord.folders) func itIsCitedAndPublishedAgain(_ old: OldRecord) throws {
        let scratch = try ScratchFolder()
        let (citation, record) = (try RecordCitation(of: old.path), try RecordFolder(reading: old.path))
        let author = old.kind == "signed" ? "Carberry" : "IDRKit 0.1.0"
        for text in [citation.bibtex, citation.cff] {
            #expect(text.contains(author) && text.contains(old.digest.hex) && text.contains(record.run.run.short), "\(text)")
        }
        let report = try Publication(of: old.path, partial: old.kind == "failed").write(to: scratch("copy"))
        let copy = RecordVerification(of: scratch("copy"))
        #expect(copy.isIntact && copy.digest == report.digest, "\(copy)")
    }
}
