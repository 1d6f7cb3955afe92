import Foundation
import IDRImaging
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Runs that are cancelled, and runs whose shared values fail at first.
@Suite(.serialized) struct StoppedRunTests {
    @Test func aCancelledRunIsStoppedAndNothingHasFailed() async throws {
        let small = try await SmallScreen()
        _ = try await small.pipeline.run(batchSize: 1, options: small.options("whole"))
        let pipeline = small.pipeline
        let options = small.options("stopped") { $0.threads = 1 }
        let task = Task { try await pipeline.run(batchSize: 1, options: options) }
        for _ in 0..<6000 where !FileManager.default.fileExists(atPath: small.scratch("stopped/batch_0/record.json")) {
            try await Task.sleep(for: .milliseconds(10))
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let record = try RecordFolder(reading: small.scratch("stopped"))
        #expect(record.completeBatches.first == 0 && record.completeBatches.count < 4 && record.failedBatches == [])
        #expect(record.journal.last?.event == .stopped)
        #expect(try record.manifest().problems(in: record.path) == [])
        _ = try await pipeline.run(batchSize: 1, options: options)
        #expect(try small.contents(of: "stopped") == small.contents(of: "whole"))
    }

    /// The diameter of a plate is estimated on its first wells; that one of them cannot be had for a while fails the batches of that while alone.
    @Test func aSharedValueThatFailedIsTriedAgain() async throws {
        let scratch = try ScratchFolder()
        var wells: [(name: String, control: String, channels: [[Plane<UInt8>]])] = []
        for (index, well) in ["A2", "A3", "B2", "B3"].enumerated() {
            wells.append((well, index == 1 ? "positive control" : "negative control", [try await ExampleFrames.small(index)]))
        }
        let site = try await ScratchSite(scratch("site"), wells: wells, chunk: (64, 80))
        let (root, first) = (site.folder, site.mirror.movie("A2").split(separator: "/").suffix(2).joined(separator: "/"))
        let server = try LoopbackServer { request in
            guard let data = FileManager.default.contents(atPath: root + request.path) else { return LoopbackServer.answer(404) }
            // It is there, and cannot be had: what does not exist would be left out for good.
            if request.path.hasSuffix(first), request.earlier < 2 { return LoopbackServer.answer(403) }
            return LoopbackServer.file([UInt8](data), request)
        }
        var options = RunOptions()
        options.stages = .off
        options.output = scratch("run")
        options.threads = 1
        options.access = ScratchSite.access(base: server.base, cache: scratch("cache"), sources: [.files])
        let pipeline = screen("idr0013A").controls().frame(2).correct().segment().profile()
        let error = await #expect(throws: IDRError.self) { try await pipeline.run(batchSize: 1, onFailure: .stop, options: options) }
        #expect(error?.problem == "2 of 4 batches failed: 0, 1", "\(String(describing: error))")
        let record = try RecordFolder(reading: scratch("run"))
        #expect(record.completeBatches == [2, 3])
        #expect(try await pipeline.run(batchSize: 1, options: options).batches.count == 4)
    }
}
