import Foundation
import IDRComparison
import IDRFiles
import IDRImaging
import IDRKit
import IDRModels
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Results of stages are kept by content: what is reused is what would have been computed.
@Suite(.serialized) struct StageCacheTests {
    private static let all = ["correct", "segment", "profile"]
    private let small: SmallScreen

    init() async throws { small = try await SmallScreen() }

    private var folder: String { small.scratch("stages") }

    private func options(_ output: String, limit: Int = 1 << 30) -> RunOptions {
        small.options(output) { $0.stages = .folder(folder, bytes: limit) }
    }

    private func pipeline(diameter: Double? = 27, threshold: Double = 0, outlines: Bool = false, _ behaviour: Behaviour = .standard)
        -> Pipeline<Profiled>
    {
        screen("idr0013A", mirror: small.mirror).controls().frame(2).correct(behaviour)
            .segment(diameter: diameter, cellProbabilityThreshold: threshold, behaviour).profile(outlines: outlines, behaviour)
    }

    private func reused(_ run: ProfileRun) -> [[String]] { run.batches.flatMap(\.images).map { $0.reused ?? [] } }

    private func expect(_ run: ProfileRun, reuses stages: [String], _ place: SourceLocation = #_sourceLocation) {
        #expect(reused(run) == Array(repeating: stages, count: 4), sourceLocation: place)
    }

    /// Records but for what they say of time and of reuse.
    private func facts(_ run: ProfileRun) throws -> [[UInt8]] {
        try run.batches.flatMap(\.images).map { image in
            var image = image
            image.reused = nil
            return try CanonicalJSON.encode(image)
        }
    }

    @Test(arguments: [Behaviour.standard, .compat])
    func aSecondRunReusesEverythingWithTheSameBytes(behaviour: Behaviour) async throws {
        let pipeline = pipeline(diameter: nil, behaviour)
        let computed = try await pipeline.run(batchSize: 2, options: small.options("off"))
        expect(computed, reuses: [])
        _ = try await pipeline.run(batchSize: 2, options: options("cold"))
        let warm = try await pipeline.run(batchSize: 2, options: options("warm"))
        expect(warm, reuses: Self.all)
        let expected = try small.contents(of: "off")
        #expect(try small.contents(of: "cold") == expected && small.contents(of: "warm") == expected)
        #expect(try facts(warm) == facts(computed))
        // No kernel ran, and the record does not say that one did; the penalties of `compat` are found by each run, in its first batch.
        for (batch, record) in warm.batches.enumerated() {
            for stage in record.stages where Self.all.contains(stage.stage) {
                #expect(stage.cpuSeconds == 0 || (behaviour == .compat && batch == 0 && stage.stage == "correct"))
            }
        }
        for stage in computed.batches.flatMap(\.stages) where Self.all.contains(stage.stage) { #expect(stage.cpuSeconds > 0) }
        let text = String(decoding: try small.scratch.bytes("off/batch_0/record.json"), as: UTF8.self)
        #expect(!text.contains("reused"))
        let difference = try await RunDifference.between(RecordFolder(reading: computed.folder), RecordFolder(reading: warm.folder))
        #expect(!difference.outputsDiffer && difference.findings.isEmpty)
    }

    /// An image that is looked at is the run's own, and needs no network where the run's result was kept.
    @Test(arguments: [(27, Behaviour.standard), (nil, .standard), (nil, .compat)] as [(Double?, Behaviour)])
    func anImageThatIsLookedAtIsTheRunsOwn(diameter: Double?, behaviour: Behaviour) async throws {
        let store = ModelStore.standard
        var copies: [String] = []
        for ending in [".pth", ".npy"] {
            copies.append(small.scratch("nuclei\(ending)"))
            try FileManager.default.copyItem(atPath: store.file(of: "nuclei-small", ending: [ending]), toPath: copies[copies.count - 1])
        }
        let pipeline = screen("idr0013A", mirror: small.mirror).controls().frame(2).correct(behaviour)
            .segment(diameter: diameter, model: .path(copies[0]), sizeModel: .path(copies[1]), behaviour).profile(behaviour)
        let computed = try await pipeline.run(batchSize: 2, options: small.options("off"))
        let kept = try await pipeline.run(batchSize: 2, options: options("on"))
        let expected = try await computed.image(of: "A3")
        #expect(expected.cellCount > 0 && expected.cellCount == computed.batches.flatMap(\.images).first { $0.well == "A3" }?.cells)
        for copy in copies { try FileManager.default.removeItem(atPath: copy) }
        let found = try await kept.image(of: "A3")
        #expect(found.outlinesOverImage() == expected.outlinesOverImage() && found.correction() == expected.correction())
        #expect(found.gallery() == expected.gallery())
        await #expect(throws: IDRError.self) { try await computed.image(of: "A3") }
    }

    @Test func aChangedParameterRunsItsStageAndThoseAfterIt() async throws {
        _ = try await pipeline().run(batchSize: 2, options: options("a"))
        let diameter = try await pipeline(diameter: 30).run(batchSize: 2, options: options("b"))
        expect(diameter, reuses: ["correct"])
        _ = try await pipeline(diameter: 30).run(batchSize: 2, options: small.options("b-off"))
        #expect(try small.contents(of: "b") == small.contents(of: "b-off"))
        let threshold = try await pipeline(threshold: 2).run(batchSize: 2, options: options("c"))
        #expect(reused(threshold).allSatisfy { $0.contains("correct") && !$0.contains("segment") })
        // A column of the table is no business of the stages.
        expect(try await pipeline(outlines: true).run(batchSize: 2, options: options("d")), reuses: Self.all)
        // Other batches, threads and places of the same pixels, too.
        let fewer = small.options("e") {
            $0.stages = .folder(folder, bytes: 1 << 30)
            $0.threads = 1
        }
        expect(try await pipeline().run(batchSize: 3, options: fewer), reuses: Self.all)
    }

    @Test func whatIsOffIsNeitherReadNorWritten() async throws {
        expect(try await pipeline().run(batchSize: 2, options: small.options("a")), reuses: [])
        #expect(!FileManager.default.fileExists(atPath: folder))
        _ = try await pipeline().run(batchSize: 2, options: options("b"))
        expect(try await pipeline().run(batchSize: 2, options: small.options("c")), reuses: [])
        // A repeated run always computes. It ends the process, so only its options are looked at here; the published record's test runs it.
        let names = small.scratch.files(below: "stages")
        #expect(names.count { $0.hasSuffix("/data") } == 12)
    }

    @Test func otherPixelsAreOtherResults() async throws {
        _ = try await pipeline().run(batchSize: 2, options: options("a"))
        var planes = try await ExampleFrames.small(1)
        planes[1].pixels[4321] ^= 0x40
        try await small.writeMovie("A3", planes: planes)
        let run = try await pipeline().run(batchSize: 2, options: options("b"))
        #expect(reused(run) == [Self.all, [], Self.all, Self.all])
        _ = try await pipeline().run(batchSize: 2, options: small.options("c"))
        #expect(try small.contents(of: "b") == small.contents(of: "c"))
    }

    /// Bits that flipped, files that end early, and results that were put together wrongly, with a digest that says they are right.
    @Test func damagedResultsAreComputedAgain() async throws {
        _ = try await pipeline().run(batchSize: 2, options: options("a"))
        let expected = try small.contents(of: "a")
        let data = small.scratch.files(below: "stages").filter { $0.hasSuffix("/data") }.map { small.scratch("stages/\($0)") }
        for path in data {
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            bytes[bytes.count / 2] ^= 1
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
        expect(try await pipeline().run(batchSize: 2, options: options("flipped")), reuses: [])
        for path in data { #expect(truncate(path, 40) == 0) }
        expect(try await pipeline().run(batchSize: 2, options: options("truncated")), reuses: [])
        let cache = try FileCache(folder: folder, limit: 1 << 30)
        let wrong: [@Sendable ([UInt8]) -> [UInt8]] = [
            { Array($0.dropLast()) }, { $0 + [0] }, { _ in [] }, { Array($0.prefix(20)) },
            { Array($0.prefix(15)) + [UInt8](repeating: 255, count: 64) },
            { Array("IDRKit stage 2\n".utf8) + $0.dropFirst(15) },
        ]
        for (number, change) in wrong.enumerated() {
            for entry in cache.entries() {
                let bytes = try #require(try await cache.get(entry.key)).bytes
                try await cache.put(entry.key, change(bytes), source: "test")
            }
            expect(try await pipeline().run(batchSize: 2, options: options("wrong\(number)")), reuses: [])
            #expect(try small.contents(of: "wrong\(number)") == expected)
        }
        expect(try await pipeline().run(batchSize: 2, options: options("whole")), reuses: Self.all)
        #expect(try small.contents(of: "whole") == expected)
    }

    @Test func theLimitIsKeptAndNeedsNoRoomToRun() async throws {
        for limit in [60_000, 1] {
            _ = try await pipeline().run(batchSize: 2, options: options("limit\(limit)", limit: limit))
            let cache = try FileCache(folder: folder, limit: limit)
            try await cache.sweep()
            #expect(cache.totalBytes() <= limit)
        }
        _ = try await pipeline().run(batchSize: 2, options: small.options("off"))
        #expect(try small.contents(of: "limit1") == small.contents(of: "off"))
    }

    /// Whoever gives a stage a parameter has to see to it that the stage's key tells it apart: here it is remembered which were seen to.
    @Test func everyParameterIsInAKeyOrInADigest() {
        func names(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }
        // Penalties stand for the behaviour.
        #expect(names(Correction()) == ["behaviour"])
        // The frame's digest stands for the channel, the models' digests for the models, the diameter for the behaviour and what it is estimated for.
        #expect(
            names(Segmentation()) == [
                "channel", "model", "sizeModel", "diameter", "flowThreshold", "cellProbabilityThreshold", "behaviour", "estimate",
                "precision",
            ])
        // The frames' digests stand for the channels; outlines are the table's.
        #expect(names(Profiling()) == ["channels", "configuration", "network", "outlines", "behaviour"])
    }

    @Test func reasonsNameWhatIsDifferent() async throws {
        let first = try await pipeline().run(batchSize: 2, options: options("a"))
        let cache = try StageCache(folder: folder, limit: 1 << 30)
        let earlier = Set(cache.keys().map(\.key))
        let second = try await pipeline(diameter: 30).run(batchSize: 2, options: options("b"))
        // Whether a result was there before a run is told by whole seconds: here the second run was a minute later.
        let kept = cache.keys().map { (key: $0.key, keptAt: $0.keptAt + (earlier.contains($0.key) ? 0 : 60)) }
        #expect(kept.count >= 16)
        func text(_ run: ProfileRun, later seconds: Double = 0) throws -> String {
            let record = try RecordFolder(reading: run.folder)
            var batch = try record.batch(0)
            batch.startedAt += seconds
            return try StageReasons(batch, record.plan, record.environment(of: 0), kept: kept).text
        }
        let why = try text(second, later: 60)
        #expect(why.contains("batch 0, 2 images\nfetch    ran") && why.contains("\ncorrect  reused: "), "\(why)")
        #expect(why.contains("\nsegment  ran: diameter 27.0 → 30.0\nprofile  ran: another label image\nwrite    ran"), "\(why)")
        #expect(try text(first).contains("\ncorrect  ran: no result was kept for its planes\nsegment  ran: no result was kept for its frame"))
        let off = try await pipeline().run(batchSize: 2, options: small.options("off"))
        #expect(try text(off).contains("\nsegment  ran: the cache was not used"))
    }
}
