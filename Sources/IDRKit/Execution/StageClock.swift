import IDRProvenance
import Synchronization

/// Adds up what each stage takes, over all images of a batch.
final class StageClock: Sendable {
    private let totals = Mutex<[String: StageTiming]>([:])

    /// Runs `body`, which stays on this thread, and books its time under `stage`.
    func measure<Value>(_ stage: String, _ body: () throws -> Value) rethrows -> Value {
        let wall = ResourceMeter.wallSeconds()
        let cpu = ResourceMeter.threadCPUSeconds()
        defer { add(stage, wall: ResourceMeter.wallSeconds() - wall, cpu: ResourceMeter.threadCPUSeconds() - cpu) }
        return try body()
    }

    /// Books time that was measured elsewhere.
    func add(_ stage: String, wall: Double, cpu: Double) {
        totals.withLock { totals in
            var timing = totals[stage] ?? StageTiming(stage: stage, wallSeconds: 0, cpuSeconds: 0)
            timing.wallSeconds += wall
            timing.cpuSeconds += cpu
            totals[stage] = timing
        }
    }

    /// In the order of the pipeline.
    var timings: [StageTiming] {
        let order = ["fetch", "correct", "segment", "profile", "write"]
        return totals.withLock { totals in order.compactMap { totals[$0] } }
    }
}
