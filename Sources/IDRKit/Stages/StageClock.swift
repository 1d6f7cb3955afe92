import Foundation
import IDRFiles
import IDRPlan
import IDRRecord
import Synchronization

/// Adds up what each stage takes, over all images of a batch.
final class StageClock: Sendable {
    private let totals = Mutex<[String: StageTiming]>([:])

    /// Runs `body`, which stays on this thread but for its parts (``Cores``), and books its time under `stage`.
    func measure<Value>(_ stage: String, _ body: () throws -> Value) rethrows -> Value {
        let began = Date()
        let wall = ResourceMeter.wallSeconds()
        let cpu = Cores.cpuSeconds()
        defer { add(stage, from: began, wall: ResourceMeter.wallSeconds() - wall, cpu: Cores.cpuSeconds() - cpu) }
        return try body()
    }

    /// Books time that was measured elsewhere and ends now.
    func add(_ stage: String, from began: Date, wall: Double, cpu: Double) {
        let new = StageTiming(stage: stage, startedAt: began, finishedAt: Date(), wallSeconds: wall, cpuSeconds: cpu)
        totals.withLock { totals in
            guard var timing = totals[stage] else { return totals[stage] = new }
            timing.startedAt = min(timing.startedAt, new.startedAt)
            timing.finishedAt = max(timing.finishedAt, new.finishedAt)
            timing.wallSeconds += wall
            timing.cpuSeconds += cpu
            totals[stage] = timing
        }
    }

    /// Books under `stage` what the process has taken since it had taken `start` CPU seconds, and no other stage has.
    func add(restSince start: Double, to stage: String) {
        let spent = ResourceMeter.processCPUSeconds() - start
        totals.withLock { totals in
            let booked = totals.values.reduce(0) { $0 + $1.cpuSeconds }
            totals[stage]?.cpuSeconds += max(0, spent - booked)
        }
    }

    /// In the order of the pipeline; what several images share comes after what they have each.
    var timings: [StageTiming] {
        totals.withLock { totals in (Stage.all + Stage.shared).compactMap { totals[$0.id] } }
    }
}
