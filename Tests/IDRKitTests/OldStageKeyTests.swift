import Foundation
import IDRComparison
import IDRFiles
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Keys of the stage cache keep their text, so that what former releases kept is found again. A kernel whose numbers change gets another version,
/// and these tests then say which of its results are computed anew.
@Suite(.serialized) struct OldStageKeyTests {
    private static let records = OldRecord.of("complete", "compat", "two-channel")
    private static let stages = ["correct", "segment", "profile"]
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// Stages with another kernel since, which compute their results anew. `compat` cuts images as ever.
    private func renewed(_ old: OldRecord) throws -> [String: Int] {
        let isCompat = try RecordFolder(reading: old.path).plan.plan.segmentation?.behaviour == .compat
        return isCompat ? ["profile": 2] : ["segment": 2, "profile": 2]
    }

    private func texts(_ old: OldRecord) throws -> [String] {
        let file = ExampleFrames.fixtures.appending(path: "stage-keys/0.1.0/\(old.kind).jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { "\($0)\n" }
    }

    private func key(_ text: String) throws -> StageKey { try JSONDecoder().decode(StageKey.self, from: Data(text.utf8)) }

    private func text(_ key: StageKey) throws -> String { String(decoding: try CanonicalJSON.line(key), as: UTF8.self) }

    /// Why the stages of `old` ran, where the cache had held `keys` before.
    private func reasons(_ old: OldRecord, kept keys: [StageKey]) throws -> [StageReasons.Reason] {
        let record = try RecordFolder(reading: old.path)
        return try record.completeBatches.flatMap { number in
            var batch = try record.batch(number)
            // The plate's diameter had the first frame corrected already: what was reused had a key too.
            for index in batch.images.indices { batch.images[index].reused = nil }
            return try StageReasons(batch, record.plan, record.environment(of: number), kept: keys.map { ($0, 0) }).reasons
        }
    }

    @Test(arguments: records) func aKeyKeepsItsText(_ old: OldRecord) throws {
        let texts = try texts(old)
        #expect(texts.count >= 5)
        for committed in texts { #expect(try text(key(committed)) == committed) }
    }

    /// A record's keys are made again from what it holds: the committed ones explain every stage, and none of them could be missed.
    @Test(arguments: records) func aRecordsKeysAreTheCommittedOnes(_ old: OldRecord) throws {
        let keys = try texts(old).map(key)
        let (found, renewed) = (try reasons(old, kept: keys), try renewed(old))
        #expect(Set(found.map(\.stage)) == Set(Self.stages))
        for reason in found {
            let because = renewed[reason.stage].map { "kernel 1 → \($0)" } ?? "the cache was not used"
            #expect(reason.because?.hasPrefix(because) == true, "\(reason)")
        }
        for key in keys where Self.stages.contains(key.stage) && renewed[key.stage] == nil {
            let others = try reasons(old, kept: keys.filter { $0 != key })
            #expect(others.contains { $0.stage == key.stage && $0.because?.hasPrefix("the cache was not used") == false }, "\(key)")
        }
    }

    private func run(_ old: OldRecord, _ output: String, cache: String) async throws -> ProfileRun {
        let kind = try #require(ExampleRun(rawValue: old.kind))
        return try await kind.run(output: scratch(output), stages: scratch(cache))
    }

    @Test(arguments: records) func aRunHereHasTheSameKeys(_ old: OldRecord) async throws {
        let (run, renewed) = (try await run(old, "run", cache: "stages"), try renewed(old))
        // The plate's diameter is the record's: it is made in another way since.
        let ours = try StageCache(folder: scratch("stages"), limit: 1 << 30).keys().map(\.key).filter { Self.stages.contains($0.stage) }
        let theirs = try texts(old).map(key).filter { Self.stages.contains($0.stage) }.map { former in
            var key = former
            if let kernel = renewed[key.stage] { key.settings["kernel"] = "\(kernel)" }
            return key
        }
        #expect(run.identity == (try RecordFolder(reading: old.path).run.run.hex))
        // On another machine frames and sizes may be others in their last bits, and with them the keys that name them.
        let machines = [ours, theirs].map { Set($0.map { $0.settings.filter { StageKey.isOfMachine($0.key) } }) }
        if machines[0] == machines[1] {
            // Nuclei that are found anew are other inputs of what comes after them.
            func known(_ key: StageKey) throws -> String {
                var key = key
                if renewed["segment"] != nil { key.inputs["label image"] = nil }
                return try text(key)
            }
            #expect(try ours.map(known).sorted() == theirs.map(known).sorted())
        }
        func form(_ key: StageKey) -> String {
            let inputs = key.inputs.keys.sorted(), settings = key.settings.keys.filter { !StageKey.isOfMachine($0) }.sorted()
            let models = key.settings.filter { $0.key.hasPrefix("model ") || $0.key == "kernel" }.sorted { $0.key < $1.key }.map(\.value)
            return "\(key.stage) \(inputs) \(settings) \(models)"
        }
        #expect(ours.map(form).sorted() == theirs.map(form).sorted())
    }

    /// The cache that a former release left is used, on any machine: its keys are given this machine's settings first.
    @Test(arguments: records.filter { $0.kind == "complete" }) func whatWasKeptIsReused(_ old: OldRecord) async throws {
        _ = try await run(old, "cold", cache: "cold-stages")
        let here = try #require(StageCache(folder: scratch("cold-stages"), limit: 1 << 30).keys().first?.key).settings.filter {
            StageKey.isOfMachine($0.key)
        }
        let committed = ExampleFrames.fixtures.appending(path: "stage-cache/0.1.0").path
        try FileManager.default.copyItem(atPath: committed, toPath: scratch("old-stages"))
        let (former, cache) = (try FileCache(folder: scratch("old-stages"), limit: 1 << 30), try FileCache(folder: scratch("stages"), limit: 1 << 30))
        #expect(try former.entries().map(\.key).sorted() == texts(old).sorted())
        for entry in former.entries() {
            var key = try key(entry.key)
            key.settings = key.settings.filter { !StageKey.isOfMachine($0.key) }.merging(here) { $1 }
            try await cache.put(text(key), #require(await former.get(entry.key)).bytes, source: key.stage)
        }
        let warm = try await run(old, "warm", cache: "stages")
        let renewed = try renewed(old)
        let reused = Self.stages.filter { renewed[$0] == nil }
        #expect(warm.batches.flatMap(\.images).map(\.reused) == [reused, reused])
        let (record, rerun) = (try RecordFolder(reading: old.path), try RecordFolder(reading: warm.folder))
        for batch in warm.batches {
            func digests(_ images: [ImageRecord]) -> [[String: [String: Digest]]] {
                images.map { $0.digests.stages.filter { reused.contains($0.key) } }
            }
            #expect(try digests(batch.images) == digests(record.batch(batch.batch).images))
            let comparison = try BatchComparison(original: record, rerun: rerun, batch: batch.batch, declared: .tolerance)
            // Nuclei of another kernel are alike, and not the same to a pixel.
            #expect(comparison.reached <= .statistical, "\(comparison)")
        }
    }
}
