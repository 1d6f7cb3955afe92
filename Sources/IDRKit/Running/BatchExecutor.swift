import IDRPlan
import IDRRecord

/// Where batches are computed. What a batch is, and what becomes of its record, is decided outside: an executor brings batches to where they
/// run, and their records back.
protocol BatchExecutor {
    /// Computes batches, each by itself.
    /// - Parameters:
    ///   - batches: in the order in which they are wanted.
    ///   - ended: takes the record of each one that came to its end, a failed one too.
    /// - Throws: only where not even a failure could be recorded.
    func run(_ batches: [Batch], ended: (BatchRecord) -> Void) async throws
}

/// In this process, one batch after another; while one is computed, the next one's pixels are read.
struct InProcessBatches: BatchExecutor {
    let runner: BatchRunner
    let fetcher: any FrameFetcher
    /// What is read for a batch.
    let requests: (Batch) -> [FrameRequest]
    /// Fields that wait in memory.
    let lookahead: Int

    func run(_ batches: [Batch], ended: (BatchRecord) -> Void) async throws {
        let prefetcher = Prefetcher(fetcher: fetcher, requests: batches.flatMap(requests), lookahead: lookahead)
        do {
            for batch in batches {
                let record = try await runner.run(batch, from: prefetcher)
                ended(record)
                // What the machine refuses to one batch it refuses to the next.
                if record.failure?.endsRun == true { break }
            }
        } catch {
            await prefetcher.cancel()
            throw error
        }
        await prefetcher.cancel()
    }
}
