import Foundation
import IDRRecord

/// Computes stages, or takes their results from the cache.
struct StageRunner: Sendable {
    /// nil: everything is computed.
    let cache: StageCache?
    let keys: StageKeys
    let queue: ComputeQueue
    let progress: Progress

    /// What a stage gave, and whether it was taken from the cache.
    struct Outcome<Value: Sendable>: Sendable {
        var value: Value
        var isReused: Bool
    }

    /// - Parameters:
    ///   - clock: books the time under the key's stage; a result from the cache takes no processor time there.
    ///   - fits: whether a kept result goes with what is at hand.
    ///   - compute: called on a thread of the queue.
    func run<Value: StageValue>(
        _ key: StageKey, clock: StageClock? = nil, fits: (Value) -> Bool = { _ in true }, compute: @escaping @Sendable () throws -> Value
    ) async throws -> Outcome<Value> {
        let began = Date()
        let wall = ResourceMeter.wallSeconds()
        if let value = try? await cache?.value(for: key, Value.self), fits(value) {
            clock?.add(key.stage, from: began, wall: ResourceMeter.wallSeconds() - wall, cpu: 0)
            return Outcome(value: value, isReused: true)
        }
        let value = try await queue.run { try clock?.measure(key.stage, compute) ?? compute() }
        do {
            try await cache?.keep(value, for: key)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // A run does not fail for want of a cache.
            progress.sayOnce("warning: results of stages are not kept for later runs: \(error)")
        }
        return Outcome(value: value, isReused: false)
    }
}
