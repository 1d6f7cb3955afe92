import Foundation
import IDRFiles
package import IDRPlan

/// A file on a server that answers requests for ranges.
///
/// Every answer must be of the version that the first one was of: a file that changes in between is an error, never a mixture.
package final class RemoteBytes: RangedBytes {
    package let url: RemoteURL
    package let length: Int
    package let entityTag: String?
    private let lastModified: String?
    /// What the first request brought.
    package let beginning: [UInt8]
    private let client: RemoteClient
    private let tally: TransferTally?

    package var name: String { url.description }

    /// - Parameter name: what records call the file.
    package func version(name: String) -> SourceVersion {
        SourceVersion(name: name, entityTag: entityTag, lastModified: lastModified, bytes: length)
    }

    /// Why ranges of a file cannot be had; the whole file can.
    package struct NoRanges: Error {
        package init() {}
    }

    /// Asks for the first bytes, which says how long the file is.
    /// - Throws: ``NoRanges`` where the server does not do ranges; an `IDRError` otherwise.
    package init(_ url: RemoteURL, client: RemoteClient, first: Int = 1 << 17, tally: TransferTally? = nil) async throws {
        let (head, bytes) = try await client.part(of: url, "0-\(first - 1)", limit: first, tally: tally) { head, count in
            guard head.status == 206, let range = ContentRange(head.fields["content-range"]), let length = range.total else { return nil }
            let isRight = range.first == 0 && range.count == count && count == min(first, length)
            return isRight ? nil : "the server sends \(count) bytes for the range \(range.text)"
        }
        try RemoteClient.check(head, url, [206, 416], body: bytes)
        if head.status == 416 { throw IDRError(.invalidInput, "the file is empty", at: [url.description]) }
        guard let range = ContentRange(head.fields["content-range"]), let length = range.total else { throw NoRanges() }
        self.url = url
        self.client = client
        self.tally = tally
        self.length = length
        entityTag = head.fields["etag"]
        lastModified = head.fields["last-modified"]
        beginning = bytes
    }

    package func read(_ range: Range<Int>) async throws -> [UInt8] {
        if range.upperBound <= beginning.count { return Array(beginning[range]) }
        let (head, bytes) = try await part(range)
        // A part may leave the date out.
        guard head.fields["etag"] == entityTag, (head.fields["last-modified"] ?? lastModified) == lastModified else {
            throw Self.changed(url)
        }
        return bytes
    }

    private func part(_ range: Range<Int>) async throws -> (head: AnswerHead, bytes: [UInt8]) {
        do {
            let (head, bytes) = try await client.part(
                of: url, "\(range.lowerBound)-\(range.upperBound - 1)", limit: range.count, validator: entityTag, tally: tally
            ) { [length, entityTag] head, count in
                guard head.status == 206, head.fields["etag"] == entityTag else { return nil }
                let answer = ContentRange(head.fields["content-range"])
                let isRight = answer?.first == range.lowerBound && answer?.count == range.count && count == range.count && answer?.total == length
                let total = answer?.total == length ? "" : ", and the file had \(length) bytes"
                return isRight ? nil : "the server answers the range \(range) with \(head.fields["content-range"] ?? "none")\(total)"
            }
            try RemoteClient.check(head, url, [206, 416], body: bytes)
            return (head, bytes)
        } catch is NoRanges {
            // It gave parts a moment ago.
            guard entityTag == nil else { throw Self.changed(url) }
            throw NoRanges()
        }
    }

    static func changed(_ url: RemoteURL) -> IDRError {
        IDRError(.transfer, "the file changed while it was read", at: [url.description], fix: "run again")
    }
}

/// `bytes 0-9/100`.
struct ContentRange {
    let text: String
    let first: Int
    let count: Int
    /// nil where the server does not know.
    let total: Int?

    init?(_ text: String?) {
        guard let text, text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst("bytes ".count).split(separator: "/")
        let ends = parts.first?.split(separator: "-") ?? []
        guard parts.count == 2, ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first >= 0, last >= first else { return nil }
        self.text = text
        self.first = first
        count = last - first + 1
        total = Int(parts[1])
        if let total, last >= total { return nil }
    }
}

extension RemoteClient {
    /// A part of what is at `url`; the server answers 206, or says that it has none.
    /// - Parameters:
    ///   - range: `first-last`, or `-count` for the end.
    ///   - limit: an answer of more bytes is refused.
    ///   - validator: where the file no longer has this entity tag, nothing of the new one is taken.
    ///   - fault: why an answer of so many bytes is a wrong one, which is asked for again as one that was cut off is.
    /// - Throws: ``RemoteBytes/NoRanges`` where the whole comes instead, which is stopped at once.
    func part(
        of url: RemoteURL, _ range: String, limit: Int, validator: String? = nil, tally: TransferTally?,
        fault: @escaping (AnswerHead, _ bytes: Int) -> String? = { _, _ in nil }
    ) async throws -> (head: AnswerHead, bytes: [UInt8]) {
        let fields = validator.map { $0.hasPrefix("W/") ? [] : ["If-Range: \($0)"] } ?? []
        let body = Gathering(limit: limit, url: url)
        let head: AnswerHead
        do {
            head = try await retrying(
                url, tally: tally,
                fault: { outcome in
                    switch outcome {
                    case .success(let head): fault(head, body.bytes.count)
                    case .failure(let error): error.code == .refused ? "the server sends more than the range \(range)" : nil
                    }
                }
            ) {
                body.reset()
                return Exchange(url: url, fields: fields, range: range, limits: limits) { head, bytes throws(IDRError) in
                    guard head.status != 200 else { throw IDRError(.invalidInput, Self.wholeFile) }
                    try body.append(head, bytes)
                }
            }
        } catch let error as IDRError where error.problem == Self.wholeFile {
            throw RemoteBytes.NoRanges()
        }
        let bytes = body.bytes
        tally?.add { $0.bytes += bytes.count }
        if head.status == 200 { throw RemoteBytes.NoRanges() }
        // A part of a packed body is of no use.
        if head.status == 206, let encoding = head.fields["content-encoding"], encoding.lowercased() != "identity", !encoding.isEmpty {
            throw Self.encoded(url, encoding)
        }
        return (head, bytes)
    }

    private static let wholeFile = "the whole file came"
}
