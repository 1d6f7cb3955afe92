import Foundation
package import IDRFiles
import IDRPlan

/// Fetches whole files over HTTPS and FTP (HTTP on this machine): to the disk as they come, resumed where they stopped, and checked before anyone sees them.
package struct Downloader: Sendable {
    private let client: RemoteClient

    /// How often a file may turn out to be another one while it is fetched.
    private static let restarts = 2
    /// The largest file that is taken where nothing else is said, in bytes (64 GiB).
    package static let largest = 1 << 36

    package init(_ client: RemoteClient) { self.client = client }

    /// Fetches `url` to `path`, which appears only when the file is complete and has been checked. The beginning of one that fails stays
    /// beside it, under the names `<path>.part` and `<path>.part.json`, for the next time.
    /// - Parameters:
    ///   - limit: a file of more bytes is refused.
    ///   - verify: throws where the file at the path it is given cannot be what is wanted.
    /// - Throws: an ``IDRError`` with the address; `CancellationError`.
    @discardableResult
    package func download(
        _ url: RemoteURL, to path: String, limit: Int = largest, tally: TransferTally? = nil, verify: (String) async throws -> Void = { _ in }
    ) async throws -> FetchedFile {
        let part = PartialFile(path: path + ".part")
        let file = try await fetch(url, into: part, limit: limit, tally: tally, verify: verify)
        try await DiskQueue.run { () throws(IDRError) in try FileNames.move(part.path, to: path) }
        part.remove()
        return file
    }

    /// Fetches `url` into `part`, and leaves it there complete and checked. A file that does not stand the check is deleted and fetched
    /// once more from the beginning.
    package func fetch(
        _ url: RemoteURL, into part: PartialFile, limit: Int = largest, tally: TransferTally? = nil, verify: (String) async throws -> Void
    ) async throws -> FetchedFile {
        try await Self.verified(part, url.description, tally: tally, verify) { try await receive(url, part, limit: limit, tally: tally) }
    }

    /// What `fetch` leaves in `part`, after `verify` has seen it: tried twice.
    static func verified(
        _ part: PartialFile, _ source: String, tally: TransferTally?, _ verify: (String) async throws -> Void, fetch: () async throws -> FetchedFile
    ) async throws -> FetchedFile {
        var isSecond = false
        while true {
            let file = try await fetch()
            do {
                try await verify(part.path)
                return file
            } catch let error as CancellationError {
                throw error
            } catch {
                part.remove()
                let error = IDRError(error, "the file is not what it should be")
                guard !isSecond else { throw error.at(source) }
                isSecond = true
                tally?.add { $0.retries += 1 }
            }
        }
    }

    private func receive(_ url: RemoteURL, _ part: PartialFile, limit: Int, tally: TransferTally?) async throws -> FetchedFile {
        let writer = try PartWriter(part, url: url, limit: limit, limits: client.limits, tally: tally)
        defer { writer.release() }
        do {
            try await receive(url, writer, tally: tally)
            return try await writer.finish()
        } catch {
            try? await DiskQueue.run { () throws(IDRError) in try writer.keep() }
            throw error
        }
    }

    private func receive(_ url: RemoteURL, _ writer: PartWriter, tally: TransferTally?) async throws {
        var restarts = 0
        var shortAnswers = 0
        while true {
            try Task.checkCancellation()
            do {
                let head = try await client.retrying(url, tally: tally, progressed: writer.hasProgressed) { writer.exchange() }
                guard let missing = try writer.missing(after: head) else { return }
                shortAnswers = writer.hasProgressed() ? 0 : shortAnswers + 1
                if shortAnswers > Self.restarts { throw RemoteClient.failure(url, missing) }
            } catch let error as IDRError {
                let isBeyond = url.scheme == "ftp" && error.reason == RemoteClient.beyondEnd
                guard try writer.wasStale(orElse: isBeyond), restarts < Self.restarts else { throw error }
                restarts += 1
            }
            tally?.add { $0.retries += 1 }
        }
    }
}
