import Foundation
import IDRComparison
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// One bad image costs its own rows, and the next run takes it in.
@Suite(.serialized) struct FailedImageTests {
    private let small: SmallScreen

    init() async throws { small = try await SmallScreen() }

    private func run(_ output: String = "run", batchSize: Int = 2, _ change: (inout RunOptions) -> Void = { _ in }) async throws -> ProfileRun {
        try await small.pipeline.run(batchSize: batchSize, options: small.options(output, change))
    }

    /// The movie of `well` is damaged until the returned closure is called.
    private func damage(_ well: String) throws -> () throws -> Void {
        let (movie, aside) = (small.movie(well), small.scratch("aside-\(well)"))
        try FileManager.default.moveItem(atPath: movie, toPath: aside)
        try Data("this is no movie".utf8).write(to: URL(fileURLWithPath: movie))
        return {
            try FileManager.default.removeItem(atPath: movie)
            try FileManager.default.moveItem(atPath: aside, toPath: movie)
        }
    }

    private func tables(_ run: ProfileRun) throws -> [[UInt8]] { try run.tables.map { try Gzip.decompress(file: $0, limit: 1 << 26) } }

    private func isIntact(_ run: ProfileRun) -> Bool {
        let found = RecordVerification(of: run.folder)
        #expect(found.isIntact, "\(found.problems)")
        return found.isIntact
    }

    @Test func aDamagedMovieCostsItsRowsAndComesBack() async throws {
        let whole = try await run("whole")
        let mend = try damage("A3")
        let lacking = try await run()
        #expect(lacking.batches.count == 2 && lacking.batches[1].missing.isEmpty && lacking.batches[1].format < 5)
        let batch = lacking.batches[0]
        #expect(batch.images.map(\.well) == ["A2"] && batch.missing.map(\.well) == ["A3"] && batch.missing.map(\.kind) == [.failed])
        #expect(batch.missing[0].cause.subject.contains("well A3") && batch.format == 5 && isIntact(lacking))
        let (some, all) = (try tables(lacking), try tables(whole))
        #expect(some[1] == all[1] && all[0].starts(with: some[0]) && some[0].count < all[0].count)

        // A retry that changes nothing leaves everything as it is.
        let before = try small.contents(of: "run")
        _ = try await run()
        #expect(try small.contents(of: "run") == before)

        try mend()
        let mended = try await run()
        #expect(try tables(mended) == all && mended.batches.allSatisfy(\.missing.isEmpty) && isIntact(mended))
        #expect(mended.batches[0].images.map(\.environment) == [nil, nil])
        #expect(mended.batches.flatMap(\.images).map(\.digests) == whole.batches.flatMap(\.images).map(\.digests))
        #expect(small.scratch.files(below: "run").allSatisfy { !$0.contains(".staging") && !$0.contains("failures") })
    }

    @Test func whatDoesNotExistIsCountedAndAskedForAgainOnRequestAlone() async throws {
        let (movie, aside) = (small.movie("A3"), small.scratch("aside"))
        try FileManager.default.moveItem(atPath: movie, toPath: aside)
        let lacking = try await run()
        #expect(lacking.batches[0].missing.map(\.kind) == [.absent] && lacking.batches[0].absentImages.map(\.well) == ["A3"])
        try FileManager.default.moveItem(atPath: aside, toPath: movie)
        let before = try small.contents(of: "run")
        _ = try await run()
        #expect(try small.contents(of: "run") == before)
        let asked = try await run { options in
            var access = Access()
            access.freshness = .refresh
            options.access = access
        }
        #expect(asked.batches.allSatisfy(\.missing.isEmpty) && asked.batches[0].images.map(\.well) == ["A2", "A3"] && isIntact(asked))
    }

    @Test func aFrameBeyondAShorterMovieIsAbsent() async throws {
        let pipeline = screen("idr0013A", mirror: small.mirror).controls().frames(2, 40).correct().segment(diameter: 27).profile()
        let both = try await pipeline.run(batchSize: 2, options: small.options("both"))
        let one = try await run("one")
        #expect(
            both.batches.flatMap(\.images).map(\.frame) == [2, 2, 2, 2] && both.batches.flatMap(\.absentImages).map(\.frame) == [40, 40, 40, 40])
        #expect(both.batches.flatMap(\.images).map(\.digests) == one.batches.flatMap(\.images).map(\.digests))
        #expect(try tables(both) == tables(one) && isIntact(both))
        #expect(both.batches[0].absentImages[0].cause.description.contains("frame 40 does not exist"))
    }

    @Test func whereNothingCanBeHadTheRunEndsWithAnError() async throws {
        for well in SmallScreen.wells { _ = try damage(well) }
        let error = await #expect(throws: IDRError.self) { try await run() }
        #expect(error?.code == .batchesFailed && error?.problem == "2 of 2 batches failed: 0, 1")
        #expect(try RecordFolder(reading: small.scratch("run")).failure(1).missing.count == 2)
        let before = try small.contents(of: "run")
        _ = await #expect(throws: IDRError.self) { try await run() }
        #expect(try small.contents(of: "run") == before)
    }

    @Test func aScriptMayAskToStop() async throws {
        let mend = try damage("B2")
        let error = await #expect(throws: IDRError.self) {
            try await small.pipeline.run(batchSize: 4, onFailure: .stop, options: small.options())
        }
        #expect(error?.code == .batchesFailed && error?.problem == "1 of 4 images failed")
        try mend()
        #expect(try await small.pipeline.run(batchSize: 4, onFailure: .stop, options: small.options()).cellCount > 0)
    }

    /// Rows of another machine do not stand beside this one's.
    @Test func onAnotherMachineTheBatchIsComputedAnew() async throws {
        let mend = try damage("A3")
        _ = try await run()
        let folder = small.scratch("run/batch_0")
        var environment = try RecordFolder(reading: small.scratch("run")).environment(of: 0)
        environment.instructionSets = ["sse4_2"]
        var record = try RecordFolder(reading: small.scratch("run")).batch(0)
        record.environment = try SHA256.digest(of: CanonicalJSON.encode(environment))
        record.images[0].cells = 7
        try AtomicFile.write(CanonicalJSON.encode(environment), to: "\(folder)/environment.json")
        try AtomicFile.write(CanonicalJSON.encode(record), to: "\(folder)/record.json")
        try FileManager.default.removeItem(atPath: "\(folder)/manifest.json")
        try Manifest(of: folder).write(to: folder)
        // Where no image is gained the other machine's stay.
        let before = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/record.json"))
        _ = try await run()
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/record.json")) == before)
        try mend()
        let anew = try await run()
        #expect(anew.batches[0].images.count == 2 && anew.batches[0].images[0].cells != 7 && anew.batches[0].environment != record.environment)
    }

    @Test func keptFilesOfOtherImagesStay() async throws {
        let mend = try damage("A3")
        let first = try await run { $0.keep = [.masks] }
        let names = Set(first.batches[0].outputs.map(\.name))
        try mend()
        let second = try await run { $0.keep = [.masks] }
        #expect(names.isSubset(of: second.batches[0].outputs.map(\.name)) && second.batches[0].outputs.count == names.count + 2 && isIntact(second))
    }

    /// Files that are to be kept now are no reason to have less than before.
    @Test func aCompleteBatchIsNotReplacedByAPoorerOne() async throws {
        let whole = try await run()
        let mend = try damage("A3")
        let poorer = try await run { $0.keep = [.masks] }
        #expect(poorer.batches[0].startedAt == whole.batches[0].startedAt && poorer.batches[1].kept == ["masks"] && isIntact(poorer))
        #expect(try tables(poorer) == tables(whole))
        try mend()
        let kept = try await run { $0.keep = [.masks] }
        #expect(kept.batches.map(\.kept) == [["masks"], ["masks"]] && kept.batches.allSatisfy(\.missing.isEmpty) && isIntact(kept))
        // Where one image fails for good, files of the others are kept, once.
        _ = try damage("B3")
        let without = try await run("other")
        let masks = try await run("other") { $0.keep = [.masks] }
        #expect(without.batches[1].missing.count == 1 && masks.batches[1].missing.count == 1 && masks.batches[1].kept == ["masks"])
        let before = try small.contents(of: "other")
        _ = try await run("other") { $0.keep = [.masks] }
        #expect(try small.contents(of: "other") == before)
    }

    @Test func aVerdictJudgesTheImagesThatTheRecordHas() async throws {
        let mend = try damage("A3")
        _ = try await run()
        try mend()
        let rerun = try await run("rerun") { options in
            options.reproducing = small.scratch("run")
        }
        let (record, other) = (try RecordFolder(reading: small.scratch("run")), try RecordFolder(reading: rerun.folder))
        #expect(other.completeBatches == [0, 1])
        #expect(try other.batch(0).missing.map(\.cause.problem) == ["the record lacks this image, which can be had now"])
        for number in 0..<2 {
            #expect(try BatchComparison(original: record, rerun: other, batch: number, declared: .bit).reached == .bit)
        }
        // An image of the record that the rerun lacks changes the class.
        _ = try damage("A2")
        _ = try damage("B2")
        let poorer = try await run("poorer") { options in
            options.reproducing = small.scratch("run")
        }
        #expect(try BatchComparison(original: record, rerun: RecordFolder(reading: poorer.folder), batch: 1, declared: .bit).reached == .diverged)
    }
}
