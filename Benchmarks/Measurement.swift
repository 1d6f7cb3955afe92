import Foundation
import IDRRecord

/// One figure, with the goal that it has, if any.
struct Measurement {
    enum Goal {
        case atMost(Double)
        case atLeast(Double)
    }

    let name: String
    let value: Double
    let unit: String
    var goal: Goal?
    /// What was done, and how the figure was taken.
    let how: String

    /// nil where there is no goal.
    var isMet: Bool? {
        switch goal {
        case .atMost(let bound): value <= bound
        case .atLeast(let bound): value >= bound
        case nil: nil
        }
    }

    var line: String {
        let verdict = isMet.map { $0 ? "met" : "MISSED" } ?? ""
        let goalText =
            switch goal {
            case .atMost(let bound): "<= \(bound)"
            case .atLeast(let bound): ">= \(bound)"
            case nil: "-"
            }
        return [name.padded(to: 46), "\(Self.text(value)) \(unit)".padded(to: 20), goalText.padded(to: 9), verdict.padded(to: 7), how]
            .joined(separator: " ")
    }

    static func text(_ value: Double) -> String {
        let decimals = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : abs(value) >= 1 ? 2 : 3
        return String(format: "%.\(decimals)f", value)
    }
}

/// The middle of `repetitions` CPU times of this process, after one that does not count.
/// Nothing else may run in the process meanwhile.
func medianCPUSeconds(_ repetitions: Int, _ work: () async throws -> Void) async rethrows -> Double {
    try await median(repetitions, of: ResourceMeter.processCPUSeconds, work)
}

/// The middle of `repetitions` wall-clock times, after one that does not count.
func medianWallSeconds(_ repetitions: Int, _ work: () async throws -> Void) async rethrows -> Double {
    try await median(repetitions, of: ResourceMeter.wallSeconds, work)
}

private func median(_ repetitions: Int, of clock: () -> Double, _ work: () async throws -> Void) async rethrows -> Double {
    try await work()
    var times: [Double] = []
    for _ in 0..<repetitions {
        let start = clock()
        try await work()
        times.append(clock() - start)
    }
    return middle(of: times)
}

func middle(of values: [Double]) -> Double { values.sorted()[values.count / 2] }

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - count)) }
}
