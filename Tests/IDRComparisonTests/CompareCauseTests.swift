import Foundation
import IDRComparison
import IDRFiles
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// The cause that `diff` names, from records alone.
struct CompareCauseTests {
    private static let other = Digest(filledWith: 0x00)

    /// A second run whose first image parts at `stage`, with another feature in its table.
    private func parted(at stage: Step) -> SmallRun {
        var run = SmallRun()
        run.wells[0][0].features[2] = 0.25
        run.edit = { record in
            if stage == Artifact.planes.step {
                record.images[0].input.planes[1].sha256 = Self.other
                record.images[0].input.files[0].sha256 = Self.other
            }
            for artifact in Artifact.all where artifact.step == stage && artifact != .features {
                record.images[0].digests[artifact, channel: artifact.isPerChannel ? 1 : nil] = Self.other
            }
        }
        return run
    }

    private func difference(_ b: SmallRun) async throws -> RunDifference { try await difference(SmallRun(), b) }

    private func difference(_ a: SmallRun, _ b: SmallRun) async throws -> RunDifference {
        let runs = try await ComparedRuns(a, b)
        return try await RunDifference.between(runs.record, runs.rerun)
    }

    @Test func equalRunsHaveNoDifference() async throws {
        let result = try await difference(SmallRun())
        #expect(!result.outputsDiffer && result.exitCode == 0 && result.findings.isEmpty && result.setup.isEmpty && result.difference == nil)
        #expect(result.text == "no output differs: 2 images\n\nboth runs were given the same\n", "\(result.text)")
    }

    @Test func settingsAreListedThoughNoOutputDiffers() async throws {
        var run = SmallRun()
        run.sample.environment.cores = 8
        run.sample.environment.variables["OMP_NUM_THREADS"] = "4"
        run.edit = { $0.threads = 1 }
        let result = try await difference(run)
        #expect(!result.outputsDiffer && result.findings.isEmpty)
        #expect(result.setup.map(\.text) == ["cores: 2 → 8", "OMP_NUM_THREADS: none → 4", "threads: 2 → 1"])
        #expect(result.text.hasPrefix("no output differs") && result.text.contains("threads: 2 → 1"))
    }

    @Test func onePlanesPixels() async throws {
        let result = try await difference(parted(at: .input))
        #expect(result.causes == [.input] && result.exitCode == 1 && result.findings.map(\.stage) == [.input])
        #expect(result.findings[0].examples == ["SAMPLE_01/A1 frame 18"] && result.images.differing == 1)
        #expect(result.setup.contains { $0.kind == .input && $0.what.contains("SAMPLE_01/A1 frame 18, plane field 1 frame 19 channel 1") })
        #expect(result.difference?.worstFeatures.map(\.name) == ["net_2"] && result.difference?.cells.differing == 1)
    }

    @Test func theSameFilesReadByAnotherLibrary() async throws {
        var run = parted(at: .input)
        run.sample.environment.libraries[0].sha256 = Self.other
        run.edit = { $0.images[0].input.planes[1].sha256 = Self.other }
        #expect(try await difference(run).findings[0].causes.map(\.kind) == [.library])
    }

    @Test func aParameterIsNamedWithItsPathAndTheScriptsLine() async throws {
        var (a, b) = (SmallRun(), parted(at: .segment))
        a.sample.script = "import IDRKit\n// one\nlet d = 27.5\nprint(d)\n"
        b.sample.script = "import IDRKit\n// one\nlet d = 30\nprint(d)\n"
        b.sample.plan.segmentation?.diameter = 30
        let result = try await difference(a, b)
        #expect(result.causes == [.parameter] && result.findings[0].causes.map(\.what) == ["segmentation.diameter: 27.5 → 30"])
        #expect(result.setup.contains { $0.text == "script line 3: let d = 27.5 → let d = 30" }, "\(result.setup)")
        #expect(result.text.contains("  cause: parameter  segmentation.diameter: 27.5 → 30\n  script line 3: let d = 27.5 → let d = 30"))
    }

    @Test func aStageThatWasTakenOutIsCode() async throws {
        var run = parted(at: .correct)
        run.sample.plan.correction = nil
        let result = try await difference(run)
        #expect(result.causes == [.code] && result.findings[0].causes[0].what.hasPrefix("correction: behaviour: standard → none"))
    }

    @Test func aLaterStagesParameterExplainsNothingBefore() async throws {
        var run = parted(at: .correct)
        run.sample.plan.segmentation?.flowThreshold = 0.4
        #expect(try await difference(run).causes == [.nondeterminism])
    }

    @Test func otherCodeOfIDRKit() async throws {
        var run = parted(at: .crop)
        run.sample.environment.idrkit.commit = String(repeating: "e", count: 40)
        let result = try await difference(run)
        #expect(result.causes == [.code] && result.findings[0].causes[0].what.hasPrefix("IDRKit: "))
    }

    @Test(arguments: [("profiling", Step.profile), ("segmentation", .segment)]) func oneWeight(role: String, stage: Step)
        async throws
    {
        var run = parted(at: stage)
        let index = try #require(run.sample.models.firstIndex { $0.role == role })
        run.sample.models[index].sha256 = Self.other
        let result = try await difference(run)
        #expect(result.causes == [.weights] && result.findings.map(\.stage) == [stage])
        // The other network's weights are no cause at this stage.
        run = parted(at: stage)
        run.sample.models[1 - index].sha256 = Self.other
        #expect(try await difference(run).causes == [.nondeterminism])
    }

    @Test func anotherLibraryIsACauseWhereItIsUsed() async throws {
        for (stage, causes) in [(Step.profile, [Cause.Kind.library]), (.segment, [.library]), (.correct, [.nondeterminism])] {
            var run = parted(at: stage)
            run.sample.environment.libraries[1] = LibraryRecord(name: "libonnxruntime.so.1.31.0", version: "1.31.0", sha256: Self.other)
            let result = try await difference(run)
            #expect(result.causes == causes, "\(stage)")
            #expect(result.setup.contains { $0.text == "onnxruntime: 1.32.0, f6f6f6f6f6f6 → 1.31.0, 000000000000" }, "\(result.setup)")
        }
    }

    @Test func anotherCompilerFlag() async throws {
        var run = parted(at: .profile)
        run.sample.environment.compilerFlags = ["-O", "-Ounchecked"]
        let result = try await difference(run)
        #expect(result.causes == [.toolchain] && result.findings[0].causes[0].what == "compiler flags: -O → -O -Ounchecked")
    }

    @Test func anotherCoreTypeOfOpenBLAS() async throws {
        var run = parted(at: .correct)
        run.sample.environment.openBLASCore = "Prescott"
        let result = try await difference(run)
        #expect(result.causes == [.hardware] && result.findings[0].causes[0].what == "OpenBLAS core type: Haswell → Prescott")
    }

    @Test func severalCausesAreAllNamedInOrder() async throws {
        var run = parted(at: .segment)
        run.sample.environment.processor = "Other"
        run.sample.environment.libraries[1].sha256 = Self.other
        run.sample.plan.segmentation?.flowThreshold = 0.4
        let result = try await difference(run)
        #expect(result.causes == [.parameter, .library, .hardware])
        #expect(result.text.contains("the records cannot tell them apart"))
    }

    @Test func otherBitsOfTheSameEverything() async throws {
        var run = parted(at: .profile)
        run.sample.environment.variables["OMP_NUM_THREADS"] = "4"
        let result = try await difference(run)
        #expect(result.causes == [.nondeterminism] && result.findings[0].causes[0].what.contains("OMP_NUM_THREADS: none → 4"))
    }

    @Test func aChangeWithoutEffectOnTheOutputs() async throws {
        var run = SmallRun()
        run.edit = { $0.images[1].digests[.frames, channel: 1] = Self.other }
        let result = try await difference(run)
        #expect(!result.outputsDiffer && result.exitCode == 0 && result.findings.map(\.reachesOutputs) == [false])
        #expect(result.text.contains("no effect on the outputs"))
    }

    @Test func otherMetadataPartAtTheTables() async throws {
        var run = SmallRun()
        (run.gene, run.sample.gene) = ("GENE2", "GENE2")
        let result = try await difference(run)
        #expect(result.causes == [.input] && result.findings.map(\.stage) == [.write] && result.difference?.column(.text)?.differing == 5)
    }

    @Test func wellsOfOneRunOnly() async throws {
        var run = SmallRun()
        run.sample.wellsPerBatch = 1
        run.wells.removeLast()
        run.sample.plan.selection = [.controls(nil, words: nil), .first(1)]
        let result = try await difference(run)
        #expect(result.images.onlyInA == 1 && result.images.common == 1 && result.causes == [.code])
        #expect(result.findings.map(\.stage) == [.select] && result.findings[0].examples == ["SAMPLE_01/A2 frame 18"])
        // The batch has another size, so the first well's rows are compared by fingerprints, and they are the same.
        #expect(result.images.differing == 0 && result.setup.contains { $0.text == "batch size: 2 → 1" })
    }

    @Test(arguments: [true, false]) func aMissingBatch(hasFailed: Bool) async throws {
        var (a, b) = (SampleRecord(), SampleRecord())
        a.batches = 2
        if hasFailed { b.failed = [1] } else { b.interrupted = [1] }
        let scratch = try ScratchFolder()
        try await a.write(to: scratch("a"))
        try await b.write(to: scratch("b"))
        let result = try await RunDifference.between(RecordFolder(reading: scratch("a")), RecordFolder(reading: scratch("b")))
        #expect(result.causes == [.missing] && result.images.onlyInA == 2 && result.exitCode == 1)
        let reason = hasFailed ? "it failed: the movie cannot be fetched" : "it was interrupted"
        #expect(result.absences.count == 1 && result.absences[0].b == reason && result.absences[0].a == nil)
        #expect(result.findings[0].causes[0].what == "batch 1 of B: \(reason)")
    }

    @Test func aRecordThatWasChangedIsNamedFirst() async throws {
        let runs = try await ComparedRuns(SmallRun())
        let path = runs.scratch("rerun/batch_0/record.json")
        var record = try runs.rerun.batch(0)
        record.images[0].digests[.features] = Self.other
        try AtomicFile.write(CanonicalJSON.encode(record), to: path)
        let result = try await RunDifference.between(runs.record, runs.rerun)
        #expect(result.causes == [.record] && result.findings[0].causes[0].what.contains("record.json is not what the manifest says"))
    }

    @Test func aPlatesDiameterIsTracedToTheWellItCameFrom() async throws {
        func run(diameter: Double, plane: String) -> SmallRun {
            var run = SmallRun()
            run.sample.plan.segmentation?.diameter = nil
            run.edit = { record in
                for index in record.images.indices {
                    record.images[index].segmentation.diameter = diameter
                    record.images[index].segmentation.diameterSource = "plate"
                }
                if diameter != 27 { for index in 0..<2 { record.images[index].digests[.labels] = Self.other } }
            }
            return run
        }
        var changed = run(diameter: 28, plane: "b")
        changed.wells[1][0].features[2] = 9
        let runs = try await ComparedRuns(run(diameter: 27, plane: "a"), changed)
        for (name, value, plane) in [("record", 27, "aa"), ("rerun", 28, "bb")] {
            let text = """
                {"format":2,"plate":"SAMPLE_01","well":"A1","value":\(value),
                "planes":[{"index":{"field":1,"frame":18,"z":1,"channel":1},"sha256":"\(String(repeating: plane, count: 32))"}]}
                """
            try text.write(toFile: runs.scratch("\(name)/shared/diameter-SAMPLE_01.json"), atomically: true, encoding: .utf8)
        }
        let result = try await RunDifference.between(runs.record, runs.rerun)
        #expect(result.causes == [.input] && result.findings.map(\.stage) == [.segment] && result.findings[0].images == 2)
        #expect(
            result.findings.allSatisfy {
                $0.causes[0].what
                    == "planes of SAMPLE_01/A1 have other pixels (through the diameter of plate SAMPLE_01, 27 → 28, which SAMPLE_01/A1 decides)"
            }, "\(result.findings)")
    }

    @Test func aRunAgainTellsWhoseBitsStandAlone() async throws {
        let runs = try await ComparedRuns(parted(at: .profile))
        let plain = try await RunDifference.between(runs.record, runs.rerun)
        for (folder, expected) in [(runs.record, "both runs gave A's bits; B's record stands alone"), (runs.rerun, "both runs gave B's bits")] {
            var result = plain
            var calls: [Int] = []
            try await result.prove(runs.record, runs.rerun) { batch in
                calls.append(batch)
                return folder
            }
            #expect(calls == [0, 0] && result.text.contains("batch 0 run twice here, stage profile: \(expected)"), "\(result.text)")
        }
        var (result, folders) = (plain, [runs.record, runs.rerun])
        try await result.prove(runs.record, runs.rerun) { _ in folders.removeFirst() }
        #expect(result.findings[0].proof?.isRepeatable == false && result.findings[0].proof?.runs == ["A", "B"])
    }

    @Test func differencesReadBack() async throws {
        let result = try await difference(parted(at: .segment))
        let bytes = try CanonicalJSON.encode(result)
        #expect(try CanonicalJSON.decode(RunDifference.self, from: Data(bytes), path: "") == result)
    }
}
