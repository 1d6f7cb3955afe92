import Foundation
import IDRFiles
import IDRPlan
import Synchronization

/// Writes what a server sends to the end of a ``PartialFile``, and sees to it that the file never holds bytes of two versions.
///
/// The engine's thread writes, the task that waits looks on in between; all of it is behind a lock.
final class PartWriter: Sendable {
    private struct State {
        var note: PartNote
        var count = 0
        /// The most that ever was here: what is sent a second time is no progress.
        var most = 0
        var digest: FollowingDigest
        /// Where the exchange began, and whether its answer has been looked at.
        var start = 0
        var hasBegun = false
        /// The beginning of a refusal's body.
        var said: [UInt8] = []
        /// The part is of no use: another version of the file is at the server now.
        var isStale = false
    }

    let part: PartialFile
    private let url: RemoteURL
    private let limit: Int
    private let limits: ExchangeLimits
    private let tally: TransferTally?
    /// Of the part itself, which it holds open.
    private let lock: FileLock
    private var descriptor: Int32 { lock.descriptor }
    private let state: Mutex<State>
    /// Bytes that count as progress after a failure.
    private static let progress = 1 << 20

    /// Opens the part, keeping of it what can be gone on with.
    /// - Parameter limit: a file of more bytes than this is refused.
    init(_ part: PartialFile, url: RemoteURL, limit: Int, limits: ExchangeLimits, tally: TransferTally?) throws(IDRError) {
        (self.part, self.url, self.limit, self.limits, self.tally) = (part, url, limit, limits, tally)
        guard let lock = try FileLock.attempt(.exclusive, file: part.path) else {
            throw IDRError(.transfer, "another process is fetching the file", at: [url.description, part.path], fix: "wait for it")
        }
        let kept = try PartNote.usable(of: part, lock.descriptor, url: url)
        let count = kept?.bytes ?? 0
        guard ftruncate(lock.descriptor, off_t(count)) == 0 else {
            throw SystemFailure.error("\(part.path) cannot be written", at: part.path, errno: errno)
        }
        let digest = try FollowingDigest(of: part.path)
        digest.follow(to: count)
        state = Mutex(State(note: kept ?? PartNote(source: url.description), count: count, most: count, digest: digest))
        self.lock = lock
    }

    /// Whether the last exchange brought the file on by an amount worth new patience.
    func hasProgressed() -> Bool {
        state.withLock { state in
            guard state.count >= state.most + Self.progress else { return false }
            state.most = state.count
            return true
        }
    }

    /// Whether the part had to be given up since this was last asked, or has to be now. Then the file begins anew.
    func wasStale(orElse isNow: Bool) throws(IDRError) -> Bool {
        try state.withLock { state throws(IDRError) in
            guard state.isStale || isNow else { return false }
            state.isStale = false
            try restart(&state)
            return true
        }
    }

    /// A request for the rest of the file.
    func exchange() -> Exchange {
        let (start, validator) = state.withLock { state in
            // Without a validator the beginning could be of another version.
            state.start = state.note.validator == nil ? 0 : state.count
            state.hasBegun = false
            state.said = []
            return (state.start, state.note.validator)
        }
        var fields = ["Accept-Encoding: identity"]
        if start > 0, let validator { fields.append("If-Range: \(validator)") }
        return Exchange(url: url, fields: fields, range: start > 0 ? "\(start)-" : nil, limits: limits, isLarge: true) {
            [self] head, bytes throws(IDRError) in try state.withLock { state throws(IDRError) in try take(bytes, of: head, &state) }
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, of head: AnswerHead, _ state: inout State) throws(IDRError) {
        guard url.scheme == "ftp" || head.status == 200 || head.status == 206 else {
            if state.said.count < 4096 { state.said += bytes }
            return
        }
        try begin(head, &state)
        if let total = state.note.total, bytes.count > total - state.count {
            throw stale(&state, "it sends more than the \(total) bytes it declares")
        }
        guard bytes.count <= limit - state.count else { throw tooLarge("it has more than \(limit) bytes") }
        let written = WholeWrite.write(bytes, to: descriptor)
        state.count += written.count
        if let code = written.failure {
            throw SystemFailure.error("\(part.path) cannot be written", at: part.path, errno: code).at(url.description)
        }
        tally?.add { $0.bytes += bytes.count }
        state.digest.follow(to: state.count)
    }

    /// Looks at the head of an answer, once: a whole file begins anew, a part must fit what is here.
    private func begin(_ head: AnswerHead, _ state: inout State) throws(IDRError) {
        guard !state.hasBegun else { return }
        state.hasBegun = true
        if url.scheme == "ftp" ? state.start > 0 : head.status == 206 {
            guard state.start > 0 else { throw RemoteClient.failure(url, "the server sends a part where the whole file was asked for") }
            try go(on: head, &state)
        } else {
            try restart(&state)
            state.note = PartNote(head, source: url)
            if let total = state.note.total {
                guard total >= 0, total <= limit else { throw tooLarge("it has \(total) bytes, and at most \(limit) are taken") }
                try FreeSpace.check(for: total, at: [url.description, part.path], descriptor)
            }
            try state.note.write(to: part.notePath)
        }
        guard lseek(descriptor, off_t(state.count), SEEK_SET) >= 0 else {
            throw SystemFailure.error("\(part.path) cannot be written", at: part.path, errno: errno)
        }
    }

    private func go(on head: AnswerHead, _ state: inout State) throws(IDRError) {
        let note = state.note
        if url.scheme == "ftp" {
            let rest = head.fields["content-length"].flatMap { Int($0) }
            guard head.fields["last-modified"] == note.validator, note.total == nil || rest == nil || note.total == rest.map({ $0 + state.count })
            else { throw stale(&state, "the file changed") }
            return
        }
        let text = head.fields["content-range"]
        guard let range = ContentRange(text), range.first == state.count else {
            throw stale(&state, "the server answers a request for the bytes from \(state.count) on with the range \(text ?? "of no name")")
        }
        // What the answer does not name, it has compared: If-Range was sent along.
        let isSame = (head.fields["etag"] ?? note.etag) == note.etag && (head.fields["last-modified"] ?? note.lastModified) == note.lastModified
        guard isSame, note.total == nil || range.total == nil || note.total == range.total else { throw stale(&state, "the file changed") }
        if let total = range.total, total > limit { throw tooLarge("it has \(total) bytes, and at most \(limit) are taken") }
        state.note.total = note.total ?? range.total
    }

    /// What is to be done after an exchange that ended well: nil where the file is here; why not, otherwise.
    func missing(after head: AnswerHead) throws(IDRError) -> String? {
        try state.withLock { state throws(IDRError) in
            var head = head
            if url.scheme != "ftp" {
                if head.status == 416, state.start > 0 {
                    // The validator was sent along, so that this is our version's length.
                    if head.fields["content-range"] == "bytes */\(state.count)" { return nil }
                    throw stale(&state, "the file ends before the part that is here")
                }
                try RemoteClient.check(head, url, [200, 206], body: state.said)
            }
            // An FTP file that was all here: libcurl has compared the lengths and then names that of the whole.
            if url.scheme == "ftp", state.start > 0, !state.hasBegun { head.fields["content-length"] = "0" }
            try begin(head, &state)
            guard let total = state.note.total, state.count < total else { return nil }
            return "the server sends \(state.count) of \(total) bytes"
        }
    }

    /// The file that is here.
    func finish() async throws -> FetchedFile {
        let (digest, count, note) = state.withLock { ($0.digest, $0.count, $0.note) }
        return FetchedFile(
            bytes: count, sha256: try await digest.finish(count), etag: note.etag, lastModified: note.lastModified, source: url.description)
    }

    /// Brings to the disk what is here and says so in the note, for another time.
    func keep() throws(IDRError) {
        let (note, count) = state.withLock { ($0.note, $0.count) }
        guard note.validator != nil, count > 0 else { return part.remove() }
        guard fsync(descriptor) == 0 else { return }
        var kept = note
        kept.bytes = count
        kept.boot = PartNote.currentBoot
        try kept.write(to: part.notePath)
    }

    /// Lets others at the part; the engine may hold this writer a moment longer.
    func release() { lock.release() }

    private func restart(_ state: inout State) throws(IDRError) {
        guard state.count > 0 else { return }
        guard ftruncate(descriptor, 0) == 0 else { throw SystemFailure.error("\(part.path) cannot be written", at: part.path, errno: errno) }
        state.count = 0
        state.note = PartNote(source: url.description)
        state.digest = try FollowingDigest(of: part.path)
    }

    private func stale(_ state: inout State, _ reason: String) -> IDRError {
        state.isStale = true
        return RemoteClient.failure(url, reason, fix: "run again later")
    }

    private func tooLarge(_ reason: String) -> IDRError { IDRError(.refused, "the file is too large", at: [url.description], because: reason) }
}
