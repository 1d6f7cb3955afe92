package import IDRPlan
package import Foundation

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
        package var environment: String?

        package init(_ event: Kind, batch: Int? = nil, environment: String? = nil, at: Date = Date()) {
            self.at = at.wholeSeconds
            self.event = event
            self.batch = batch
            self.environment = environment
        }
    }

    /// Adds `event` to the journal at `path` and brings it to the disk.
    package static func append(_ event: Event, to path: String) throws(IDRError) {
        var bytes: [UInt8]
        do {
            bytes = try CanonicalJSON.line(event)
        } catch {
            throw IDRError(.system, "the journal cannot be written", at: [path], because: "\(error)")
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        // A process that was killed in the middle of a line leaves it open.
        var last: UInt8 = 10
        let size = lseek(descriptor, 0, SEEK_END)
        if size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != 10 { bytes.insert(10, at: 0) }
        let written = write(descriptor, bytes, bytes.count)
        // Where only a part was written the disk is full, and nothing says so.
        guard written == bytes.count else { throw failure(path, written < 0 ? errno : ENOSPC) }
        guard fsync(descriptor) == 0 else { throw failure(path, errno) }
    }

    /// The events of the journal at `path`; lines that a killed process left half-written are left out.
    package static func read(_ path: String) -> [Event] {
        guard let data = try? RecordFile.read(path) else { return [] }
        return data.split(separator: 10).compactMap { try? CanonicalJSON.decode(Event.self, from: Data($0), path: path) }
    }

    /// Whether the last session came to its end.
    package static func isClosed(_ events: [Event]) -> Bool { events.last?.event == .sessionEnded }

    private static func failure(_ path: String, _ code: Int32) -> IDRError {
        IDRError(
            .system, "the journal cannot be written", at: [path], because: SystemFailure.reason(code),
            fix: "free some space there, or choose another output folder")
    }
}
