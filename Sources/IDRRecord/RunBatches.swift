package import Foundation

/// What became of the batches of a run, from its folder and its journal. Batches' records are not read: a run may have many.
package struct RunBatches {
    package enum State {
        case complete, failed, interrupted
    }

    package struct Batch {
        package let number: Int
        package let state: State
        /// When it last began and came to the end that its state tells of.
        package var began: Date?
        package var ended: Date?
    }

    /// Every batch that was begun, by number.
    package let begun: [Batch]
    package let sessions: [Journal.Event]
    /// When the first session began, and when the last thing happened.
    package let began: Date?
    package let ended: Date?
    /// Whether the last session was told to stop.
    package let isStopped: Bool

    package init(_ record: RecordFolder) {
        let events = record.journal
        let complete = Set(record.completeBatches)
        let failed = Set(record.failedBatches)
        let ofBatches = Dictionary(grouping: events.filter { $0.batch != nil }) { $0.batch ?? 0 }
        begun = complete.union(failed).union(ofBatches.keys).sorted().map { number in
            let own = ofBatches[number] ?? []
            if complete.contains(number) { return Self.batch(number, .complete, own, end: .batchCompleted) }
            // A failed batch that was begun again and never ended was interrupted.
            let isUnderWay = own.last?.event == .batchBegan
            guard failed.contains(number), !isUnderWay else {
                return Batch(number: number, state: .interrupted, began: own.last { $0.event == .batchBegan }?.at)
            }
            return Self.batch(number, .failed, own, end: .batchFailed)
        }
        sessions = events.filter { $0.event == .sessionBegan }
        began = events.first?.at
        ended = events.last?.at
        isStopped = events.last?.event == .stopped
    }

    private static func batch(_ number: Int, _ state: State, _ events: [Journal.Event], end: Journal.Event.Kind) -> Batch {
        guard let last = events.lastIndex(where: { $0.event == end }) else { return Batch(number: number, state: state) }
        let began = events[..<last].last { $0.event == .batchBegan }
        return Batch(number: number, state: state, began: began?.at, ended: events[last].at)
    }

    package func numbers(_ state: State) -> [Int] { begun.filter { $0.state == state }.map(\.number) }

    /// Numbers in words: `0-3, 7`.
    package static func ranges(_ numbers: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = ranges.last, last.upperBound == number - 1 {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", ")
    }
}
