import Foundation
import IDRFiles
import IDRPlan
import IDRRecord

/// The one pass through the stages: it computes them, or takes their results from the cache.
struct StageRunner: Sendable {
    /// nil: everything is computed.
    let cache: StageCache?
    let keys: StageKeys
    let queue: ComputeQueue
    let progress: Progress

    /// Takes images through stages.
    /// - Parameters:
    ///   - stages: in the order in which they run.
    ///   - isolating: whether a failure is that of its images alone, which then have no part in later stages; else it is thrown.
    ///   - clock: books each stage's time under its name; a result from the cache takes no processor time.
    func pass(_ images: FieldImages, through stages: [any StageExecutor], isolating: Bool = false, clock: StageClock? = nil) async throws
        -> FieldImages
    {
        var images = images
        for stage in stages { images = try await run(stage, on: images, isolating, clock) }
        return images
    }

    private func run<Executor: StageExecutor>(_ executor: Executor, on images: FieldImages, _ isolating: Bool, _ clock: StageClock?) async throws
        -> FieldImages
    {
        var images = images
        var served: Set<Int> = []
        var computed: Set<Int> = []
        for part in try executor.parts(of: images) {
            guard let first = part.images.first else { continue }
            do {
                let own = try Executor.keys(of: images.images[first].record, keys)
                let (value, isReused) = try await value(own[part.key], of: executor, part.input, clock)
                images = try await queue.run { [images] in
                    func given() throws -> FieldImages { try Self.given(value, part, by: executor, to: images) }
                    return try isReused ? given() : clock?.measure(Executor.stage.id, given) ?? given()
                }
                served.formUnion(part.images)
                if !isReused { computed.formUnion(part.images) }
            } catch {
                let failure = IDRError(error, "an image cannot be computed")
                guard isolating, !(error is CancellationError), !failure.endsRun else { throw error }
                for position in part.images { images.images[position].failure = failure }
            }
        }
        for position in served.subtracting(computed) {
            images.images[position].record.reused = (images.images[position].record.reused ?? []) + [Executor.stage.id]
        }
        return images
    }

    private static func given<Executor: StageExecutor>(
        _ value: Executor.Value, _ part: StagePart<Executor.Input>, by executor: Executor, to images: FieldImages
    ) throws -> FieldImages {
        var images = images
        for position in part.images {
            for (artifact, digest) in try executor.digests(of: value, position: position) {
                images.images[position].record.digests[artifact, channel: part.channel] = digest
            }
        }
        try executor.give(value, part, to: &images)
        return images
    }

    private func value<Executor: StageExecutor>(
        _ key: StageKey, of executor: Executor, _ input: Executor.Input, _ clock: StageClock?
    ) async throws -> (Executor.Value, isReused: Bool) {
        let began = Date()
        let wall = ResourceMeter.wallSeconds()
        if let value = try? await cache?.value(for: key, Executor.Value.self), executor.fits(value, input) {
            clock?.add(key.stage, from: began, wall: ResourceMeter.wallSeconds() - wall, cpu: 0)
            return (value, true)
        }
        let value = try await queue.run { try clock?.measure(key.stage) { try executor.run(input) } ?? executor.run(input) }
        do {
            try await cache?.keep(value, for: key)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // A run does not fail for want of a cache.
            progress.sayOnce("warning: results of stages are not kept for later runs: \(error)")
        }
        return (value, false)
    }
}
