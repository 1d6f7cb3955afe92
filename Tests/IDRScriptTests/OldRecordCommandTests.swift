import IDRFiles
import Foundation
import IDRComparison
import IDRNotebook
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Records of former releases as a person uses them: their scripts compile and are reproduced, for ever.
@Suite(.serialized) struct OldRecordCommandTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private static func mirror(of old: OldRecord) -> String {
        ExampleFrames.checkout.appending(path: old.kind == "two-channel" ? "example_files/two-channel" : "example_files").path
    }

    private func idrscript(_ arguments: [String]) async throws -> BuiltProgram {
        // Scripts of records are compiled once for all tests; what is trusted is this test's own.
        try await BuiltProgram.run("idrscript", arguments, in: desk.scratch.path, environment: ["XDG_CONFIG_HOME": desk.scratch("config")])
    }

    /// A copy of the record with its script trusted; its path.
    private func trusted(_ old: OldRecord) async throws -> String {
        let copy = desk.scratch("record")
        try FileManager.default.copyItem(atPath: old.path, toPath: copy)
        let trust = try await idrscript(["trust", "\(copy)/script.swift"])
        #expect(trust.status == 0, "\(trust.errors)")
        return copy
    }

    @Test(arguments: OldRecord.folders) func itsScriptCompilesAndAsksForTheSame(_ old: OldRecord) async throws {
        let copy = try await trusted(old)
        let arguments = try RecordFolder(reading: copy).run.script.arguments
        let plan = try await idrscript(
            ["plan", "\(copy)/script.swift", "--json", "--mirror", Self.mirror(of: old)] + (arguments.isEmpty ? [] : ["--"] + arguments))
        #expect(plan.status == 0, "\(plan.errors)")
        // A script that names no network means the one that is usual now; the record's was usual then.
        let recorded = try RecordFolder(reading: copy).plan
        var now = try VersionedJSON.decode(ResolvedPlan.self, from: Data(plan.output.utf8), path: "plan")
        if let model = recorded.plan.segmentation?.model { now.plan.segmentation?.model = model }
        now.models = recorded.models
        #expect(try CanonicalJSON.encode(now) == desk.scratch.bytes("record/plan.json"))
    }

    @Test(arguments: OldRecord.all) func itIsVerifiedAndDiffersInNothingFromItself(_ old: OldRecord) async throws {
        let digest = old.isBundle ? try #require(old.other("published")).digest : old.digest
        let verified = try await idrscript(["verify", old.path, "--digest", digest.hex])
        #expect(verified.status == 0 && verified.output.contains("record \(digest)\n"), "\(verified.output)\(verified.errors)")
        let difference = try await idrscript(["diff", old.path, old.path])
        #expect(difference.status == 0 && difference.output.hasPrefix("no output differs"), "\(difference.output)\(difference.errors)")
        let other = try await idrscript(["diff", old.path, #require(old.other("signed")).path, "--no-rerun"])
        #expect(other.status == (old.kind == "signed" ? 0 : 1), "\(other.output)\(other.errors)")
    }

    @Test(arguments: OldRecord.of("signed")) func whoSignedItIsTold(_ old: OldRecord) async throws {
        let verified = try await idrscript(["verify", old.path, "--allowed-signers", old.allowedSigners])
        #expect(verified.status == 0 && verified.output.contains("signed by \(OldRecord.signer)\n"), "\(verified.output)")
        // The signature is enough for the script to run.
        let run = try await idrscript(
            ["plan", "\(old.path)/script.swift", "--allowed-signers", old.allowedSigners, "--mirror", Self.mirror(of: old), "--", "A3"])
        #expect(run.status == 0 && run.output.hasPrefix("plan "), "\(run.errors)")
    }

    @Test(arguments: OldRecord.of("complete", "failed", "compat", "two-channel", "signed")) func whatItShowedIsRead(_ old: OldRecord) async throws {
        let notebook = try #require(try Notebook(of: old.path))
        #expect(try notebook.name == RecordFolder(reading: old.path).run.script.name)
        #expect(notebook.state == (old.kind == "failed" ? .failed : .finished))
        for form in ["cff", "bibtex", "ipynb"] {
            let exported = try await idrscript(["export", old.path, "--\(form)"])
            #expect(exported.status == 0 && !exported.output.isEmpty && exported.errors.isEmpty, "\(exported.errors)")
        }
    }

    @Test(arguments: OldRecord.of("complete", "compat", "two-channel", "published")) func itIsReproduced(_ old: OldRecord) async throws {
        let copy = try await trusted(old)
        let run = try await idrscript(["reproduce", copy, "--mirror", Self.mirror(of: old), "--output", "out", "--json"])
        let verdict = try #require(try? CanonicalJSON.decode(Verdict.self, from: Data(run.output.utf8), path: "-"), "\(run.output) \(run.errors)")
        #expect(run.status == verdict.reached.exitCode && verdict.record == old.digest)
        let (record, rerun) = (try RecordFolder(reading: copy), try RecordFolder(reading: desk.scratch("out/run")))
        #expect(rerun.run.run == record.run.run && verdict.batches.map(\.batch) == record.completeBatches)
        // EfficientNets have another kernel since.
        #expect(verdict.reached != .bit && verdict.reached < .diverged, "\(verdict.text)")
    }

    /// What it has is reproduced; what failed then cannot be compared with.
    @Test(arguments: OldRecord.of("failed")) func aFailedOneIsReproducedAsFarAsItGoes(_ old: OldRecord) async throws {
        let copy = try await trusted(old)
        let run = try await idrscript(["reproduce", copy, "--mirror", Self.mirror(of: old), "--output", "out", "--json"])
        let verdict = try #require(try? CanonicalJSON.decode(Verdict.self, from: Data(run.output.utf8), path: "-"), "\(run.output) \(run.errors)")
        #expect(run.status == AgreementClass.unverifiable.exitCode && verdict.batches.map(\.batch) == [0, 1])
        #expect(verdict.batches[0].reached < .diverged && verdict.batches[1].reached == .unverifiable)
        #expect(verdict.batches[1].reasons == ["the batch failed in the record"], "\(verdict.text)")
    }
}
