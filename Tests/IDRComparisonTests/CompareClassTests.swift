import Foundation
import IDRComparison
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Each class of agreement at its borders, with the tables at hand and without.
struct CompareClassTests {
    @Test func theSameBytesAreBit() async throws {
        let result = try await ComparedRuns(SmallRun()).compare()
        #expect(result.reached == .bit && result.isDeclaredMet && result.basis == .digests && result.difference == nil && result.stages.isEmpty)
        #expect(result.images == 2 && result.cells == 5)
    }

    @Test func theSameContentInOtherBytesIsCanonical() async throws {
        var rerun = SmallRun()
        rerun.edit = { $0.outputs[0].file.sha256 = Digest(filledWith: 0x99) }
        let result = try await ComparedRuns(rerun).compare()
        #expect(result.reached == .canonical && !result.isDeclaredMet)
        #expect(result.reasons == ["not BIT: batch_0.csv.gz has other bytes"])
    }

    @Test func aKeptImageIsCanonicalByItsStages() async throws {
        var (record, rerun) = (SmallRun(), SmallRun())
        record.kept = ["SAMPLE_01_1_18_masks.tif": "mask"]
        rerun.kept = ["SAMPLE_01_1_18_masks.tif": "packed otherwise"]
        #expect(try await ComparedRuns(record, rerun).compare().reached == .canonical)
        rerun.edit = { $0.images[0].digests[.labels] = Digest(filledWith: 0) }
        let result = try await ComparedRuns(record, rerun).compare()
        #expect(result.reached == .tolerance && result.firstStage == .segment)
    }

    @Test func filesThatOnlyOneKeptAreNoted() async throws {
        var rerun = SmallRun()
        rerun.kept = ["SAMPLE_01_1_18_masks.tif": "mask"]
        let result = try await ComparedRuns(rerun).compare()
        #expect(result.reached == .bit && result.notes.contains { $0.contains("1 files were kept by one of the two only") })
    }

    @Test func aRecordThatNamesNoTablesIsNotBit() async throws {
        var runs = (SmallRun(), SmallRun())
        runs.0.edit = { $0.outputs = [] }
        runs.1.edit = { $0.outputs = [] }
        (runs.0.hasTables, runs.1.hasTables) = (false, false)
        #expect(try await ComparedRuns(runs.0, runs.1).compare().reached == .tolerance)
    }

    /// The tolerance of features is 1e-3 + 1e-3 * |b|, of locations 0.05: for values of 0 exactly representable, at and past the border.
    @Test(arguments: [true, false]) func featuresAtTheTolerance(hasTables: Bool) async throws {
        var (record, rerun) = (SmallRun(), SmallRun())
        (record.hasTables, rerun.hasTables) = (hasTables, hasTables)
        rerun.wells[0][0].features[2] = 0.001
        let within = try await ComparedRuns(record, rerun).compare(.tolerance)
        #expect(within.reached == .tolerance && within.isDeclaredMet && within.basis == (hasTables ? .tables : .fingerprints))
        #expect(within.firstStage == .profile && within.difference?.cells.differing == 1)
        rerun.wells[0][0].features[2] = 0.1
        let outside = try await ComparedRuns(record, rerun).compare(.tolerance)
        #expect(outside.reached == .statistical && !outside.isDeclaredMet, "\(outside)")
        #expect(outside.difference?.worstFeatures.first?.name == "net_2" && outside.difference?.worstImages.first?.name == "SAMPLE_01_1_18")
        #expect(outside.difference?.worstCells.first?.name == "SAMPLE_01_1_18#1")
    }

    @Test func justBeyondTheToleranceIsOutside() async throws {
        var rerun = SmallRun()
        rerun.wells[0][0].features[2] = 0.001_000_1
        let result = try await ComparedRuns(rerun).compare()
        #expect(result.reached == .statistical && result.difference?.column(.feature)?.outside == 1)
        #expect(result.difference?.worstFeatures.first.map { $0.timesTolerance > 1 && $0.timesTolerance < 1.001 } == true)
    }

    @Test(arguments: [true, false]) func locationsAtTheTolerance(hasTables: Bool) async throws {
        var (record, rerun) = (SmallRun(), SmallRun())
        (record.hasTables, rerun.hasTables) = (hasTables, hasTables)
        record.wells[1][0].x = 0
        rerun.wells[1][0].x = 0.05
        let within = try await ComparedRuns(record, rerun).compare()
        #expect(within.reached == .tolerance && within.firstStage == .locate && within.difference?.column(.location)?.largestAbsolute == 0.05)
        // Two are more than may have other outlines.
        rerun.wells[1][0].x = 0.050_01
        rerun.wells[1][1].x += 0.051
        #expect(try await ComparedRuns(record, rerun).compare().reached == .statistical)
    }

    /// A borderline pixel: the centre moves by less than its tolerance, the features by tens of theirs.
    @Test(arguments: [true, false]) func anOutlineMoreOrLess(hasTables: Bool) async throws {
        var (record, rerun) = (SmallRun(), SmallRun())
        (record.hasTables, rerun.hasTables) = (hasTables, hasTables)
        rerun.wells[0][0].x += 0.01
        rerun.wells[0][0].features = [0.55, 1.03, 0, -2.02]
        let result = try await ComparedRuns(record, rerun).compare(.tolerance)
        #expect(result.reached == .tolerance && result.isDeclaredMet, "\(result)")
        #expect(result.difference?.reshapedCells?.map(\.name) == ["SAMPLE_01_1_18#1"])
        #expect(result.notes.contains { $0.hasPrefix("1 of 5 nuclei has another outline (1 may)") }, "\(result.notes)")
        #expect(
            result.notes.contains { $0.hasPrefix("SAMPLE_01_1_18#1: cosine 0.99") && $0.hasSuffix("centre moved by 0.01 pixels") }, "\(result.notes)")
        // The same numbers around the same centre are no other outline.
        rerun.wells[0][0].x = record.wells[0][0].x
        #expect(try await ComparedRuns(record, rerun).compare().reached > .tolerance)
    }

    @Test(arguments: [true, false]) func otherOutlinesHaveLimits(hasTables: Bool) async throws {
        var record = SmallRun()
        record.hasTables = hasTables
        func reached(_ edit: (inout SmallRun) -> Void) async throws -> AgreementClass {
            var rerun = record
            rerun.wells[0][0].x += 0.01
            rerun.wells[0][0].features[1] += 0.03
            edit(&rerun)
            return try await ComparedRuns(record, rerun).compare().reached
        }
        #expect(try await reached { _ in } == .tolerance)
        #expect(try await reached { $0.wells[0][0].x += 1 } > .tolerance)
        #expect(try await reached { $0.wells[0][0].features = [2, -1, 0, -2] } > .tolerance)
        #expect(try await reached { $0.wells[0][0].features[0] = .nan } > .tolerance)
        // Fingerprints hold no metadata.
        if hasTables { #expect(try await reached { $0.gene = "GENE2" } > .tolerance) }
        // A second nucleus, with another outline or without.
        #expect(try await reached { ($0.wells[0][1].x, $0.wells[0][1].features[1]) = ($0.wells[0][1].x + 0.01, 2.1) } > .tolerance)
        #expect(try await reached { $0.wells[0][1].features[1] = 2.1 } > .tolerance)
        // Records of before have no such limits.
        record.sample.agreement.tolerance.outlines = nil
        #expect(try await reached { _ in } > .tolerance)
    }

    @Test func howManyOutlinesMayBeOthers() throws {
        let limits = try #require(Agreement().tolerance.outlines)
        #expect([0, 1, 99, 199, 200, 1000].map(limits.allowed(of:)) == [1, 1, 1, 1, 2, 10])
    }

    @Test(arguments: [true, false]) func notANumberEqualsItselfOnly(hasTables: Bool) async throws {
        var (record, rerun) = (SmallRun(), SmallRun())
        (record.hasTables, rerun.hasTables) = (hasTables, hasTables)
        record.wells[0][1].features = [.nan, .nan, .nan, .nan]
        rerun.wells[0][1].features = [.nan, .nan, .nan, .nan]
        rerun.wells[0][0].features[0] = 0.500_5
        #expect(try await ComparedRuns(record, rerun).compare().reached == .tolerance)
        rerun.wells[0][1].features = [0, 0, 0, 0]
        let result = try await ComparedRuns(record, rerun).compare()
        #expect(result.reached > .tolerance && result.difference?.columns.contains { $0.undefined > 0 } == true)
        // NaN and infinities are no JSON.
        #expect(throws: Never.self) { try CanonicalJSON.encode(result) }
    }

    @Test func otherColumnsAreNoTolerance() async throws {
        var rerun = SmallRun()
        rerun.model = "other"
        let result = try await ComparedRuns(rerun).compare()
        #expect(result.reached == .diverged && result.reasons.contains("not TOLERANCE: the features are not the same ones"), "\(result.reasons)")
        rerun = SmallRun()
        for well in rerun.wells.indices { for cell in rerun.wells[well].indices { rerun.wells[well][cell].features.removeLast() } }
        #expect(try await ComparedRuns(rerun).compare().reached == .diverged)
    }

    @Test(arguments: [true, false]) func reorderedRowsAreOtherObjects(hasTables: Bool) async throws {
        var rerun = SmallRun()
        rerun.hasTables = hasTables
        rerun.wells[0].swapAt(0, 1)
        let result = try await ComparedRuns(rerun).compare()
        #expect(result.reached == .statistical && result.reasons.contains { $0.contains("other objects, or another order, in SAMPLE_01_1_18") })
        // Matched by place, the cells are the same.
        #expect(result.difference?.cells.compared == 5 && result.difference?.cells.differing == 0 && result.statistical?.agrees == true)
    }

    @Test func aCellMoreIsStatisticalAsLongAsCountsAndProfilesAgree() async throws {
        var rerun = SmallRun()
        rerun.wells[0].append(SmallRun.Cell(label: 4, x: 200, y: 9, features: [0.5, 2, 0, -2]))
        let result = try await ComparedRuns(rerun).compare(.tolerance)
        #expect(result.reached == .statistical && !result.isDeclaredMet && result.firstStage == .segment)
        #expect(result.difference?.cellsOnlyInRerun == 1 && result.difference?.cellsOnlyInRecord == 0)
        // Three more are beyond max(2, 2 % of 3).
        for label in 5...6 { rerun.wells[0].append(SmallRun.Cell(label: Int32(label), x: 200, y: 90, features: [0.5, 2, 0, -2])) }
        let diverged = try await ComparedRuns(rerun).compare()
        #expect(diverged.reached == .diverged && diverged.statistical?.otherCounts == 1 && diverged.statistical?.otherProfiles == 0)
    }

    @Test func profilesThatPointElsewhereDiverge() async throws {
        var rerun = SmallRun()
        rerun.wells[1][0].features = [4, 1, 1, -4]
        let result = try await ComparedRuns(rerun).compare()
        #expect(result.reached == .diverged && result.statistical?.otherProfiles == 1)
        #expect(result.statistical?.worst.first.map { !$0.agrees && $0.image == "SAMPLE_01_2_18" } == true)
    }

    @Test func emptyTablesAgree() async throws {
        var (record, rerun) = (SmallRun(), SmallRun())
        (record.wells, rerun.wells) = ([[], []], [[], []])
        #expect(try await ComparedRuns(record, rerun).compare().reached == .bit)
        rerun.edit = { ($0.outputs[0].file.sha256, $0.outputs[0].contentSHA256) = (Digest(filledWith: 0), Digest(filledWith: 0)) }
        rerun.hasTables = false
        #expect(try await ComparedRuns(record, rerun).compare().reached == .tolerance)
    }

    @Test func nucleiOnOneSideOnlyDiverge() async throws {
        var rerun = SmallRun()
        rerun.wells[1] = []
        let result = try await ComparedRuns(rerun).compare()
        // Two nuclei are within the count's threshold, but there is no profile to agree with.
        #expect(result.reached == .diverged && result.statistical?.otherCounts == 0 && result.statistical?.otherProfiles == 1)
    }

    @Test func otherMetadataDiverge() async throws {
        var rerun = SmallRun()
        rerun.gene = "GENE2"
        let result = try await ComparedRuns(rerun).compare()
        #expect(result.reached == .diverged && result.difference?.column(.text)?.differing == 5 && result.firstStage == .write)
    }

    @Test func otherImagesDiverge() async throws {
        var rerun = SmallRun()
        rerun.edit = { $0.images[1].well = "H1" }
        rerun.wells[0][0].features[0] = 0.500_1
        let result = try await ComparedRuns(rerun).compare()
        #expect(result.reached == .diverged && result.firstStage == .select && result.stages[0].images == 2)
    }

    @Test func aTableThatIsNotTheRecordsIsRefused() async throws {
        var rerun = SmallRun()
        rerun.wells[0][0].features[0] = 0.500_1
        let runs = try await ComparedRuns(rerun)
        let table = runs.scratch("record/batch_0/batch_0.csv.gz")
        try FileManager.default.removeItem(atPath: table)
        try FileManager.default.copyItem(atPath: runs.scratch("rerun/batch_0/batch_0.csv.gz"), toPath: table)
        let error = #expect(throws: IDRError.self) { try runs.compare() }
        #expect(error?.problem == "a table is not the one that its record names")
    }

    @Test func aMissingFingerprintSaysSo() async throws {
        var rerun = SmallRun()
        rerun.wells[0][0].features[0] = 0.500_1
        let runs = try await ComparedRuns(rerun)
        try FileManager.default.removeItem(atPath: runs.scratch("record/batch_0/wells.csv"))
        #expect(throws: IDRError.self) { try runs.compare() }
    }

    @Test func theOrderOfClasses() {
        #expect(AgreementClass.allCases.sorted() == [.bit, .canonical, .tolerance, .statistical, .diverged, .unverifiable])
        #expect(AgreementClass.allCases.map(\.exitCode) == [0, 10, 11, 12, 13, 14])
        #expect(AgreementClass.overall([.bit, .statistical, .tolerance]) == .statistical)
        // A batch that cannot be judged does not cover one that diverged.
        #expect(AgreementClass.overall([.diverged, .unverifiable]) == .diverged && AgreementClass.overall([.unverifiable, .bit]) == .unverifiable)
        #expect(AgreementClass.overall([AgreementClass]()) == .unverifiable)
    }
}
