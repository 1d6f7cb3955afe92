package import Foundation
import IDRFiles
package import IDRPlan

/// What happened to a run, a line an event, each on the disk before what follows it begins: `journal.jsonl`.
/// A session or batch without its end was interrupted.
package enum Journal {
    package struct Event: Codable, Sendable, Hashable {
        package enum Kind: String, Codable, Sendable {
            /// A process began to run batches, and came to its end.
            case sessionBegan, sessionEnded
            /// It was told to stop, by Ctrl-C or a signal.
            case stopped
            case batchBegan, batchCompleted, batchFailed
        }

        package var at: Date
        package var event: Kind
        package var batch: Int?
        /// Of a session: SHA-256 of its environment.
        package var environment: Digest?
        /// Of a batch that was completed without them: images that failed, and images that do not exist; nil where there are none.
        package var failedImages: Int?
        package var absentImages: Int?

        package init(_ event: Kind, batch: Int? = nil, environment: Digest? = nil, at: Date = Date()) {
            self.at = at.wholeSeconds
            self.event = event
            self.batch = batch
            self.environment = environment
        }
    }

    /// Images that complete batches lack, by the last that is said of each batch.
    package static func lackingImages(_ events: [Event], in batches: [Int]) -> (failed: Int, absent: Int) {
        let last = Dictionary(events.filter { $0.event == .batchCompleted }.map { ($0.batch ?? -1, $0) }) { $1 }
        let own = batches.compactMap { last[$0] }
        return (own.reduce(0) { $0 + ($1.failedImages ?? 0) }, own.reduce(0) { $0 + ($1.absentImages ?? 0) })
    }

    /// Adds `event` to the journal at `path` and brings it to the disk.
    package static func append(_ event: Event, to path: String) throws(IDRError) {
        let bytes: [UInt8]
        do {
            bytes = try CanonicalJSON.line(event)
        } catch {
            throw IDRError(.system, "the journal cannot be written", at: [path], because: "\(error)")
        }
        try WholeWrite.append(line: bytes, to: path, permissions: 0o644) { failure(path, $0) }
    }

    /// The events of the journal at `path`; lines that a killed process left half-written are left out.
    /// - Throws: an ``IDRError`` where a newer IDRKit wrote a line.
    package static func read(_ path: String) throws(IDRError) -> [Event] {
        guard let data = try? RecordFile.read(path) else { return [] }
        var events: [Event] = []
        for line in data.split(separator: 10) {
            if let event = try VersionedJSON.known(Event.self, from: Data(line), path: path) { events.append(event) }
        }
        return events
    }

    /// Whether the last session came to its end.
    package static func isClosed(_ events: [Event]) -> Bool { events.last?.event == .sessionEnded }

    private static func failure(_ path: String, _ code: Int32) -> IDRError {
        IDRError(
            .system, "the journal cannot be written", at: [path], because: String(cString: strerror(code)),
            fix: "free some space there, or choose another output folder")
    }
}

/// A line has no format of its own as long as there is one.
extension Journal.Event: StoredValue {
    package static var readableFormats: ClosedRange<Int> { 1...1 }
    package static var unnamedFormat: Int? { 1 }
}
